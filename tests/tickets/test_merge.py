"""Two tickets about one thing become one: one is worked on, nothing is lost, nothing is promised twice."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from core import clock, events
from core.errors import Refused
from core.models import Attachment
from customers.models import Customer
from dashboards.kpis.promises import DECIDED, KEPT
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, conversation, merged, sweeps
from tickets.actions.drafts import save_draft
from tickets.models import Clock, Draft, Merge, Ticket
from tickets.states import Channel, ClockKind, ClockState, DraftKind, TicketStatus

HOUR = timedelta(hours=1)
F, N, R = ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def refused(code: str, why: str, act: object, *args: object, **kwargs: object) -> None:
    with pytest.raises(Refused) as error:
        act(*args, **kwargs)  # type: ignore[operator]
    assert (error.value.code, error.value.facts["why"]) == (code, why)


def counted(ticket: Ticket, kind: str) -> list[Clock]:
    """The clocks of a kind that figures count."""
    return list(Clock.objects.filter(DECIDED, ticket=ticket, kind=kind))


@pytest.fixture
def pair(carol: Customer, monday: Traveller, promises: None) -> tuple[Ticket, Ticket]:
    """Two of Carol's tickets, the second an hour younger; it is half past eleven now."""
    first = build.ticket(customer=carol, body="The lamp is broken")
    monday.shift(HOUR)
    second = build.ticket(customer=carol, body="Here is a photo of the lamp")
    monday.shift(HOUR / 2)
    return first, second


@pytest.fixture(autouse=True)
def every_clock_follows_from_its_log(db: None) -> object:
    yield
    call_command("rebuild_clocks", check=True)


