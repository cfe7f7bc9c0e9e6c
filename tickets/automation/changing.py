"""The verbs of rules. Conditions and steps are checked where they are typed, and here once more."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core import clock, events
from tickets import conditions
from tickets.automation.steps import parse_steps, steps_of
from tickets.models import AutomationRule

FIELDS = ("name_en", "name_zh", "trigger", "conditions", "steps")

APART = 10
"""Rules stand so far apart in their order."""


@transaction.atomic
def add_rule(*, by: User, **fields: Any) -> AutomationRule:
    """A new rule of FIELDS behind all others, switched off. ValueError for no conditions or steps."""
    last = AutomationRule.objects.aggregate(last=Max("order"))["last"] or 0
    rule = AutomationRule.objects.create(order=last + APART, **_checked(fields))
    _record("rule.added", rule, by, now=_facts(rule))
    return rule


@transaction.atomic
def edit_rule(rule: AutomationRule, *, by: User, **fields: Any) -> AutomationRule:
    """Change some of FIELDS; the event keeps what stood there. ValueError as for `add_rule`."""
    rule = _locked(rule)
    was = _facts(rule)
    for name, value in _checked(fields).items():
        setattr(rule, name, value)
    if _facts(rule) == was:
        return rule
    rule.save(update_fields=FIELDS)
    _record("rule.edited", rule, by, was=was, now=_facts(rule))
    return rule


@transaction.atomic
def move_rule(rule: AutomationRule, *, up: bool, by: User) -> AutomationRule:
    """Change places with the rule before or behind it; the first cannot go up, the last not down."""
    rows = list(AutomationRule.objects.kept().select_for_update(no_key=True))
    place = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return rows[place]
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        row.order = number * APART
    AutomationRule.objects.bulk_update(rows, ["order"])
    _record("rule.moved", rows[other], by, up=up)
    return rows[other]


@transaction.atomic
def switch_rule(rule: AutomationRule, *, on: bool, by: User) -> AutomationRule:
    """Let it work, or not; switched on, its failures are forgotten."""
    rule = _locked(rule)
    if rule.is_active == on:
        return rule
    rule.is_active, rule.switched_off_at, rule.switched_off_because, rule.failures = on, None, "", 0
    rule.save(update_fields=["is_active", "switched_off_at", "switched_off_because", "failures"])
    _record("rule.switched_on" if on else "rule.switched_off", rule, by)
    return rule


@transaction.atomic
def remove_rule(rule: AutomationRule, *, by: User) -> AutomationRule:
    """Take it from the list for good; its log stays."""
    rule = _locked(rule)
    if rule.removed_at is None:
        rule.is_active, rule.removed_at = False, clock.now()
        rule.save(update_fields=["is_active", "removed_at"])
        _record("rule.removed", rule, by)
    return rule


def _locked(rule: AutomationRule) -> AutomationRule:
    return AutomationRule.objects.select_for_update(no_key=True).get(pk=rule.pk)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with conditions and steps in the one form in which they are stored."""
    checked = {name: fields[name] for name in FIELDS if name in fields}
    if "conditions" in checked:
        checked["conditions"] = conditions.tree_of(conditions.parse(checked["conditions"]))
    if "steps" in checked:
        checked["steps"] = steps_of(parse_steps(checked["steps"]))
    return checked


def _facts(rule: AutomationRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in FIELDS}


def _record(kind: str, rule: AutomationRule, by: User, **facts: Any) -> None:
    events.record(kind, rule, by=by, name_en=rule.name_en, name_zh=rule.name_zh, **facts)
