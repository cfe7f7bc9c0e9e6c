"""Verbs of the rules that choose a team for new tickets. A change counts from then on."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Skill
from core import events
from core.actors import Actor
from core.errors import Refused
from tickets import conditions
from tickets.models import RoutingRule

FIELDS = ("name_en", "name_zh", "conditions", "team")

APART = 10
"""Rules stand so far apart in their order."""


@transaction.atomic
def add_routing_rule(*, skills: Iterable[Skill] = (), by: Actor, **fields: Any) -> RoutingRule:
    """A new rule of FIELDS behind all others, switched off. Refused for conditions that are none."""
    last = RoutingRule.objects.aggregate(last=Max("order"))["last"] or 0
    rule = RoutingRule.objects.create(order=last + APART, is_active=False, **_checked(fields))
    rule.skills.set(skills)
    _record("routing.added", rule, by)
    return rule


@transaction.atomic
def edit_routing_rule(
    rule: RoutingRule, *, skills: Iterable[Skill] | None = None, by: Actor, **fields: Any
) -> RoutingRule:
    """Change some of FIELDS; without `skills` those stay. Refused as for adding one."""
    rule = _locked(rule)
    was = _facts(rule)
    for name, value in _checked(fields).items():
        setattr(rule, name, value)
    if skills is not None:
        rule.skills.set(skills)
    if _facts(rule) == was:
        return rule
    rule.save(update_fields=FIELDS)
    _record("routing.edited", rule, by, was=was, now=_facts(rule))
    return rule


@transaction.atomic
def move_routing_rule(rule: RoutingRule, *, up: bool, by: Actor) -> RoutingRule:
    """Change places with the rule before or behind it; the first cannot go up, the last not down."""
    rows = list(RoutingRule.objects.order_by("order", "pk").select_for_update(no_key=True))
    place = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return rows[place]
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        row.order = number * APART
    RoutingRule.objects.bulk_update(rows, ["order"])
    _record("routing.moved", rows[other], by, up=up)
    return rows[other]


@transaction.atomic
def switch_routing_rule(rule: RoutingRule, *, on: bool, by: Actor) -> RoutingRule:
    """Ask it for new tickets, or not."""
    rule = _locked(rule)
    if rule.is_active == on:
        return rule
    rule.is_active = on
    rule.save(update_fields=["is_active"])
    _record("routing.switched_on" if on else "routing.switched_off", rule, by)
    return rule


def _locked(rule: RoutingRule) -> RoutingRule:
    rows = RoutingRule.objects.select_related("team")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with conditions in the one form in which they are stored."""
    checked = {name: fields[name] for name in FIELDS if name in fields}
    if "conditions" in checked:
        try:
            checked["conditions"] = conditions.tree_of(conditions.parse(checked["conditions"]))
        except ValueError as error:
            raise Refused("routing.cannot_ask", reason=str(error)) from error
    return checked


def _facts(rule: RoutingRule) -> dict[str, Any]:
    plain = {name: getattr(rule, name) for name in FIELDS if name != "team"}
    return {**plain, "team": rule.team.code, "skills": sorted(rule.skills.values_list("code", flat=True))}


def _record(kind: str, rule: RoutingRule, by: Actor, **facts: Any) -> None:
    events.record(kind, rule, by=by, name_en=rule.name_en, name_zh=rule.name_zh, **facts)
