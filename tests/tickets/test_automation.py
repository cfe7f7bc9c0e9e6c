"""Rules run after events and as time passes, once, in their order, and one that fails stops no other."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import translation
from time_machine import Traveller

from accounts.models import User
from core import clock, dispatch, events, words
from core.errors import Refused
from core.models import Event, OutgoingMail
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, conditions, tasks
from tickets.automation import changing, running
from tickets.automation.rehearsing import preview, rehearse
from tickets.automation.steps import parse_steps
from tickets.models import AutomationRule, RuleRun, Ticket
from tickets.states import Priority, RunOutcome, TicketStatus, TicketType, Trigger

URGENT = [{"do": "set_priority", "priority": 4}]
COMPLAINT = {"field": "type", "op": "is", "value": "complaint"}

Rule = Callable[..., AutomationRule]


@pytest.fixture(autouse=True)
def without_examples(db: None) -> None:
    """Only the rules of a test are there."""
    AutomationRule.objects.all().delete()


@pytest.fixture
def rule(ada: User) -> Rule:
    """Makes a rule that is switched on."""

    def made(trigger: str = Trigger.OPENED, *, when: Any = None, steps: Any = None) -> AutomationRule:
        row = changing.add_rule(
            name_en="Rule",
            name_zh="规则",
            trigger=trigger,
            conditions=when or {},
            steps=URGENT if steps is None else steps,
            by=ada,
        )
        return changing.switch_rule(row, on=True, by=ada)

    return made


def note(text: str) -> list[dict[str, Any]]:
    return [{"do": "add_note", "text": text}]


def outcomes(rule: AutomationRule) -> list[str]:
    return list(rule.runs.order_by("pk").values_list("outcome", flat=True))


# --- after an event ----------------------------------------------------------------------------------


def test_a_rule_works_on_a_ticket_that_meets_its_conditions(rule: Rule, ticket: Ticket) -> None:
    meets, other = rule(when={"field": "type", "op": "is", "value": "enquiry"}), rule(when=COMPLAINT)
    dispatch.drain()
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    run = meets.runs.get()
    assert (run.outcome, run.taken, run.root) == (RunOutcome.DONE, URGENT, run.event_id)
    assert run.held == [{"field": "type", "op": "is", "value": "enquiry", "held": True}]
    assert not other.runs.exists()
    event = events.timeline(ticket).get(kind="ticket.priority_set")
    assert event.data["origin"] == {
        "rule": meets.pk,
        "root": run.root,
        "depth": 1,
        "name_en": "Rule",
        "name_zh": "规则",
    }


def test_a_rule_that_is_off_or_removed_does_nothing(rule: Rule, ticket: Ticket, ada: User) -> None:
    changing.switch_rule(rule(), on=False, by=ada)
    changing.remove_rule(rule(), by=ada)
    dispatch.drain()
    assert not RuleRun.objects.exists()


def test_each_rule_sees_the_ticket_as_the_ones_before_left_it(rule: Rule, ticket: Ticket, ada: User) -> None:
    urgent = {"field": "priority", "op": "is", "value": 4}
    first, second = rule(when=urgent, steps=note("It is urgent.")), rule()
    dispatch.drain()
    assert (outcomes(first), outcomes(second)) == ([], [RunOutcome.DONE])
    changing.move_rule(second, up=True, by=ada)
    build.ticket()
    dispatch.drain()
    assert (outcomes(first), outcomes(second)) == ([RunOutcome.DONE], [RunOutcome.DONE] * 2)


def test_nothing_to_change_is_logged_as_that(rule: Rule, ticket: Ticket) -> None:
    idle = rule(steps=[{"do": "set_priority", "priority": 2}])
    dispatch.drain()
    assert outcomes(idle) == [RunOutcome.NOTHING]


def test_a_refusal_is_logged_with_its_reason_and_is_no_failure(rule: Rule, ticket: Ticket) -> None:
    refused, after = rule(steps=[*URGENT, {"do": "close"}, {"do": "solve"}]), rule(steps=note("Still here."))
    dispatch.drain()
    run = refused.runs.get()
    assert (run.outcome, run.taken, run.said["code"]) == (RunOutcome.REFUSED, [], "ticket.cannot_solve")
    ticket.refresh_from_db()
    refused.refresh_from_db()
    assert (ticket.status, ticket.priority, refused.failures) == (TicketStatus.NEW, Priority.NORMAL, 0)
    assert outcomes(after) == [RunOutcome.DONE]


def test_two_rules_that_set_each_other_off_come_to_an_end(rule: Rule, ticket: Ticket) -> None:
    up = rule(Trigger.PRIORITY_SET, when={"field": "priority", "op": "is", "value": 1})
    down = rule(
        Trigger.PRIORITY_SET,
        when={"field": "priority", "op": "is", "value": 4},
        steps=[{"do": "set_priority", "priority": 1}],
    )
    start = rule()
    dispatch.drain()
    assert [outcomes(one) for one in (start, down, up)] == [[RunOutcome.DONE]] * 3
    assert not Event.objects.undispatched().exists()


def test_a_long_chain_is_stopped_and_the_log_says_so(rule: Rule, ticket: Ticket) -> None:
    kinds = ["enquiry", "order", "logistics", "return", "complaint"]
    last = rule(Trigger.TYPE_SET, when=COMPLAINT, steps=note("Too far."))
    chain = [last]
    for was, value in reversed(list(pairwise(kinds))):
        trigger = Trigger.PRIORITY_SET if was == "enquiry" else Trigger.TYPE_SET
        asked = {"field": "type", "op": "is", "value": was}
        chain.append(rule(trigger, when=asked, steps=[{"do": "set_type", "type": value}]))
    chain.append(rule())
    dispatch.drain()
    assert [outcomes(one) for one in chain] == [[RunOutcome.STOPPED]] + [[RunOutcome.DONE]] * 5
    assert last.runs.get().depth == running.DEEPEST


def test_the_same_event_again_runs_nothing_twice(rule: Rule, ticket: Ticket) -> None:
    noted = rule(steps=note("Once."))
    opened = events.timeline(ticket).get(kind="ticket.opened")
    running.after(opened)
    running.after(opened)
    assert outcomes(noted) == [RunOutcome.DONE]
    assert ticket.messages.filter(body="Once.").count() == 1


def test_every_new_message_is_a_cause_of_its_own(rule: Rule, ticket: Ticket) -> None:
    noted = rule(Trigger.RECEIVED, steps=note("They wrote."))
    for body in ("Hello?", "Anybody?"):
        actions.receive(ticket, body=body, by=ticket.customer, channel="portal")
    dispatch.drain()
    assert outcomes(noted) == [RunOutcome.DONE] * 2


def test_rules_at_the_same_time_run_once(
    rule: Rule, ticket: Ticket, together: Callable[..., list[Any]]
) -> None:
    noted = rule(steps=note("Once."))
    together(*[dispatch.drain] * 4)
    assert outcomes(noted) == [RunOutcome.DONE]
    assert ticket.messages.filter(body="Once.").count() == 1


# --- failing -----------------------------------------------------------------------------------------


def broken_rule(rule: Rule, alice: User, trigger: str = Trigger.OPENED) -> AutomationRule:
    """A rule that assigns to somebody who has left."""
    row = rule(trigger, steps=[{"do": "assign", "member": alice.email}])
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    return row


def test_a_rule_that_fails_too_often_is_switched_off_and_told(
    promises: None, rule: Rule, alice: User, ada: User
) -> None:
    failing, fine = broken_rule(rule, alice), rule()
    for _ in range(running.MOST_FAILURES + 1):
        build.ticket()
    dispatch.drain()
    failing.refresh_from_db()
    assert outcomes(failing) == [RunOutcome.FAILED] * running.MOST_FAILURES
    assert outcomes(fine) == [RunOutcome.DONE] * (running.MOST_FAILURES + 1)
    assert (failing.is_active, failing.failures) == (False, running.MOST_FAILURES)
    assert list(AutomationRule.objects.broken()) == [failing]
    event = events.history(failing).get(kind="rule.switched_off")
    assert words.event(event) == "The rule “Rule” failed too often and was switched off"
    mail = OutgoingMail.objects.get(to=ada.email)
    assert (mail.subject, "/console/mail/stuck/" in mail.text) == (
        "Switched off: the rule “Rule”",
        True,
    )
    again = changing.switch_rule(failing, on=True, by=ada)
    assert (again.is_active, again.failures, again.switched_off_at) == (True, 0, None)


def test_failures_that_are_not_in_a_row_switch_nothing_off(promises: None, rule: Rule, alice: User) -> None:
    failing = broken_rule(rule, alice)
    for number in range(2 * running.MOST_FAILURES):
        User.objects.filter(pk=alice.pk).update(is_active=number % 4 == 3)
        build.ticket()
        dispatch.drain()
    failing.refresh_from_db()
    assert failing.is_active
    assert set(outcomes(failing)) == {RunOutcome.FAILED, RunOutcome.DONE}


def test_what_a_broken_step_raises_is_in_the_log(
    rule: Rule, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_facts: Any) -> None:
        raise RuntimeError("no such luck")

    failing, fine = rule(), rule(steps=note("Still here."))
    monkeypatch.setattr(actions, "set_priority", fail)
    dispatch.drain()
    assert failing.runs.get().said == {"error": "RuntimeError: no such luck"}
    assert outcomes(fine) == [RunOutcome.DONE]


def test_trouble_with_the_database_is_not_the_rules_failure(
    rule: Rule, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_facts: Any) -> None:
        raise OperationalError("deadlock detected")

    unlucky = rule()
    with monkeypatch.context() as patched:
        patched.setattr(actions, "set_priority", fail)
        dispatch.drain()
    unlucky.refresh_from_db()
    assert (outcomes(unlucky), unlucky.failures) == ([], 0)
    assert Event.objects.undispatched().filter(attempts=1).exists()


# --- as time passes ----------------------------------------------------------------------------------


def old(hours: int) -> dict[str, Any]:
    return {"field": "hours_since_opened", "op": "at_least", "value": hours}


def test_time_runs_a_rule_once_in_each_cycle(
    rule: Rule, ticket: Ticket, monday: Traveller, alice: User
) -> None:
    late = rule(Trigger.TIME, when=old(24), steps=note("A day old."))
    assert tasks.run_timed_rules() == 0
    monday.shift(timedelta(hours=25))
    assert [tasks.run_timed_rules() for _ in range(3)] == [1, 0, 0]
    actions.solve(ticket, by=alice)
    actions.reopen(ticket, by=alice)
    assert [tasks.run_timed_rules() for _ in range(2)] == [1, 0]
    assert list(late.runs.order_by("pk").values_list("cycle", "root")) == [(1, None), (2, None)]


def test_time_leaves_closed_tickets_alone(rule: Rule, ticket: Ticket, alice: User) -> None:
    rule(Trigger.TIME)
    actions.close(ticket, by=alice)
    assert tasks.run_timed_rules() == 0


def test_a_sweep_is_bounded_and_the_next_goes_on(
    promises: None, rule: Rule, monday: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    rule(Trigger.TIME)
    for _ in range(5):
        build.ticket()
    assert [tasks.run_timed_rules() for _ in range(4)] == [2, 2, 1, 0]


def test_a_rule_that_breaks_in_a_sweep_stops_there(
    promises: None, rule: Rule, monday: Traveller, alice: User
) -> None:
    failing = broken_rule(rule, alice, Trigger.TIME)
    for _ in range(running.MOST_FAILURES + 3):
        build.ticket()
    tasks.run_timed_rules()
    assert failing.runs.count() == running.MOST_FAILURES


def test_conditions_that_can_no_longer_be_read_switch_a_rule_off(rule: Rule, ticket: Ticket) -> None:
    unreadable = rule(Trigger.TIME)
    AutomationRule.objects.filter(pk=unreadable.pk).update(conditions={"field": "gone", "op": "is"})
    for _ in range(running.MOST_FAILURES):
        assert tasks.run_timed_rules() == 0
    unreadable.refresh_from_db()
    assert not unreadable.is_active
    assert "gone" in unreadable.switched_off_because


def test_four_workers_sweep_once(promises: None, rule: Rule, together: Callable[..., list[Any]]) -> None:
    rule(Trigger.TIME, steps=note("Once."))
    for _ in range(8):
        build.ticket()
    now = clock.now()
    assert sum(together(*[lambda: running.sweep(now)] * 4)) == 8
    assert RuleRun.objects.count() == 8


# --- rehearsing --------------------------------------------------------------------------------------


def test_a_preview_shows_who_meets_the_conditions(promises: None, monday: Traveller) -> None:
    meets = build.ticket(type=TicketType.COMPLAINT)
    build.ticket()
    closed = build.ticket(type=TicketType.COMPLAINT, status=TicketStatus.CLOSED)
    asked, everything = conditions.parse(COMPLAINT), Ticket.objects.all()
    found = preview(Trigger.OPENED, asked, everything, MONDAY_10)
    assert (list(found.tickets), found.count, found.more) == ([closed, meets], 2, False)
    assert list(preview(Trigger.TIME, asked, everything, MONDAY_10).tickets) == [meets]
    assert preview(Trigger.TIME, asked, Ticket.objects.none(), MONDAY_10).count == 0


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(ticket: Ticket) -> None:
    before = (Event.objects.count(), Ticket.objects.values().get(pk=ticket.pk))
    steps = parse_steps([*URGENT, {"do": "resume"}])
    shown = rehearse(conditions.parse({"not": COMPLAINT}), steps, ticket, MONDAY_10)
    assert (shown.holds, tuple(shown.changing), shown.refused) == (True, steps, None)
    assert [(leaf.field.name, held) for leaf, held in shown.answers] == [("type", False)]
    assert (Event.objects.count(), Ticket.objects.values().get(pk=ticket.pk)) == before


def test_a_rehearsal_says_what_would_be_refused_or_why_not(ticket: Ticket) -> None:
    refused = rehearse(
        conditions.parse({}), parse_steps([{"do": "close"}, {"do": "solve"}]), ticket, MONDAY_10
    )
    assert isinstance(refused.refused, Refused)
    assert refused.refused.code == "ticket.cannot_solve"
    unmet = rehearse(conditions.parse(COMPLAINT), parse_steps(URGENT), ticket, MONDAY_10)
    assert (unmet.holds, unmet.changing) == (False, ())
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW


# --- changing ----------------------------------------------------------------------------------------


def test_a_new_rule_is_last_and_off(rule: Rule, ada: User) -> None:
    first = rule()
    second = changing.add_rule(
        name_en="B", name_zh="乙", trigger=Trigger.TIME, conditions={}, steps=[], by=ada
    )
    assert (list(AutomationRule.objects.kept()), second.is_active) == ([first, second], False)


def test_a_change_keeps_what_stood_there(rule: Rule, ada: User) -> None:
    row = rule()
    changing.edit_rule(row, name_en="Other", by=ada)
    changing.edit_rule(row, name_en="Other", by=ada)
    event = events.history(row).get(kind="rule.edited")
    assert (event.data["was"]["name_en"], event.data["now"]["name_en"]) == ("Rule", "Other")
    with translation.override("zh-hans"):
        assert "规则" in words.event(event)


@pytest.mark.parametrize("wrong", [{"conditions": {"x": 1}}, {"steps": [{"do": "dance"}]}])
def test_a_rule_takes_no_wrong_conditions_or_steps(rule: Rule, ada: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        changing.edit_rule(rule(), by=ada, **wrong)


def test_rules_change_places(rule: Rule, ada: User) -> None:
    first, second, third = rule(), rule(), rule()
    changing.move_rule(third, up=True, by=ada)
    changing.move_rule(first, up=True, by=ada)
    changing.move_rule(second, up=False, by=ada)
    assert list(AutomationRule.objects.kept()) == [first, third, second]
    assert not events.history(first).filter(kind="rule.moved").exists()


def test_removing_twice_is_removing_once_and_keeps_the_log(rule: Rule, ticket: Ticket, ada: User) -> None:
    row = rule()
    dispatch.drain()
    changing.remove_rule(row, by=ada)
    changing.remove_rule(row, by=ada)
    assert events.history(row).filter(kind="rule.removed").count() == 1
    assert (AutomationRule.objects.kept().exists(), row.runs.count()) == (False, 1)
