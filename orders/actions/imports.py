"""Importing a file of orders: handed in, looked through, started, carried out, gone on with after a stop.

Files are read by a worker only, never by the web server: what a file of somebody else's making does to
memory and time must not reach the pages.
"""

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core import clock, events
from core.actors import SYSTEM, Actor
from core.errors import Refused
from orders.importing import running
from orders.importing.opening import Options
from orders.importing.running import Progress
from orders.models import ImportProblem, ImportRun, Shop
from orders.states import IMPORT_FOLLOWS, ImportState

log = logging.getLogger(__name__)

LARGEST_UPLOAD = 50 * 1024 * 1024
SILENCE = timedelta(minutes=3)
"""After this long without a sign of life a worker is taken for dead, and another one goes on."""

SILENCE_OF_A_COMMAND = timedelta(minutes=30)
"""A command keeps its file to itself: nobody can go on with it, it is noted as interrupted."""

FILES_KEPT = timedelta(days=30)
"""How long the file of an import that was never finished waits for somebody to go on with it."""

MOST_ATTEMPTS = 3
WORKING = (ImportState.CHECKING, ImportState.RUNNING)


@transaction.atomic
def upload(file: File[bytes], *, by: User, options: Options, shop: Shop | None = None) -> ImportRun:
    """Take a file in; a worker looks through it. Raises `Refused`: "import.empty", "import.too_large"."""
    if not file.size:
        raise Refused("import.empty")
    if file.size > LARGEST_UPLOAD:
        raise Refused("import.too_large")
    run = ImportRun(
        name=PurePath(file.name or "").name[:200],
        shop=shop,
        options=options.kept(),
        by=by,
        created_at=clock.now(),
    )
    run.file.save("", file, save=False)
    run.save(force_insert=True)
    events.record("import.uploaded", run, by=by, name=run.name)
    return run


@transaction.atomic
def recheck(run: ImportRun, *, by: User, options: Options, shop: Shop | None = None) -> ImportRun:
    """Look through the file once more, read in another way. Raises `Refused` "import.cannot_recheck"."""
    run = _locked(run)
    if ImportState.CHECKING not in IMPORT_FOLLOWS[run.state] or not run.file:
        raise Refused("import.cannot_recheck")
    run.state, run.options, run.shop, run.failure = ImportState.CHECKING, options.kept(), shop, {}
    _begin_again(run)
    run.save()
    events.record("import.rechecked", run, by=by)
    return run


@transaction.atomic
def start(run: ImportRun, *, by: User) -> ImportRun:
    """Hand a checked file to a worker for import; one that is on its way is left to go on.

    Raises `Refused`: "import.cannot_start", "import.nothing_to_import".
    """
    run = _locked(run)
    if run.state in {ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE}:
        return run
    if ImportState.QUEUED not in IMPORT_FOLLOWS[run.state]:
        raise Refused("import.cannot_start")
    if not run.orders:
        raise Refused("import.nothing_to_import")
    run.state = ImportState.QUEUED
    _begin_again(run)
    run.save()
    events.record("import.started", run, by=by)
    return run


def _begin_again(run: ImportRun) -> None:
    run.attempts, run.seen_at = 0, None


def _locked(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=["self"]).select_related("shop", "by").get(pk=run.pk)


def work_next() -> bool:
    """Do the next piece of waiting work; False when there is none that nobody else is at."""
    run = _claim(clock.now())
    if run is None:
        return False
    try:
        if run.state == ImportState.CHECKING:
            _check(run)
        else:
            _carry_out(run)
    except Refused as refused:
        _fail(run, refused)
    except running.TakenOver:
        log.info("import %s is carried on by another worker", run.uuid)
    return True


