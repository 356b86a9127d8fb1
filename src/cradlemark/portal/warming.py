"""What a server does beside its first answers, so that its first visitors wait no longer than others."""

from __future__ import annotations

import logging

from django.db import connections
from django.urls import resolve

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Import all pages and read the index of labels; where that fails, the pages say why when they are asked for."""
    from cradlemark.registry.search.find import find
    from cradlemark.registry.search.query import Query

    try:
        resolve("/")
        find(Query())
    except Exception:
        logger.warning("pages and search are not warmed up", exc_info=True)
    finally:
        connections.close_all()
