"""Work on many tickets: the ticked ones at once, all that match in a worker, refusals by ticket."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions, bulk
from tickets.models import BulkRun, Ticket
from tickets.states import Priority, RunState, TicketStatus


def finish(run: BulkRun) -> BulkRun:
    bulk.work()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    return run


def test_all_that_match_are_done_and_the_rest_is_not(promises: None, lea: User) -> None:
    wanted = [build.ticket(channel="phone") for _ in range(bulk.STEP + 3)]
    other = build.ticket()
    run = finish(bulk.begin("priority", {"priority": 4}, "queue=all&channel=phone", by=lea))
    assert (run.total, run.done, run.refused) == (len(wanted), len(wanted), [])
    assert set(Ticket.objects.filter(priority=Priority.URGENT)) == set(wanted)
    other.refresh_from_db()
    assert other.priority == Priority.NORMAL
    assert Event.objects.filter(kind="bulk.done").count() == 1


def test_a_verb_that_takes_tickets_out_of_the_list_still_reaches_all(promises: None, lea: User) -> None:
    for _ in range(bulk.STEP * 2 + 1):
        build.ticket()
    run = finish(bulk.begin("solve", {}, "queue=all", by=lea))
    assert run.done == bulk.STEP * 2 + 1
    assert set(Ticket.objects.values_list("status", flat=True)) == {TicketStatus.SOLVED}


def test_what_comes_after_the_beginning_is_left_alone(promises: None, lea: User) -> None:
    build.ticket()
    run = bulk.begin("solve", {}, "queue=all", by=lea)
    late = build.ticket()
    finish(run)
    late.refresh_from_db()
    assert late.status == TicketStatus.NEW


def test_refusals_are_kept_by_ticket_with_their_reason(
    promises: None, alice: User, lea: User, client: Client
) -> None:
    mine, theirs = build.ticket(), build.ticket()
    actions.assign(mine, to=alice, by=lea)
    actions.assign(theirs, to=lea, by=lea)
    fritz = build.user("Fritz")
    run = finish(bulk.begin("assign", {"assignee": fritz.pk}, "queue=all", by=alice))
    assert run.done == 1
    assert [(one["number"], one["code"]) for one in run.refused] == [(theirs.number, "ticket.not_yours")]
    client.force_login(alice)
    shown = client.get(f"/console/inbox/bulk/{run.pk}/").content.decode()
    assert "giving it away takes a team lead" in shown
    client.force_login(lea)
    assert client.get(f"/console/inbox/bulk/{run.pk}/").status_code == 404


def test_nothing_and_too_many_are_refused(promises: None, lea: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"bulk\.nothing"):
        bulk.begin("solve", {}, "queue=all", by=lea)
    monkeypatch.setattr(bulk, "MOST", 1)
    for _ in range(2):
        build.ticket()
    with pytest.raises(Refused, match=r"bulk\.too_many"):
        bulk.begin("solve", {}, "queue=all", by=lea)


def test_two_workers_do_each_ticket_once(
    promises: None, lea: User, together: Callable[..., list[Any]]
) -> None:
    for _ in range(bulk.STEP * 2):
        build.ticket()
    run = bulk.begin("solve", {}, "queue=all", by=lea)
    together(bulk.work, bulk.work)
    bulk.work()
    run.refresh_from_db()
    assert run.done == bulk.STEP * 2
    assert Event.objects.filter(kind="ticket.solved").count() == bulk.STEP * 2


@pytest.mark.parametrize(
    ("verb", "said", "field", "value"),
    [("priority", {"priority": "4"}, "priority", 4), ("type", {"type": "complaint"}, "type", "complaint")],
)
def test_ticked_tickets_are_classed_at_once(
    page: Client, promises: None, verb: str, said: dict[str, str], field: str, value: object
) -> None:
    ticket = build.ticket()
    page.post(f"/console/inbox/{verb}/", {"tickets": [ticket.number], **said})
    ticket.refresh_from_db()
    assert getattr(ticket, field) == value


def test_all_that_match_from_the_page(page: Client, promises: None) -> None:
    build.ticket()
    answer = page.post(
        "/console/inbox/priority/?queue=all", {"everything": "1", "priority": "4"}, follow=True
    )
    run = BulkRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"/console/inbox/bulk/{run.pk}/"
    assert "0 of 1 tickets" in answer.content.decode()
    finish(run)
    assert Ticket.objects.get().priority == Priority.URGENT


def test_by_api(client: Client, token: dict[str, str], ticket: Ticket) -> None:
    def post(**body: object) -> Any:
        return client.post("/api/v1/bulk-runs/", body, headers=token, content_type="application/json")

    assert post(verb="priority", conditions={"queue": "all"}).status_code == 400
    begun = post(verb="priority", conditions={"queue": "all"}, priority=4)
    assert begun.status_code == 202
    bulk.work()
    shown = client.get(f"/api/v1/bulk-runs/{begun.json()['id']}/", headers=token).json()
    assert (shown["state"], shown["done"]) == ("done", 1)
