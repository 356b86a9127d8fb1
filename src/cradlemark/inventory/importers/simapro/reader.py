"""Reads an archive of SimaPro CSV exports twice: first what stands around the processes, then the processes.

Units, substances and parameters stand behind the processes that need them, and an export may have a gigabyte, so
nothing but them is kept between the two. Methods come last: a factor for a substance holds for every subcompartment
that has none of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import OTHER_KINDS, Archive
from cradlemark.inventory.importers.simapro.blocks import Section, sections_of
from cradlemark.inventory.importers.simapro.cells import Rows
from cradlemark.inventory.importers.simapro.contents import (
    Block,
    Contents,
    File,
    blocks_of,
    settle_products,
    take_block,
)
from cradlemark.inventory.importers.simapro.flows import Flows
from cradlemark.inventory.importers.simapro.header import is_header_line, looks_like_simapro, read_header
from cradlemark.inventory.importers.simapro.methods import Methods
from cradlemark.inventory.importers.simapro.parameters import global_parameters
from cradlemark.inventory.importers.simapro.processes import process_of
from cradlemark.inventory.importers.simapro.scopes import Scopes
from cradlemark.inventory.importers.simapro.stages import Stages
from cradlemark.inventory.importers.simapro.text import beginning, encoding_of, lines_of
from cradlemark.inventory.importers.simapro.units import Units
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import MAX_EXCHANGES, MAX_PARAMETERS, check_count

ENDINGS = (".csv", ".txt")
LOOKED_AT = 50
"""Documents that are looked at to recognise the format."""
MOST_HEADER_LINES = 500
STEP = 20_000
"""Lines between two reports of progress."""
_METHODS = frozenset({"Method"})
_ONLY_PROCESSES = frozenset({"Method", "Units", "System description", "Literature reference"})


def is_simapro(archive: Archive) -> bool:
    """Whether an archive holds a SimaPro CSV export."""
    return any(_begins_so(archive, name) for name in _candidates(archive)[:LOOKED_AT])


def read_simapro(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read the SimaPro CSV exports of an archive.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many lines are done.

    Returns
    -------
    Collected
        What cannot be read is refused file by file, process by process or exchange by exchange, and listed.
    """
    return _Reader(archive, progress).read()


def _candidates(archive: Archive) -> list[str]:
    return [name for name in archive.names() if name.lower().endswith(ENDINGS)]


def _begins_so(archive: Archive, name: str) -> bool:
    try:
        return looks_like_simapro(beginning(archive, name))
    except InputError:
        return False  # told when the archive is read


