"""The progress of what takes a while, on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on the terminal; nothing when the output goes to a file."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def told(done: int, total: int) -> None:
            if not bars:  # only when there is something to wait for
                bars.append(
                    stack.enter_context(click.progressbar(length=max(total, 1), label=label, file=sys.stderr))
                )
            bars[0].length = max(total, done, 1)
            bars[0].update(done - bars[0].pos)

        yield told