def test_the_merged_ticket_is_closed_and_leads_to_the_other(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    assert actions.merge(second, into=first, by=alice, note="Same lamp") == first
    second = fresh(second)
    assert (second.status, second.merged_into, second.due_at) == (TicketStatus.CLOSED, first, None)
    assert merged.surviving(second) == first
    assert merged.family(first) == [first.pk, second.pk]
    assert [event.kind for event in events.timeline(second)][-1] == "ticket.merged"
    assert [event.kind for event in events.timeline(first)][-1] == "ticket.took_in"


def test_both_conversations_are_read_in_the_order_in_which_they_were_held(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    actions.reply(first, body="Thank you", by=alice)
    told = [
        (entry.message.body, entry.merged_from)
        for entry in conversation.of(fresh(first)).entries
        if isinstance(entry, conversation.Said)
    ]
    assert told == [
        ("The lamp is broken", ""),
        ("Here is a photo of the lamp", second.number),
        ("Thank you", ""),
    ]
    assert first.messages.count() == 2
    assert fresh(first).last_message_preview == "Thank you"


def test_merging_twice_changes_nothing(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    version = fresh(first).version
    assert actions.merge(second, into=first, by=alice) == first
    assert actions.merge(first, into=second, by=alice) == first
    assert (fresh(first).version, Merge.objects.count()) == (version, 1)


def test_a_merge_into_a_merged_ticket_arrives_where_that_goes_on(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer
) -> None:
    first, second = pair
    third = build.ticket(customer=carol)
    actions.merge(second, into=first, by=alice)
    assert actions.merge(third, into=second, by=alice) == first
    assert fresh(third).merged_into == first


def test_what_cannot_be_merged_is_refused_with_the_reason(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer, charlie: Customer
) -> None:
    first, second = pair
    strange = build.ticket(customer=charlie)
    closed = build.ticket(customer=carol, status=TicketStatus.CLOSED)
    solved = build.ticket(customer=carol, status=TicketStatus.SOLVED)
    code = "ticket.cannot_merge"
    refused(code, "itself", actions.merge, first, into=first, by=alice)
    refused(code, "two_people", actions.merge, first, into=strange, by=alice)
    refused(code, "closed", actions.merge, closed, into=first, by=alice)
    refused(code, "into_closed", actions.merge, first, into=closed, by=alice)
    refused(code, "into_solved", actions.merge, first, into=solved, by=alice)
    actions.merge(second, into=first, by=alice)
    third = build.ticket(customer=carol)
    refused(code, "elsewhere", actions.merge, second, into=third, by=alice)
    assert actions.merge(solved, into=first, by=alice) == first


@pytest.mark.parametrize("write", ["receive", "reply", "note"])
def test_what_is_written_to_a_merged_ticket_arrives_where_it_goes_on(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer, write: str
) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    said = {
        "receive": lambda: actions.receive(second, body="And?", by=carol, channel=Channel.EMAIL),
        "reply": lambda: actions.reply(second, body="Yes", by=alice),
        "note": lambda: actions.add_note(second, body="Hm", by=alice),
    }[write]()
    assert said.ticket == first
    assert second.messages.count() == 1


def test_a_reply_written_against_a_ticket_that_was_merged_meanwhile_is_shown_again(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    with pytest.raises(Refused, match="changed_meanwhile"):
        actions.reply(second, body="Yes", by=alice, version=fresh(first).version)


def test_a_follow_up_that_was_merged_still_gets_what_is_written_to_the_closed_ticket(
    promises: None, carol: Customer, alice: User
) -> None:
    closed = build.ticket(customer=carol, status=TicketStatus.CLOSED)
    other = build.ticket(customer=carol)
    follow_up = actions.receive(closed, body="Again", by=carol, channel=Channel.EMAIL).ticket
    actions.merge(follow_up, into=other, by=alice)
    assert actions.receive(closed, body="And?", by=carol, channel=Channel.EMAIL).ticket == other


# --- what is promised --------------------------------------------------------------------------------


def test_the_promise_that_began_first_goes_on(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    due = fresh(first).due_at
    actions.merge(first, into=second, by=alice)
    live = second.clocks.live()
    assert {(one.kind, one.started_at) for one in live} == {(F, MONDAY_10), (R, MONDAY_10)}
    assert fresh(second).due_at == due
    assert not first.clocks.live().exists()


def test_an_earlier_promise_of_the_one_that_goes_on_stays_as_it_is(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    before = set(first.clocks.values_list("pk", "due_at", "state"))
    actions.merge(second, into=first, by=alice)
    assert set(first.clocks.values_list("pk", "due_at", "state")) == before


def test_what_was_met_stays_met_and_what_is_still_owed_is_owed(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    actions.reply(first, body="We look at it", by=alice)
    actions.merge(second, into=first, by=alice)
    states = set(first.clocks.filter(kind=F).values_list("turn", "state"))
    assert states == {(1, ClockState.FULFILLED), (2, ClockState.RUNNING)}
    actions.reply(first, body="Thank you for the photo", by=alice)
    assert set(first.clocks.filter(kind=F).values_list("state", flat=True)) == {ClockState.FULFILLED}


def test_a_missed_promise_is_missed_once_and_not_healed(
    pair: tuple[Ticket, Ticket], alice: User, monday: Traveller
) -> None:
    first, second = pair
    monday.shift(timedelta(days=7))
    actions.merge(first, into=second, by=alice)
    missed = [one for one in (*counted(first, F), *counted(second, F)) if one.breached_at]
    assert [(one.ticket, one.due_at) for one in missed] == [(second, MONDAY_10 + HOUR)]
    assert missed[0].started_at == MONDAY_10


def test_a_merge_counts_as_neither_solved_nor_missed(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    assert not counted(second, F)
    assert not counted(second, R)
    assert not Clock.objects.filter(KEPT, ticket=second).exists()
    assert not events.timeline(second).filter(kind="ticket.solved").exists()


def test_an_open_question_ends_the_waiting_of_the_other(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    actions.wait(first, by=alice)
    actions.merge(second, into=first, by=alice)
    resolution = first.clocks.get(kind=R)
    assert (fresh(first).status, resolution.state) == (TicketStatus.OPEN, ClockState.RUNNING)


def test_a_waiting_ticket_does_not_stop_the_clock_of_an_open_one(
    pair: tuple[Ticket, Ticket], alice: User, monday: Traveller
) -> None:
    first, second = pair
    actions.wait(first, by=alice)
    monday.shift(2 * HOUR)
    actions.merge(first, into=second, by=alice)
    resolution = second.clocks.live().get(kind=R)
    assert (fresh(second).status, resolution.state) == (TicketStatus.NEW, ClockState.RUNNING)
    assert resolution.due_at == MONDAY_10 + timedelta(days=3) + 2 * HOUR


# --- undoing -----------------------------------------------------------------------------------------


def picture(*tickets: Ticket) -> list[object]:
    """All that undoing has to restore; what was missed by now is noted."""
    sweeps.sweep_clocks(clock.now())
    fields = ("status", "merged_into", "closed_at", "due_at", "last_message_preview", "solved_at", "cycle")
    return [
        (
            *(getattr(fresh(ticket), name) for name in fields),
            sorted(
                ticket.clocks.exclude(state=ClockState.MERGED).values_list(
                    "kind", "state", "started_at", "due_at", "breached_at", "left", "next_at"
                )
            ),
            list(ticket.messages.values_list("pk", flat=True)),
        )
        for ticket in tickets
    ]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("status", ["new", "open", "pending_customer", "solved"])
@pytest.mark.parametrize("other", ["new", "open", "pending_customer"])
def test_undone_at_once_everything_is_as_it_was(
    pair: tuple[Ticket, Ticket], alice: User, backwards: bool, status: str, other: str
) -> None:
    source, target = reversed(pair) if backwards else pair
    for ticket, wanted in ((source, status), (target, other)):
        if wanted != "new":
            actions.reply(ticket, body="We look at it", by=alice)
        if wanted == "pending_customer":
            actions.wait(ticket, by=alice)
        if wanted == "solved":
            actions.solve(ticket, by=alice)
    before = picture(source, target)
    actions.merge(source, into=target, by=alice)
    assert actions.unmerge(source, by=alice) == source
    assert picture(source, target) == before
    assert actions.unmerge(source, by=alice) == source
    assert picture(source, target) == before


def test_what_came_since_stays_where_it_arrived(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer
) -> None:
    first, second = pair
    actions.merge(first, into=second, by=alice)
    since = actions.receive(first, body="Any news?", by=carol, channel=Channel.EMAIL)
    actions.reply(second, body="Soon", by=alice)
    actions.unmerge(first, by=alice)
    assert since.ticket == second
    assert (fresh(first).status, fresh(second).status) == (TicketStatus.NEW, TicketStatus.OPEN)
    assert fresh(first).last_message_preview == "The lamp is broken"
    assert fresh(second).last_message_preview == "Soon"
    # the answer was given at the second: kept there, and still owed at the first, which stands alone
    assert [one.state for one in counted(second, F)] == [ClockState.FULFILLED]
    assert [one.state for one in counted(first, F)] == [ClockState.RUNNING]


def test_while_the_other_is_merged_itself_nothing_is_taken_out_of_it(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer
) -> None:
    first, second = pair
    third = build.ticket(customer=carol)
    before = picture(first, second, third)
    actions.merge(first, into=second, by=alice)
    actions.merge(second, into=third, by=alice)
    refused("ticket.cannot_unmerge", "merged_on", actions.unmerge, first, by=alice)
    actions.unmerge(second, by=alice)
    actions.unmerge(first, by=alice)
    assert picture(first, second, third) == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_any_can_be_taken_out_first(
    pair: tuple[Ticket, Ticket], alice: User, carol: Customer, monday: Traveller, order: tuple[int, int]
) -> None:
    target = build.ticket(customer=carol)
    before = picture(*pair, target)
    actions.merge(pair[1], into=target, by=alice)
    actions.merge(pair[0], into=target, by=alice)
    assert target.clocks.live().get(kind=F).started_at == MONDAY_10
    actions.unmerge(pair[order[0]], by=alice)
    left = pair[order[1]]
    assert target.clocks.live().get(kind=F).started_at == left.created_at
    actions.unmerge(left, by=alice)
    assert picture(*pair, target) == before


def test_taken_out_of_a_closed_ticket_its_own_promises_run_again(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    actions.merge(first, into=second, by=alice)
    actions.close(second, by=alice)
    actions.unmerge(first, by=alice)
    assert set(first.clocks.live().values_list("kind", flat=True)) == {F, R}
    assert fresh(second).status == TicketStatus.CLOSED


verbs = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "unmerge", "reply", "wait"]), st.integers(0, 3), st.integers(0, 3)
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(verbs)
def test_whatever_is_merged_something_stays_open_and_all_can_be_undone(
    promises: None, carol: Customer, alice: User, steps: list[tuple[str, int, int]]
) -> None:
    tickets = [build.ticket(customer=carol) for _ in range(4)]
    for verb, one, other in steps:
        ticket = fresh(tickets[one])
        try:
            if verb == "merge":
                actions.merge(ticket, into=fresh(tickets[other]), by=alice)
            elif verb == "unmerge":
                actions.unmerge(ticket, by=alice)
            elif verb == "reply":
                actions.reply(ticket, body="Hello", by=alice)
            else:
                actions.wait(ticket, by=alice)
        except Refused:
            pass
        now = [fresh(ticket) for ticket in tickets]
        roots = {merged.surviving(ticket).pk for ticket in now}
        assert {ticket.pk for ticket in now if ticket.status != TicketStatus.CLOSED} == roots
        live = [ticket.clocks.live() for ticket in now if ticket.pk in roots]
        assert all(clocks.filter(kind=R).count() == 1 for clocks in live)
    while merged_ones := [ticket for ticket in map(fresh, tickets) if ticket.merged_into]:
        outer = next(one for one in merged_ones if one.merged_into and not one.merged_into.merged_into)
        actions.unmerge(outer, by=alice)
    assert all(fresh(ticket).clocks.live().filter(kind=R).count() == 1 for ticket in tickets)
    call_command("rebuild_clocks", check=True)


# --- the edges ---------------------------------------------------------------------------------------


def test_the_api_merges_and_takes_apart(
    pair: tuple[Ticket, Ticket], client: Client, token: dict[str, str]
) -> None:
    first, second = pair
    url = f"/api/v1/tickets/{second.number}"
    answer = client.post(
        f"{url}/merge/", {"into": first.number}, content_type="application/json", headers=token
    )
    assert (answer.status_code, answer.json()["number"]) == (200, first.number)
    assert client.get(f"{url}/", headers=token).json()["merged_into"] == first.number
    again = client.post(f"{url}/unmerge/", headers=token)
    assert (again.json()["number"], again.json()["merged_into"]) == (second.number, None)


# --- who looks after it, and what is being written ---------------------------------------------------


def draft(ticket: Ticket, by: User, body: str, **more: str) -> Draft:
    saved = save_draft(ticket, kind=DraftKind.REPLY, body=body, key=body[:20], by=by, **more)
    assert saved is not None
    return saved


def drafts(ticket: Ticket) -> list[str]:
    return list(Draft.objects.filter(ticket=ticket).order_by("pk").values_list("body", flat=True))


def test_the_survivor_gets_the_assignee_it_lacks_and_undoing_takes_them_away(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    team = build.team("parcels", is_default=False)
    actions.assign(second, to=alice, team=team, by=alice)
    actions.merge(second, into=first, by=alice)
    assert (fresh(first).assignee, fresh(first).team) == (alice, team)
    actions.unmerge(second, by=alice)
    assert (fresh(first).assignee, fresh(first).team) == (None, None)
    assert fresh(second).assignee == alice


def test_whoever_looks_after_the_survivor_stays(pair: tuple[Ticket, Ticket], alice: User, lea: User) -> None:
    first, second = pair
    actions.assign(first, to=lea, by=lea)
    actions.assign(second, to=alice, by=alice)
    actions.merge(second, into=first, by=alice)
    assert fresh(first).assignee == lea
    actions.unmerge(second, by=alice)
    assert fresh(first).assignee == lea


def test_whoever_was_chosen_since_stays_when_it_is_undone(
    pair: tuple[Ticket, Ticket], alice: User, lea: User
) -> None:
    first, second = pair
    actions.assign(second, to=alice, by=alice)
    actions.merge(second, into=first, by=alice)
    actions.assign(fresh(first), to=lea, by=lea)
    actions.unmerge(second, by=alice)
    assert fresh(first).assignee == lea


def test_what_is_being_written_goes_along_and_comes_back(
    pair: tuple[Ticket, Ticket], alice: User, lea: User
) -> None:
    first, second = pair
    draft(second, alice, "Dear Carol, thank you")
    draft(second, lea, "I shall ask")
    actions.merge(second, into=first, by=alice)
    assert drafts(first) == ["Dear Carol, thank you", "I shall ask"]
    draft(first, lea, "I shall ask the workshop")
    actions.unmerge(second, by=alice)
    assert drafts(second) == ["Dear Carol, thank you"]
    assert drafts(first) == ["I shall ask the workshop"]


def test_two_texts_of_one_writer_stand_in_one_and_part_again(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    first, second = pair
    draft(first, alice, "About the lamp.")
    draft(second, alice, "About the photo.")
    actions.merge(second, into=first, by=alice)
    assert drafts(first) == ["About the lamp.\n\nAbout the photo."]
    assert drafts(second) == []
    actions.unmerge(second, by=alice)
    assert (drafts(first), drafts(second)) == (["About the lamp."], ["About the photo."])


def test_files_of_both_go_with_the_text(pair: tuple[Ticket, Ticket], alice: User) -> None:
    first, second = pair
    for ticket, name in ((first, "one"), (second, "two")):
        draft(ticket, alice, f"Look at {name}", files=name)
        Attachment.objects.create(
            subject=f"draft:{name}", name=name, content_type="text/plain", size=1, created_at=clock.now()
        )
    actions.merge(second, into=first, by=alice)
    kept = Draft.objects.get(ticket=first).files
    assert Attachment.objects.filter(subject=f"draft:{kept}").count() == 2


def test_what_an_old_page_still_saves_is_shown_where_it_goes_on(
    pair: tuple[Ticket, Ticket], alice: User, client: Client
) -> None:
    first, second = pair
    actions.merge(second, into=first, by=alice)
    late = draft(second, alice, "Typed on an old page")
    client.force_login(alice)
    here = f"/console/tickets/{first.number}/"
    assert "Typed on an old page" in client.get(here).content.decode()
    client.post(f"{here}drafts/{late.pk}/take/")
    assert drafts(first) == ["Typed on an old page"]
    assert "which has been merged" not in client.get(here).content.decode()
