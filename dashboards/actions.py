"""Setting targets, and keeping the stored sums of days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Min

from accounts.models import User
from core import clock, events
from core.errors import Refused
from dashboards import rules
from dashboards.figures import counted_cells
from dashboards.kpis import MEASURES, Kpi, Measure
from dashboards.models import DailyFigure, KpiTarget, RolledDay
from dashboards.periods import Period, day_of, zone
from dashboards.rules import Cell, Figure
from dashboards.states import Split
from orders.models import Order
from tickets.models import Ticket

LONGEST_RUN = 31
DAYS_AT_A_TIME = 62
OLDEST = timedelta(days=3660)
"""Further back nobody looks, and dates are mistakes."""


# --- targets --------------------------------------------------------------------------------------------


@transaction.atomic
def set_target(kpi: Kpi, *, value: Decimal, valid_from: date, by: User) -> KpiTarget:
    """Let a figure aim at `value` percent from a day on; the same day again corrects it.

    The past stays what it was judged by: a day before today is refused with target.in_the_past.
    """
    now = clock.now()
    if valid_from < day_of(now):
        raise Refused("target.in_the_past", date=valid_from.isoformat())
    if not 0 <= value <= 100:
        raise Refused("target.not_a_share", value=str(value))
    target = KpiTarget.objects.select_for_update().filter(kpi=kpi.slug, valid_from=valid_from).first()
    if target is not None and target.value == value:
        return target
    target, _created = KpiTarget.objects.update_or_create(
        kpi=kpi.slug, valid_from=valid_from, defaults={"value": value, "set_by": by, "set_at": now}
    )
    events.record(
        "target.set", target, by=by, at=now, kpi=kpi.slug, value=str(value), date=valid_from.isoformat()
    )
    return target


# --- sums of days ---------------------------------------------------------------------------------------


@transaction.atomic
def roll_up_due() -> int:
    """Add up the days whose sums are missing or old, today first; returns how many. For the worker.

    While another worker is at it there is nothing to do.
    """
    if not _alone():
        return 0
    at = clock.now()
    today = day_of(at)
    rows = RolledDay.objects.filter(zone=zone().key)
    added_up = {day: moment for day, moment in rows.values_list("day", "added_up_at") if moment}
    days = rules.days_to_refresh(first_day(at), today, added_up, at, DAYS_AT_A_TIME)
    return sum(roll_up(Period(*run)) for run in rules.runs(days, LONGEST_RUN))


def _alone() -> bool:
    """Whether nobody else is adding up by himself; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('dashboards.roll_up'))")
        return bool(cursor.fetchone()[0])


def first_day(at: datetime) -> date:
    """The first service day on which anything can have happened."""
    opened = Ticket.objects.aggregate(first=Min("created_at"))["first"]
    delivered = Order.objects.aggregate(first=Min("delivered_at"))["first"]
    earliest = min((moment for moment in (opened, delivered) if moment), default=at)
    return day_of(max(min(earliest, at), at - OLDEST))


@transaction.atomic
def roll_up(period: Period) -> int:
    """Add up every measure of some days anew and store what changed; returns the number of days.

    Doing it twice changes nothing. Two at once wait for each other, day by day in order, and the rows are
    counted only once the days are held, so the later one never stores older sums.
    """
    days = list(period.each_day())
    RolledDay.objects.bulk_create([RolledDay(day=day) for day in days], ignore_conflicts=True)
    held = RolledDay.objects.select_for_update().filter(day__in=days).order_by("day")
    list(held)
    at = clock.now()
    today = day_of(at)
    past = [measure for measure in MEASURES if not measure.snapshot]
    now = [measure for measure in MEASURES if measure.snapshot]
    _store(past, period, at)
    if period.first <= today <= period.last:
        _store(now, Period(today, today), at)
    RolledDay.objects.filter(day__in=days).update(zone=zone().key, added_up_at=at)
    return len(days)


def _store(measures: Sequence[Measure], period: Period, at: datetime) -> None:
    """Make the stored figures of some measures what their rows come to: only differences are written."""
    slugs = [measure.slug for measure in measures]
    stored = DailyFigure.objects.filter(measure__in=slugs, day__range=(period.first, period.last))
    known: dict[str, dict[Cell, DailyFigure]] = {slug: {} for slug in slugs}
    for row in stored:
        known[row.measure][_place(row)] = row
    for measure in measures:
        wanted = rules.cube(counted_cells(measure, period, at), measure.splits)
        _write(measure, wanted, known[measure.slug])


def _place(row: DailyFigure) -> Cell:
    return Cell(row.day, Split(row.split), row.team_id, row.channel, row.shop_id)


def _write(measure: Measure, wanted: dict[Cell, Figure], known: dict[Cell, DailyFigure]) -> None:
    gone = [row.pk for place, row in known.items() if place not in wanted]
    if gone:
        DailyFigure.objects.filter(pk__in=gone).delete()
    changed, new = [], []
    for place, figure in wanted.items():
        row = known.get(place)
        if row is None:
            new.append(_row(measure, place, figure))
        elif (row.numerator, row.denominator) != (figure.numerator, figure.denominator):
            row.numerator, row.denominator = figure.numerator, figure.denominator
            changed.append(row)
    DailyFigure.objects.bulk_create(new, batch_size=2000)
    DailyFigure.objects.bulk_update(changed, ["numerator", "denominator"], batch_size=500)


def _row(measure: Measure, place: Cell, figure: Figure) -> DailyFigure:
    return DailyFigure(
        measure=measure.slug,
        day=place.day,
        split=place.split,
        team_id=place.team,
        channel=place.channel,
        shop_id=place.shop,
        numerator=figure.numerator,
        denominator=figure.denominator,
    )
