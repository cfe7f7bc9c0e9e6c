"""Chains that a ladder or a rule sets off are carried on; texts of rules are filled as those of macros."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import Team, User
from accounts.states import Strategy
from core import dispatch, events
from core.models import Event, OutgoingMail
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, conditions, sweeps
from tickets.automation import changing, running
from tickets.automation.defaults import RULES, ensure_rules
from tickets.automation.steps import parse_steps, steps_of
from tickets.models import AutomationRule, Clock, PolicyVersion, Ticket
from tickets.states import Priority, RunOutcome, Trigger

Rule = Callable[..., AutomationRule]


@pytest.fixture
def rule(ada: User) -> Rule:
    """Makes a rule that is switched on, for every ticket unless said otherwise."""

    def made(trigger: str, steps: Any, when: Any = None) -> AutomationRule:
        row = changing.add_rule(
            name_en="Rule", name_zh="规则", trigger=trigger, conditions=when or {}, steps=steps, by=ada
        )
        return changing.switch_rule(row, on=True, by=ada)

    return made


def in_team(code: str) -> dict[str, Any]:
    return {"field": "team", "op": "is", "value": code}


def give_to(code: str) -> list[dict[str, Any]]:
    return [{"do": "give_to_team", "team": code}]


# --- chains ------------------------------------------------------------------------------------------


def test_a_rule_that_a_ladder_sets_off_stands_in_its_chain(
    rule: Rule, ticket: Ticket, monday: Traveller
) -> None:
    PolicyVersion.objects.update(
        ladder=[{"clock": "resolution", "offset": 0, "notify": [], "raise_priority": True}]
    )
    Event.objects.update(dispatched_at=MONDAY_10)
    lower = rule(Trigger.PRIORITY_SET, [{"do": "set_priority", "priority": 1}])
    after = rule(Trigger.PRIORITY_SET, [{"do": "add_note", "text": "Changed."}])
    monday.move_to(late := MONDAY_10 + timedelta(days=9))
    sweeps.sweep_clocks(late)
    dispatch.drain()
    step = Event.objects.get(kind="clock.escalated")
    clock = Clock.objects.get(ticket=ticket, kind="resolution")
    raised = events.timeline(ticket).filter(kind="ticket.priority_set").first()
    assert raised is not None
    assert raised.data["origin"] == {"clock": clock.pk, "root": step.pk, "depth": 1}
    assert [(run.rule, run.root, run.depth) for run in ticket.rule_runs.order_by("pk")] == [
        (lower, step.pk, 1),
        (after, step.pk, 1),
    ]


def test_teams_that_pass_a_ticket_to_each_other_come_to_an_end(
    rule: Rule, ticket: Ticket, alice: User
) -> None:
    """Once for the person who gave it away, once for whom its team then found; not for ever."""
    for code in ("north", "south"):
        team = Team.objects.create(code=code, name_en=code, name_zh=code, strategy=Strategy.ROUND_ROBIN)
        team.members.add(alice)
    south = rule(Trigger.ASSIGNED, give_to("south"), in_team("north"))
    north = rule(Trigger.ASSIGNED, give_to("north"), in_team("south"))
    dispatch.drain()
    actions.assign(ticket, to=None, team=Team.objects.get(code="north"), by=alice)
    assert dispatch.drain(limit=60) < 60
    assert (south.runs.count(), north.runs.count()) == (2, 2)


@pytest.mark.parametrize(("trigger", "verb"), [(Trigger.CLOSED, "close"), (Trigger.NOTED, "note")])
def test_closing_and_notes_set_rules_off(
    rule: Rule, ticket: Ticket, alice: User, trigger: Trigger, verb: str
) -> None:
    heard = rule(trigger, [{"do": "add_note", "text": "Heard."}])
    if verb == "close":
        actions.close(actions.solve(ticket, by=alice), by=alice)
    else:
        actions.add_note(ticket, body="Look here", by=alice)
    dispatch.drain()
    assert [run.outcome for run in heard.runs.all()] == [RunOutcome.DONE]
    assert ticket.messages.filter(body="Heard.").count() == 1


# --- texts -------------------------------------------------------------------------------------------


def test_replies_and_notes_of_rules_are_filled(rule: Rule, ticket: Ticket, alice: User) -> None:
    actions.assign(ticket, to=alice, by=alice)
    said = {"do": "reply", "en": "Hello {{ customer.name }}, {{ agent.name }} has it.", "zh": "您好"}
    rule(Trigger.OPENED, [said, {"do": "add_note", "text": "{{ ticket.number }}: {{ order.number }}"}])
    dispatch.drain()
    told = list(ticket.messages.order_by("pk").values_list("body", flat=True))[1:]
    assert told == ["Hello Carol, Alice has it.", f"{ticket.number}: [order number?]"]


def test_a_reply_with_a_gap_is_not_sent(rule: Rule, ticket: Ticket) -> None:
    gap = rule(Trigger.OPENED, [{"do": "reply", "en": "About {{ order.number }}", "zh": "关于"}])
    dispatch.drain()
    run = gap.runs.get()
    assert (run.outcome, run.said) == (
        RunOutcome.REFUSED,
        {"code": "step.has_gap", "facts": {"gap": "[order number?]"}},
    )
    assert ticket.messages.count() == 1


def test_a_mail_to_a_colleague_is_filled_in_their_language(rule: Rule, ticket: Ticket, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    rule(
        Trigger.OPENED,
        [{"do": "notify", "member": alice.email, "text": "{{ ticket.number }} {{ order.number }}"}],
    )
    dispatch.drain()
    mail = OutgoingMail.objects.get(to=alice.email)
    assert f"{ticket.number} [订单号？]" in mail.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{{ order.numbr }}",
            "Step 1: “{{ order.numbr }}” is no placeholder. Did you mean “{{ order.number }}”?",
        ),
        ("{{ order.number", "Step 1: “{{” stands alone"),
    ],
)
def test_placeholders_are_checked_when_a_rule_is_saved(rule: Rule, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        rule(Trigger.OPENED, [{"do": "add_note", "text": text}])


def test_a_rule_that_was_stored_before_keeps_working(rule: Rule, ticket: Ticket) -> None:
    row = rule(Trigger.OPENED, [{"do": "add_note", "text": "Plain"}])
    AutomationRule.objects.filter(pk=row.pk).update(steps=[{"do": "add_note", "text": "{{ gone }} {{"}])
    dispatch.drain()
    assert ticket.messages.filter(body="{{ gone }} {{").exists()


# --- examples ----------------------------------------------------------------------------------------


def test_a_fresh_installation_has_examples_that_are_off_and_could_be_saved_by_hand(db: None) -> None:
    AutomationRule.objects.all().delete()
    ensure_rules(AutomationRule.objects)
    ensure_rules(AutomationRule.objects)
    stored = list(AutomationRule.objects.kept())
    assert len(stored) == len(RULES) >= 5
    for one in stored:
        assert not one.is_active
        assert conditions.tree_of(conditions.parse(one.conditions)) == one.conditions
        assert steps_of(parse_steps(one.steps)) == one.steps


def test_a_customer_who_is_silent_is_reminded_and_later_the_ticket_is_solved(
    ticket: Ticket, alice: User, ada: User, monday: Traveller
) -> None:
    AutomationRule.objects.all().delete()
    ensure_rules(AutomationRule.objects)
    for one in AutomationRule.objects.filter(trigger=Trigger.TIME):
        changing.switch_rule(one, on=True, by=ada)
    actions.assign(ticket, to=alice, by=alice)
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(days=3, hours=1))
    running.sweep(MONDAY_10 + timedelta(days=3, hours=1))
    reminder = ticket.messages.order_by("pk").last()
    assert reminder is not None
    assert reminder.body.startswith("Hello Carol,\n\nwe still need your answer")
    monday.shift(timedelta(days=10))
    running.sweep(MONDAY_10 + timedelta(days=13, hours=1))
    assert Ticket.objects.get(pk=ticket.pk).status == "solved"


def test_an_untouched_ticket_gets_more_urgent(ticket: Ticket, ada: User, monday: Traveller) -> None:
    AutomationRule.objects.all().delete()
    ensure_rules(AutomationRule.objects)
    for one in AutomationRule.objects.filter(trigger=Trigger.TIME):
        changing.switch_rule(one, on=True, by=ada)
    monday.shift(timedelta(hours=5))
    running.sweep(MONDAY_10 + timedelta(hours=5))
    assert Ticket.objects.get(pk=ticket.pk).priority == Priority.HIGH
    assert build.ticket().priority == Priority.NORMAL
