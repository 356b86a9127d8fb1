"""Whether the portal lives, and whether it can do its work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cradlemark.core.errors import CradlemarkError, StateError
from cradlemark.core.language import Text
from cradlemark.portal.home import home
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG, published_size
from cradlemark.registry.operation.frozen import frozen
from cradlemark.registry.publication.models import Outbox

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Database with its schema, storage of the published files, and log; 503 when one of them fails. Why stands in the log of the server only."""
    found = {name: _state(name, check) for name, check in CHECKS.items()}
    bad = "failed" in found.values()
    answer = {"status": "failed" if bad else "ok", "checks": found}
    return JsonResponse(answer, status=503 if bad else 200)


def _state(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:
        logger.exception("health check %s fails", name)
        return "failed"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "frozen" if frozen() else "ok"


def _storage() -> str:
    published_size(home().public / LOG)
    return "ok"


def _log() -> str:
    """More published than stored: an old database was restored, nothing may be signed."""
    stored, size = Entry.objects.count(), published_size(home().public / LOG)
    if size > stored:
        raise CradlemarkError(
            Text(
                f"{size} entries are published, {stored} are stored",
                f"已发布 {size} 个条目，存储了 {stored} 个",
            ),
            code="log-behind",
        )
    return "waiting" if size < stored or Outbox.objects.exists() else "ok"


def _schema() -> str:
    """Migrations of this release that are missing; those of a newer one do no harm."""
    missing = _migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        names = ", ".join(sorted(".".join(one) for one in missing))
        raise StateError(
            Text(f"migrations are missing: {names}", f"缺少数据库迁移：{names}"), code="schema-behind",
            hint=Text("run any cradlemark admin command, then start the portal", "先运行任一 cradlemark admin 命令，再启动门户"),
        )  # fmt: skip
    return "ok"


@cache
def _migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database, "schema": _schema, "storage": _storage, "log": _log,
}  # fmt: skip