class _Reader:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self.contents = Contents(Units(self.collector.conversion), doubt=self.collector.doubt)
        self.flows = Flows(self.contents, self.collector)
        self.stages = Stages(self.contents, self.flows, Scopes(self.contents))
        self.files: list[File] = []
        self._progress = progress
        self._done = 0
        self._told = 0
        self._total = 0

    def read(self) -> Collected:
        for name in self.archive.names():
            self._guarded(self._look, name)
        self.collector.settle()
        settle_products(self.contents)
        self._total = sum(file.lines for file in self.files)
        for file in self.files:
            self._guarded(partial(self._processes, file), file.name)
        for file in self.files:
            self._guarded(partial(self._methods, file), file.name)
        self._say()
        c = self.collector
        c.counts.update(self.contents.counts)
        c.unread.update(self.contents.unread)
        return Collected("SimaPro CSV", c.tables(), c.counts, c.languages, c.unread, tuple(c.problems))

    def _guarded(self, take: Callable[[str], None], name: str) -> None:
        """A document that cannot be read is refused by itself; the others stay."""
        try:
            take(name)
        except InputError as error:
            self.collector.counts["documents refused"] += 1
            where = "" if name == self.archive.name else name
            self.collector.problem(where, error.code, error.message, error.hint)

    def _look(self, name: str) -> None:
        """First reading of a document."""
        if not name.lower().endswith(ENDINGS) or not looks_like_simapro(beginning(self.archive, name)):
            self.collector.unread[OTHER_KINDS] += 1
            return
        file = self._opened(name)
        self.files.append(file)
        rows, sections = self._sections(file)
        for block in blocks_of(sections, without=_METHODS):
            take_block(self.contents, file, block)
            if block.kind and any(section.rows for section in block.sections.values()):
                self.collector.awaited += 1
            else:
                self.collector.doubt("value-missing")
        file.lines, file.quotes = rows.line, rows.unclosed

    def _opened(self, name: str) -> File:
        encoding = encoding_of(self.archive, name)
        head: list[str] = []
        for line in lines_of(self.archive, name, encoding):
            if head and not is_header_line(line):
                break
            if len(head) >= MOST_HEADER_LINES:
                raise InputError(
                    Text("the header has too many lines", "文件头行数过多"),
                    code="simapro-header",
                    hint=Text("export it again", "重新导出"),
                )
            head.append(line)
        header = read_header(head, where=name)
        label = "" if name == self.archive.name else f"{name}, "
        return File(name, encoding, label, header, 2 if header.layout == "old" else len(head))

    def _sections(self, file: File) -> tuple[Rows, Iterator[Section]]:
        rows = Rows(lines_of(self.archive, file.name, file.encoding), file.header.separator)
        rows.skip(file.header_lines)
        return rows, sections_of(rows, file.header)

    def _processes(self, file: File, _name: str) -> None:
        """Second reading of a document."""
        self.collector.add_global_parameters(global_parameters(self.contents, file))
        rows, sections = self._sections(file)
        for block in blocks_of(sections, without=_ONLY_PROCESSES):
            if block.kind in {"Process", "Product stage"}:
                self._process(file, block)
            self._tell(rows.line)
        self._done += file.lines

    def _methods(self, file: File, _name: str) -> None:
        """Third reading of a document that has methods."""
        if not file.kinds["Method"]:
            return
        methods = Methods(self.contents, self.collector, file, self.flows.subcompartments)
        _, sections = self._sections(file)
        for section in sections:
            if section.block == "Method":
                methods.take(section)
        self.contents.units.publish()

    def _process(self, file: File, block: Block) -> None:
        if block.end == "file":
            raise InputError(
                Text(f"the file ends within the block at line {block.line}; it is left out", f"文件在第 {block.line} 行的块中间结束；该块已略去"), code="file-truncated",
                hint=Text("export it again", "重新导出"),
            )  # fmt: skip
        rows = sum(len(section.rows) for section in block.sections.values())
        check_count(rows, MAX_EXCHANGES + MAX_PARAMETERS, Text("rows of a process", "行过程数据"))
        if block.kind == "Process":
            process = process_of(self.contents, self.flows, file, block)
        else:
            process = self.stages.process_of(file, block)
        self.contents.units.publish()
        where = f"{file.label}{block.kind.lower()} at line {block.line} ({process.names[''][:60]})"
        self.collector.add_process(process, where=where)

    def _tell(self, line: int) -> None:
        if self._progress and self._done + line >= self._told + STEP:
            self._told = self._done + line
            self._progress(self._told, self._total)

    def _say(self) -> None:
        """Say what was found in the first reading."""
        self.collector.settle()
        for problem in self.contents.problems:
            self.collector.problem(problem.where, problem.code, problem.message, problem.hint)
        self.collector.counts["units of SimaPro's own"] += len(self.contents.units.built_in)
        for unit, stated, physical in self.contents.units.odd:
            self.collector.problem(
                f"unit {unit}", "unit-odd",
                Text(f"the export makes it {stated:g}, it is {physical:g}; the export counts", f"导出文件取 {stated:g}，实际为 {physical:g}；以导出文件为准"), Text("correct it in SimaPro", "在 SimaPro 中修正"),
            )  # fmt: skip
        for file in self.files:
            if file.quotes:
                self.collector.problem(
                    file.label.rstrip(", "), "simapro-line", Text(f"{file.quotes} quotes are not closed; they are taken as text", f"有 {file.quotes} 个引号未闭合，按文字处理"),
                    Text("look at the lines with a single quotation mark", "检查含单个引号的行"),
                )  # fmt: skip