@transaction.atomic
def _claim(at: datetime) -> ImportRun | None:
    """A run to work at: nobody began with it, or whoever did has fallen silent."""
    ImportRun.objects.filter(
        state=ImportState.RUNNING, file="", seen_at__lt=at - SILENCE_OF_A_COMMAND
    ).update(state=ImportState.FAILED, finished_at=at, failure={"code": "import.interrupted"})
    open_ones = Q(state=ImportState.QUEUED) | Q(state__in=WORKING) & (
        Q(seen_at=None) | Q(seen_at__lt=at - SILENCE)
    )
    runs = ImportRun.objects.filter(open_ones).exclude(file="").select_related("shop", "by")
    run = runs.select_for_update(of=["self"], skip_locked=True).order_by("pk").first()
    if run is None:
        return None
    if run.attempts >= MOST_ATTEMPTS:
        _fail(run, Refused("import.gave_up", attempts=MOST_ATTEMPTS))
        return _claim(at)
    run.attempts += 1
    run.seen_at, run.started_at = at, run.started_at or at
    if run.state == ImportState.QUEUED:
        run.state = ImportState.RUNNING
    run.save(update_fields=["attempts", "seen_at", "started_at", "state"])
    return run


def _check(run: ImportRun) -> None:
    reading, shop = running.read_file(run, _bytes_of(run), shop_code=run.shop.code if run.shop else "")
    with transaction.atomic():
        run.state = ImportState.CHECKED
        running.note_findings(run, shop, reading)
        events.record("import.checked", run, by=run.by or SYSTEM, rows=run.rows, errors=run.errors)


def _carry_out(run: ImportRun) -> None:
    by: Actor = run.by or SYSTEM
    reading, shop = running.read_file(run, _bytes_of(run), shop_code=run.shop.code if run.shop else "")
    if not run.orders_done:
        running.note_findings(run, shop, reading)
    running.import_orders(run, shop, reading.orders, by=by, progress=_unseen)
    _finish(run, by=by)


def _unseen(_done: int, _total: int) -> None:
    """A worker's progress is what it counts on the run."""


def _bytes_of(run: ImportRun) -> bytes:
    try:
        with run.file.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise Refused("import.file_gone") from None


@transaction.atomic
def _finish(run: ImportRun, *, by: Actor) -> None:
    run.state, run.finished_at = ImportState.DONE, clock.now()
    run.save(update_fields=["state", "finished_at"])
    events.record(
        "import.finished",
        run,
        by=by,
        name=run.name,
        orders=run.orders,
        created=run.created,
        errors=run.errors,
    )
    if run.file:
        transaction.on_commit(lambda: run.file.delete(save=True))


@transaction.atomic
def _fail(run: ImportRun, refused: Refused) -> None:
    run.state, run.finished_at = ImportState.FAILED, clock.now()
    run.failure = {"code": refused.code, "facts": refused.facts}
    run.save(update_fields=["state", "finished_at", "failure"])
    events.record("import.failed", run, by=run.by or SYSTEM, code=refused.code)


def forget_old_files(at: datetime) -> int:
    """Delete the files of imports nobody went on with; they hold names and addresses. Returns how many."""
    left = ImportRun.objects.filter(
        state__in=[ImportState.CHECKED, ImportState.FAILED], created_at__lt=at - FILES_KEPT
    )
    forgotten = 0
    for run in left.exclude(file=""):
        run.file.delete(save=True)
        forgotten += 1
    return forgotten


def import_now(
    data: bytes, name: str, *, options: Options, shop_code: str, progress: Progress, dry_run: bool = False
) -> tuple[ImportRun, list[ImportProblem]]:
    """Import a file at once, for the command line; a dry run does all of it and takes it back.

    Returns the run with its counts and the rows that were not imported. Raises `Refused` "import.…" when
    the file is no list of orders.
    """
    at = clock.now()
    run = ImportRun(
        name=name[:200],
        options=options.kept(),
        state=ImportState.RUNNING,
        attempts=1,
        created_at=at,
        started_at=at,
        seen_at=at,
    )
    with transaction.atomic() if dry_run else nullcontext():
        reading, shop = running.read_file(run, data, shop_code=shop_code)
        running.note_findings(run, shop, reading)
        running.import_orders(run, shop, reading.orders, by=SYSTEM, progress=progress)
        _finish(run, by=SYSTEM)
        problems = list(run.problems.all())
        if dry_run:
            transaction.set_rollback(True)
    return run, problems
