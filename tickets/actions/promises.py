"""Verbs of calendars and policies: drafted, published, and held to running clocks when somebody asks."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import calendars, clocks, conditions, ladder, targets
from tickets.actions.row import change, locked
from tickets.holidays import PublicHolidays
from tickets.models import (
    CalendarVersion,
    Clock,
    ExternalPromise,
    PolicyVersion,
    ServiceCalendar,
    SlaPolicy,
    Ticket,
)
from tickets.states import UNSOLVED, ClockKind

HOURS = ("zone", "weekly", "holidays", "extra_days")


@transaction.atomic
def create_calendar(*, code: str, name_en: str, name_zh: str, by: Actor) -> ServiceCalendar:
    """A new calendar; it counts once its draft is published."""
    try:
        with transaction.atomic():
            calendar = ServiceCalendar.objects.create(code=code, name_en=name_en, name_zh=name_zh)
    except IntegrityError as error:
        raise Refused("calendar.code_taken", taken=code) from error
    events.record("calendar.created", calendar, by=by, name_en=name_en, name_zh=name_zh)
    return calendar


@transaction.atomic
def draft_calendar(
    calendar: ServiceCalendar,
    *,
    hours: Mapping[str, Any],
    by: Actor,
    name_en: str,
    name_zh: str,
    note: str = "",
) -> CalendarVersion:
    """Write the draft of the calendar's next version; nothing counts with it before it is published.

    `hours` has zone, weekly, holidays and extra_days as `CalendarVersion` stores them; what cannot be counted
    with is refused.
    """
    _require_countable(hours)
    calendar = ServiceCalendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.name_en, calendar.name_zh = name_en, name_zh
    calendar.save(update_fields=["name_en", "name_zh"])
    draft: CalendarVersion = _draft(calendar, by, note=note, **{name: hours[name] for name in HOURS})
    events.record("calendar.drafted", calendar, by=by, number=draft.number)
    return draft


@transaction.atomic
def load_holidays(calendar: ServiceCalendar, found: PublicHolidays, *, by: Actor) -> int:
    """Write public holidays into the draft, which begins as what counts now; returns how many days.

    Make-up days (调休) get the hours of the first working weekday. What was written by hand for a day stays.
    """
    calendar = ServiceCalendar.objects.select_for_update().get(pk=calendar.pk)
    basis = calendar.versions.filter(published_at=None).first() or calendar.current
    if basis is None:
        raise Refused("calendar.no_draft")
    ordinary: Any = next((hours for _day, hours in sorted(basis.weekly.items()) if hours), [])
    days = {day.isoformat(): ordinary for day in found.make_up_days}
    hours = {
        "zone": basis.zone,
        "weekly": basis.weekly,
        "holidays": dict(sorted({**found.days, **basis.holidays}.items())),
        "extra_days": dict(sorted({**days, **basis.extra_days}.items())),
    }
    draft_calendar(
        calendar, hours=hours, by=by, name_en=calendar.name_en, name_zh=calendar.name_zh, note=basis.note
    )
    return len(found.days) + len(days)


def _require_countable(hours: Mapping[str, Any]) -> None:
    try:
        calendars.build(**{name: hours[name] for name in HOURS})
    except ValueError as error:
        raise Refused("calendar.cannot_count", reason=str(error)) from error


@transaction.atomic
def publish_calendar(calendar: ServiceCalendar, *, by: Actor) -> ServiceCalendar:
    """Let the draft count from now on. Clocks that run keep the version they began with."""
    calendar = ServiceCalendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.current = _published(calendar, "calendar.no_draft")
    calendar.save(update_fields=["current"])
    events.record("calendar.published", calendar, by=by, number=calendar.current.number)
    return calendar


@transaction.atomic
def switch_calendar(calendar: ServiceCalendar, *, on: bool, by: Actor) -> ServiceCalendar:
    """Offer it for promises, or not; refused while a promise that is switched on counts with it."""
    calendar = ServiceCalendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_active == on:
        return calendar
    if not on:
        _require_unused(calendar)
    calendar.is_active = on
    calendar.save(update_fields=["is_active"])
    events.record("calendar.switched_on" if on else "calendar.switched_off", calendar, by=by)
    return calendar


def _require_unused(calendar: ServiceCalendar) -> None:
    policies = SlaPolicy.objects.filter(is_active=True, current__calendar=calendar).count()
    deadlines = ExternalPromise.objects.filter(is_active=True, calendar=calendar).count()
    if policies + deadlines:
        raise Refused("calendar.in_use", calendar=calendar.code, promises=policies + deadlines)


@transaction.atomic
def create_policy(*, name_en: str, name_zh: str, order: int, by: Actor) -> SlaPolicy:
    """A new policy; it applies to tickets once its draft is published."""
    policy = SlaPolicy.objects.create(name_en=name_en, name_zh=name_zh, order=order)
    events.record("policy.created", policy, by=by, name_en=name_en, name_zh=name_zh)
    return policy


@transaction.atomic
def draft_policy(
    policy: SlaPolicy,
    *,
    calendar: ServiceCalendar,
    conditions: Any,
    targets: Any,
    ladder: Any,
    by: Actor,
    name_en: str,
    name_zh: str,
    order: int,
    is_active: bool,
    note: str = "",
) -> PolicyVersion:
    """Write the draft of the policy's next version. Names, order and being active take effect at once."""
    _require_promise(calendar, conditions, targets, ladder)
    policy = _locked_policy(policy)
    if is_active and not policy.is_active:
        _require_countable_now(policy)
    policy.name_en, policy.name_zh, policy.order, policy.is_active = name_en, name_zh, order, is_active
    policy.save(update_fields=["name_en", "name_zh", "order", "is_active"])
    draft: PolicyVersion = _draft(
        policy, by, note=note, calendar=calendar, conditions=conditions, targets=targets, ladder=ladder
    )
    events.record("policy.drafted", policy, by=by, number=draft.number)
    return draft


