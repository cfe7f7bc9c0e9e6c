"""Steps are verbs of the desk: checked when written, taken all or none, with the doer's rights."""

from typing import Any

import pytest
from django.utils import translation

from accounts.models import Language, User
from core import events
from core.actors import SYSTEM, System
from core.errors import Refused
from core.models import OutgoingMail
from tests import build
from tickets.automation.steps import ACTIONS, StepBroken, describe_step, parse_steps, perform, steps_of
from tickets.models import Ticket
from tickets.states import Priority, TicketStatus, TicketType


def take(ticket: Ticket, *given: dict[str, Any], by: Any = SYSTEM) -> list[str]:
    return [step.action.name for step in perform(parse_steps(list(given)), ticket, by=by)]


def everything(alice: User) -> list[dict[str, Any]]:
    """A step of every kind."""
    return [
        {"do": "give_to_team", "team": "support"},
        {"do": "assign", "member": alice.email},
        {"do": "unassign"},
        {"do": "set_priority", "priority": 4},
        {"do": "set_type", "type": "complaint"},
        {"do": "add_note", "text": "Look at this one."},
        {"do": "reply", "en": "We are on it.", "zh": "正在处理。"},
        {"do": "wait", "for": "third_party"},
        {"do": "resume"},
        {"do": "solve"},
        {"do": "close"},
        {"do": "notify", "member": alice.email, "text": "It is closed."},
    ]


def test_every_kind_of_step_is_taken(ticket: Ticket, alice: User) -> None:
    build.team("support", is_default=False)
    given = everything(alice)
    assert {one["do"] for one in given} == set(ACTIONS)
    assert take(ticket, *given) == [one["do"] for one in given]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.type) == (
        TicketStatus.CLOSED,
        Priority.URGENT,
        TicketType.COMPLAINT,
    )
    assert ticket.team is not None
    assert (ticket.team.code, ticket.assignee) == ("support", None)
    assert [message.body for message in ticket.messages.all()][1:] == ["Look at this one.", "We are on it."]


def test_steps_are_written_back_as_they_were_given(alice: User) -> None:
    build.team("support")
    given = everything(alice)
    assert steps_of(parse_steps(given)) == given


def test_a_step_that_changes_nothing_is_not_among_those_taken(ticket: Ticket) -> None:
    assert take(ticket, {"do": "set_priority", "priority": ticket.priority}, {"do": "resume"}) == ["resume"]


def test_all_steps_are_taken_or_none(ticket: Ticket) -> None:
    with pytest.raises(Refused) as refused:
        take(ticket, {"do": "set_priority", "priority": 4}, {"do": "close"}, {"do": "solve"})
    assert refused.value.code == "ticket.cannot_solve"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority) == (TicketStatus.NEW, Priority.NORMAL)


def test_a_reply_goes_out_in_the_language_of_the_ticket(promises: None) -> None:
    chinese = build.ticket(customer=build.customer("Wang", language=Language.CHINESE))
    take(chinese, {"do": "reply", "en": "We are on it.", "zh": "正在处理。"})
    assert chinese.messages.last().body == "正在处理。"  # type: ignore[union-attr]


def test_a_mail_to_a_member_is_one_mail_in_their_language(ticket: Ticket, lea: User) -> None:
    lea.language = Language.CHINESE
    lea.save(update_fields=["language"])
    assert take(ticket, {"do": "notify", "member": lea.email, "text": "Look!"}) == ["notify"]
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language) == (lea.email, Language.CHINESE)
    assert f"/console/tickets/{ticket.number}/" in mail.text
    assert events.timeline(ticket).filter(kind="ticket.notified").get().data["name"] == lea.display_name


def test_a_member_of_staff_needs_the_right_of_the_verb(ticket: Ticket, alice: User, lea: User) -> None:
    take(ticket, {"do": "assign", "member": lea.email}, by=lea)
    with pytest.raises(Refused) as refused:
        take(ticket, {"do": "unassign"}, by=alice)
    assert refused.value.code == "ticket.not_yours"


def test_whoever_left_is_not_assigned_and_the_step_says_so(ticket: Ticket, alice: User) -> None:
    given = [{"do": "assign", "member": alice.email}]
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    with pytest.raises(ValueError, match="Step 1"):
        parse_steps(given)
    with pytest.raises(StepBroken) as broken:
        perform(parse_steps(given, stored=True), ticket, by=SYSTEM)
    assert (broken.value.code, broken.value.facts) == ("step.no_such_member", {"email": alice.email})


def test_a_team_that_is_gone_breaks_the_step(ticket: Ticket) -> None:
    with pytest.raises(StepBroken) as broken:
        perform(parse_steps([{"do": "give_to_team", "team": "gone"}], stored=True), ticket, by=SYSTEM)
    assert broken.value.code == "step.no_such_team"


def test_events_of_an_automation_say_what_made_it_act(ticket: Ticket) -> None:
    take(ticket, {"do": "resume"}, by=System(origin={"rule": 7, "depth": 1}))
    assert events.timeline(ticket).get(kind="ticket.resumed").data["origin"] == {"rule": 7, "depth": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "list"),
        ([1], "Step 1 is written as"),
        ([{"do": "dance"}], "Step 1: “do” is one of: assign"),
        ([{}], "Step 1: “do” is one of"),
        ([{"do": ["close"]}], "Step 1: “do” is one of"),
        ([{"do": "close"}, {"do": "close", "why": 1}], "Step 2: “close” has no “why”"),
        ([{"do": "set_priority"}], "“priority” is missing"),
        ([{"do": "set_priority", "priority": 9}], "“priority” is one of: 1, 2, 3, 4"),
        ([{"do": "set_priority", "priority": True}], "“priority” is one of"),
        ([{"do": "set_priority", "priority": [4]}], "“priority” is one of"),
        ([{"do": "set_type", "type": "song"}], "“type” is one of: enquiry"),
        ([{"do": "assign", "member": "nobody@nowhere.example"}], "“member” is one of"),
        ([{"do": "add_note", "text": "  "}], "“text” is a text"),
        ([{"do": "add_note", "text": 5}], "“text” is a text"),
        ([{"do": "add_note", "text": "a\x00b"}], "“text” is a text"),
        ([{"do": "add_note", "text": "a" * 20_001}], "at most 20000 letters"),
        ([{"do": "reply", "en": "Only English"}], "“zh” is missing"),
        ([{"do": "close"}] * 21, "At most 20 steps"),
    ],
)
def test_what_is_no_step_is_said(db: None, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as wrong:
        parse_steps(given)
    assert said in str(wrong.value)


def test_steps_are_told_in_words(alice: User) -> None:
    build.team("support")
    told = [describe_step(step) for step in parse_steps(everything(alice))]
    assert told[1] == "Assign to Alice"
    assert told[3] == "Set the priority to Urgent"
    assert told[5] == "Leave the note “Look at this one.”"
    assert told[7] == "Wait for a third party"
    with translation.override("zh-hans"):
        assert describe_step(parse_steps([{"do": "set_priority", "priority": 4}])[0]) == "把优先级设为紧急"
