"""Is the process alive, and is it able to do its work."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from django.core.cache import cache as redis_cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.models import Event

OLDEST_EVENT = timedelta(minutes=5)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, schema and outbox are fit for work, else 503 with what is wrong."""
    results = {name: _outcome(check) for name, check in CHECKS.items()}
    ready = all(result["ok"] for result in results.values())
    return JsonResponse(
        {"status": "ready" if ready else "not ready", **results}, status=200 if ready else 503
    )


def _outcome(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except Exception as error:  # whatever breaks is the answer
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _redis() -> dict[str, Any]:
    redis_cache.get("readyz")
    return {"ok": True}


def _migrations() -> dict[str, Any]:
    return {"ok": _confirmed()}


@cache
def _confirmed() -> bool:
    """True once; a schema that is behind raises instead, so that only the good answer is remembered."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise SchemaBehind
    return True


class SchemaBehind(Exception):
    """Migrations of the running code are not applied yet."""


def _outbox() -> dict[str, Any]:
    now = clock.now()
    oldest = Event.objects.due(now).first()
    age = now - oldest.next_attempt_at if oldest else timedelta(0)
    return {"ok": age < OLDEST_EVENT, "oldest_seconds": int(age.total_seconds())}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "redis": _redis,
    "migrations": _migrations,
    "outbox": _outbox,
}
