"""Verbs of deadlines that somebody else sets. A change counts for clocks that begin from then on."""

from typing import Any

from django.db import transaction

from core import events
from core.actors import Actor
from core.errors import Refused
from tickets import conditions, ladder
from tickets.actions.promises import require_offered
from tickets.models import ExternalPromise
from tickets.states import ClockKind

FIELDS = (
    "name_en",
    "name_zh",
    "consequence_en",
    "consequence_zh",
    "conditions",
    "starts_on",
    "met_by",
    "calendar",
    "budget",
    "ladder",
)


@transaction.atomic
def add_external_deadline(*, by: Actor, **fields: Any) -> ExternalPromise:
    """A new one of FIELDS, switched off. Refused for conditions, a ladder or a calendar that cannot count."""
    promise = ExternalPromise.objects.create(is_active=False, **_checked(fields))
    _record("external.added", promise, by)
    return promise


@transaction.atomic
def edit_external_deadline(promise: ExternalPromise, *, by: Actor, **fields: Any) -> ExternalPromise:
    """Change some of FIELDS; clocks that run keep what they began with. Refused as for adding one."""
    promise = _locked(promise)
    was = _facts(promise)
    for name, value in _checked(fields).items():
        setattr(promise, name, value)
    if _facts(promise) == was:
        return promise
    promise.save(update_fields=FIELDS)
    _record("external.edited", promise, by, was=was, now=_facts(promise))
    return promise


@transaction.atomic
def switch_external_deadline(promise: ExternalPromise, *, on: bool, by: Actor) -> ExternalPromise:
    """Let it start clocks, or not; those that run go on."""
    promise = _locked(promise)
    if promise.is_active == on:
        return promise
    if on:
        require_offered(promise.calendar)
    promise.is_active = on
    promise.save(update_fields=["is_active"])
    _record("external.switched_on" if on else "external.switched_off", promise, by)
    return promise


def _locked(promise: ExternalPromise) -> ExternalPromise:
    rows = ExternalPromise.objects.select_related("calendar")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=promise.pk)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields in the one form in which they are stored."""
    checked = {name: fields[name] for name in FIELDS if name in fields}
    if "calendar" in checked:
        require_offered(checked["calendar"])
    try:
        if "conditions" in checked:
            checked["conditions"] = conditions.tree_of(conditions.parse(checked["conditions"]))
        if "ladder" in checked:
            steps = ladder.parse_of(checked["ladder"], ClockKind.EXTERNAL)
            checked["ladder"] = [step.as_stored for step in steps]
    except ValueError as error:
        raise Refused("policy.cannot_promise", reason=str(error)) from error
    return checked


def _facts(promise: ExternalPromise) -> dict[str, Any]:
    plain = {name: getattr(promise, name) for name in FIELDS if name not in ("calendar", "budget")}
    return {**plain, "calendar": promise.calendar.code, "budget": int(promise.budget.total_seconds())}


def _record(kind: str, promise: ExternalPromise, by: Actor, **facts: Any) -> None:
    events.record(kind, promise, by=by, name_en=promise.name_en, name_zh=promise.name_zh, **facts)