def require_offered(calendar: ServiceCalendar) -> None:
    """Refused unless promises can be counted in the calendar, which stays so until the verb is through."""
    calendar = ServiceCalendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
    if calendar.current_id is None:
        raise Refused("policy.calendar_not_published", calendar=calendar.code)
    if not calendar.is_active:
        raise Refused("policy.calendar_off", calendar=calendar.code)


def _require_promise(calendar: ServiceCalendar, tree: Any, promised: Any, steps: Any) -> None:
    require_offered(calendar)
    try:
        conditions.parse(tree)
        targets.parse(promised)
        ladder.parse(steps)
    except ValueError as error:
        raise Refused("policy.cannot_promise", reason=str(error)) from error


@transaction.atomic
def publish_policy(policy: SlaPolicy, *, by: Actor) -> SlaPolicy:
    """Let the draft hold for tickets opened from now on. Tickets keep the version they are pinned to."""
    policy = _locked_policy(policy)
    policy.current = _published(policy, "policy.no_draft")
    require_offered(policy.current.calendar)
    policy.save(update_fields=["current"])
    events.record("policy.published", policy, by=by, number=policy.current.number)
    return policy


@transaction.atomic
def switch_policy(policy: SlaPolicy, *, on: bool, by: Actor) -> SlaPolicy:
    """Let it apply to new tickets, or not. Clocks that run under it go on."""
    policy = _locked_policy(policy)
    if policy.is_active == on:
        return policy
    if on:
        _require_countable_now(policy)
    policy.is_active = on
    policy.save(update_fields=["is_active"])
    events.record("policy.switched_on" if on else "policy.switched_off", policy, by=by)
    return policy


def _locked_policy(policy: SlaPolicy) -> SlaPolicy:
    rows = SlaPolicy.objects.select_related("current__calendar")
    return rows.select_for_update(of=("self",)).get(pk=policy.pk)


def _require_countable_now(policy: SlaPolicy) -> None:
    if policy.current is not None:
        require_offered(policy.current.calendar)


def _draft(row: Any, by: Actor, **content: Any) -> Any:
    """The draft of a locked calendar or policy, written over or begun."""
    facts = {**content, "author": by.display_name, "created_at": clock.now()}
    newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
    return row.versions.update_or_create(
        published_at=None, defaults=facts, create_defaults={**facts, "number": newest + 1}
    )[0]


def _published(row: Any, code: str) -> Any:
    """The draft of a locked calendar or policy, from now on unchangeable."""
    draft = row.versions.filter(published_at=None).first()
    if draft is None:
        raise Refused(code)
    draft.published_at = clock.now()
    draft.save(update_fields=["published_at"])
    return draft


# --- when somebody asks ------------------------------------------------------------------------------


def hold_tickets_to(policy: SlaPolicy, *, by: Actor, limit: int) -> int:
    """Hold up to `limit` unsolved tickets of the policy to what it promises now; returns how many moved.

    Each ticket is a transaction of its own, so that nobody at the desk waits, and what was done stays done.
    """
    policy = SlaPolicy.objects.select_related("current__calendar").get(pk=policy.pk)
    return sum(hold_to_policy(ticket, by=by) for ticket in behind(policy)[:limit])


def behind(policy: SlaPolicy) -> Any:
    """Unsolved tickets of a policy with clocks that run on an older version of it or of its calendar."""
    if policy.current is None:
        return Ticket.objects.none()
    kept = {"policy_version": policy.current, "calendar": policy.current.calendar.current}
    live = policy_clocks(policy).exclude(**kept).values("ticket")
    return Ticket.objects.filter(status__in=UNSOLVED, pk__in=live).order_by("pk")


def policy_clocks(policy: SlaPolicy) -> Any:
    """Clocks of a policy that run or may run again and whose deadline has not been missed."""
    running = Clock.objects.live().filter(policy_version__policy=policy, breached_at=None)
    return running.exclude(kind=ClockKind.EXTERNAL)


@transaction.atomic
def hold_to_policy(ticket: Ticket, *, by: Actor) -> bool:
    """Hold a ticket's clocks to the present version of its policy; says whether that changed anything."""
    ticket = locked(ticket)
    pinned = ticket.policy_version
    if pinned is None or pinned.policy.current is None or ticket.status not in UNSOLVED:
        return False
    now = clock.now()
    version, live = pinned.policy.current, clocks.live(ticket, now)
    was = _as_promised(live)
    clocks.change_promise(live, ticket, version, now)
    if _as_promised(live) == was:
        return False
    change(ticket, now, running=live, policy_version=version)
    events.record("ticket.held_to_policy", ticket, by=by, at=now, number=version.number)
    return True


def _as_promised(live: Iterable[Clock]) -> list[tuple[Any, ...]]:
    """What of clocks another promise may change."""
    return [(one.due_at, one.state, one.policy_version_id, one.calendar_id) for one in live]
