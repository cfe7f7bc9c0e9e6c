"""Saved views: who sees them, who may change them, what they count."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions, bulk
from tickets.actions.views import MOST, change_view, remove_view, save_view
from tickets.forms.views import joined, parted
from tickets.listing import listing, query
from tickets.models import SavedView, Ticket

COMPLAINTS = {"queue": "all", "type": "complaint"}
URGENT = {
    "any": [{"field": "priority", "op": "at_least", "value": 3}, {"field": "cycle", "op": "is", "value": 2}]
}
AS_IT_WAS = {
    "name_en": "Complaints",
    "visibility": "private",
    "position": "5",
    "queue": "all",
    "version": "1",
}


def names(user: User) -> list[str]:
    return [str(view) for view in SavedView.objects.shown_to(user)]


def test_a_private_view_is_ones_own(alice: User, lea: User) -> None:
    save_view(name_en="Mine", conditions=COMPLAINTS, by=alice)
    assert names(alice) == ["Mine"]
    assert names(lea) == []


def test_shared_views_reach_the_team_or_everybody(alice: User, lea: User, mara: User) -> None:
    team = build.team()
    alice.teams.add(team)
    mara.teams.add(team)
    save_view(name_en="Ours", conditions={}, visibility="team", team=team, by=alice)
    save_view(name_zh="大家", conditions={}, visibility="all", position=1, by=lea)
    assert names(mara) == ["大家", "Ours"]
    assert names(lea) == ["大家"]


@pytest.mark.parametrize(("visibility", "code"), [("all", "view.cannot_share"), ("team", "view.which_team")])
def test_agents_share_no_further_than_their_teams(alice: User, visibility: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        save_view(name_en="x", conditions={}, visibility=visibility, by=alice)


def test_teams_of_others_are_not_shared_with(alice: User) -> None:
    with pytest.raises(Refused, match=r"view\.cannot_share"):
        save_view(name_en="x", conditions={}, visibility="team", team=build.team(), by=alice)


def test_conditions_keep_what_a_list_knows_and_nothing_else(alice: User) -> None:
    view = save_view(name_en="x", conditions={**COMPLAINTS, "cursor": "y", "q": "z", "team": ""}, by=alice)
    assert view.conditions == COMPLAINTS


def test_only_owners_and_leads_change_shared_ones_and_each_change_is_told_once(
    alice: User, lea: User, mara: User
) -> None:
    view = save_view(name_en="All", conditions={}, visibility="all", by=lea)
    for stranger in (alice, mara):
        with pytest.raises(Refused, match=r"view\.not_yours"):
            change_view(view, name_en="Theirs", by=stranger)
        with pytest.raises(Refused, match=r"view\.not_yours"):
            remove_view(view, by=stranger)
    change_view(view, name_en="Every one", by=lea)
    change_view(view, name_en="Every one", by=lea)
    remove_view(view, by=lea)
    remove_view(view, by=lea)
    kinds = Event.objects.filter(kind__startswith="view.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["view.saved", "view.edited", "view.removed"]


def test_there_is_an_end_to_views_even_in_parallel(alice: User, together: Callable[..., list[Any]]) -> None:
    for number in range(MOST - 1):
        save_view(name_en=str(number), conditions={}, by=alice)
    outcomes = together(*[lambda: save_view(name_en="x", conditions={}, by=alice)] * 3)
    assert sum(isinstance(one, SavedView) for one in outcomes) == 1
    assert alice.saved_views.count() == MOST


def test_the_side_bar_counts_up_to_a_bound(
    page: Client, promises: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.views.console.views.COUNTED", 2)
    for _ in range(4):
        actions.set_type(build.ticket(), type="complaint", by=alice)
    build.ticket()
    view = save_view(name_en="Complaints", conditions=COMPLAINTS, by=alice)
    shown = page.get(f"/console/inbox/views/?view={view.pk}").content.decode()
    assert "Complaints" in shown
    assert ">2+<" in shown
    assert 'aria-current="page"' in shown
    for part in ("queue=all", "type=complaint", f"view={view.pk}"):
        assert part in shown


def test_a_view_is_saved_from_a_list_changed_and_removed(page: Client, alice: User) -> None:
    address = "/console/inbox/views/new/?queue=all&type=complaint"
    assert page.post(address, {"visibility": "private", "position": "5"}).status_code == 422
    page.post(address, {"name_en": "Complaints", "visibility": "private", "position": "5"})
    view = SavedView.objects.get()
    assert view.conditions == COMPLAINTS
    assert (
        "Change the view" in page.get(f"/console/?queue=all&type=complaint&view={view.pk}").content.decode()
    )
    there = f"/console/inbox/views/{view.pk}/"
    page.post(there, {**AS_IT_WAS, "name_en": "Angry ones", "conditions-mode": "all"})
    assert names(alice) == ["Angry ones"]
    view.refresh_from_db()
    assert view.conditions == {"queue": "all"}
    page.post(f"{there}remove/")
    assert names(alice) == []


# --- what a view asks --------------------------------------------------------------------------------


def rows(*questions: tuple[str, str, str]) -> dict[str, str]:
    """Rows of the editor as a form sends them."""
    told = {"conditions-mode": "all"}
    for place, question in enumerate(questions):
        told |= dict(
            zip((f"conditions-{place}-{part}" for part in ("field", "op", "value")), question, strict=True)
        )
    return told


def shown(page: Client, view: SavedView, **more: str) -> list[str]:
    """The tickets in the list of a view."""
    address = f"/console/?{query(view.conditions, view=str(view.pk), **more).urlencode()}"
    return sorted(ticket.subject for ticket in page.get(address).context["page"].rows)


def test_what_a_view_asks_narrows_its_list_its_count_and_work_on_all_of_it(
    page: Client, promises: None, alice: User, lea: User
) -> None:
    ours, other = build.ticket(subject="Lamp"), build.ticket(subject="Chair")
    view = save_view(
        name_en="Lamps",
        conditions={"queue": "all"},
        asks={"field": "subject", "op": "contains", "value": "lamp"},
        by=alice,
    )
    assert shown(page, view) == ["Lamp"]
    assert "This view asks" in page.get(f"/console/?queue=all&view={view.pk}").content.decode()
    assert page.get("/console/inbox/views/").context["views"][0][1] == 1
    run = bulk.begin("solve", {}, f"queue=all&view={view.pk}", by=alice)
    assert run.total == 1
    assert len(listing(lea, query({"queue": "all"}, view=str(view.pk))).rows) == 2, "it is Alice's own"
    assert {ours.subject, other.subject} == {"Lamp", "Chair"}


def test_conditions_are_changed_in_rows_and_counted_before_they_are_saved(
    page: Client, promises: None, alice: User
) -> None:
    build.ticket(subject="Lamp")
    actions.set_type(build.ticket(subject="Chair"), type="complaint", by=alice)
    view = save_view(name_en="Complaints", conditions=COMPLAINTS, by=alice)
    there = f"/console/inbox/views/{view.pk}/"
    first = page.get(there).content.decode()
    assert 'value="complaint" selected' in first
    assert "1 ticket meets this now." in first
    asked = rows(("type", "is", "enquiry"), ("subject", "contains", "lamp"))
    counted = page.post(there, {**AS_IT_WAS, **asked, "conditions-redraw": "1"}).content.decode()
    assert "1 ticket meets this now." in counted
    assert SavedView.objects.get().conditions == COMPLAINTS
    page.post(there, {**AS_IT_WAS, **asked})
    view.refresh_from_db()
    assert view.conditions == {"queue": "all", "type": "enquiry"}
    assert view.asks == {"all": [{"field": "subject", "op": "contains", "value": "lamp"}]}
    assert shown(page, view) == ["Lamp"]


def test_incomplete_rows_are_kept_and_not_counted(page: Client, alice: User) -> None:
    view = save_view(name_en="Complaints", conditions=COMPLAINTS, by=alice)
    there = f"/console/inbox/views/{view.pk}/"
    unfinished = {**AS_IT_WAS, **rows(("subject", "contains", "")), "name_en": "Typed"}
    answer = page.post(there, unfinished)
    assert answer.status_code == 422
    assert 'value="Typed"' in answer.content.decode()
    redrawn = page.post(there, {**unfinished, "conditions-redraw": "1"})
    assert redrawn.status_code == 200
    assert "Once the conditions are complete" in redrawn.content.decode()


def test_a_view_that_changed_meanwhile_says_who_and_keeps_what_was_typed(
    page: Client, alice: User, lea: User
) -> None:
    view = save_view(name_en="All", conditions={}, visibility="all", by=lea)
    view = change_view(view, owner=alice, by=lea)
    change_view(view, name_en="Lea's words", by=lea)
    there = f"/console/inbox/views/{view.pk}/"
    typed = {**AS_IT_WAS, **rows(), "name_en": "My words", "version": str(view.version)}
    stale = page.post(there, typed)
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "Lea changed this view meanwhile" in text
    assert 'value="My words"' in text
    fresh = SavedView.objects.get()
    assert f'name="version" value="{fresh.version}"' in text
    page.post(there, {**typed, "version": str(fresh.version)})
    assert names(alice) == ["My words"]


def test_saving_a_list_of_a_view_keeps_what_the_view_asks(page: Client, alice: User) -> None:
    view = save_view(name_en="Urgent", conditions={"queue": "all"}, asks=URGENT, by=alice)
    form = {"name_en": "Urgent mails", "visibility": "private", "position": "5"}
    page.post(f"/console/inbox/views/new/?queue=all&channel=email&view={view.pk}", form)
    copied = SavedView.objects.latest("pk")
    assert (copied.conditions, copied.asks) == ({"queue": "all", "channel": "email"}, URGENT)


def test_what_can_no_longer_be_read_shows_nothing_and_says_why(
    page: Client, promises: None, alice: User
) -> None:
    build.ticket()
    view = save_view(name_en="x", conditions={"queue": "all"}, by=alice)
    SavedView.objects.update(asks={"field": "colour", "op": "is", "value": "red"})
    assert shown(page, view) == []
    assert "colour" in page.get(f"/console/?queue=all&view={view.pk}").content.decode()
    with pytest.raises(Refused, match=r"view\.unreadable"):
        change_view(view, asks={"field": "colour", "op": "is", "value": "red"}, by=alice)


def test_filters_become_questions_and_filters_again(alice: User) -> None:
    filters = {"type": "complaint", "priority": "3", "channel": "email", "language": "en"}
    view = SavedView(conditions={"queue": "all", **filters, "assignee": str(alice.pk)}, asks=URGENT)
    whole = joined(view)
    assert len(whole["all"]) == 6
    left, asks = parted(whole)
    assert left == filters
    assert asks == {"all": [{"field": "assignee", "op": "is", "value": alice.email}, URGENT]}
    assert parted(URGENT) == ({}, URGENT)
    assert joined(SavedView()) == {"all": []}


def test_views_by_api(client: Client, token: dict[str, str], ticket: Ticket) -> None:
    def send(method: str, path: str, **body: object) -> Any:
        return getattr(client, method)(path, body, headers=token, content_type="application/json")

    wrong = send("post", "/api/v1/views/", name_en="x", conditions={"colour": "red"})
    assert wrong.status_code == 400
    made = send("post", "/api/v1/views/", name_en="All", conditions={"queue": "all"})
    assert made.status_code == 201
    assert made.json()["count"] == 1
    one = f"/api/v1/views/{made.json()['id']}/"
    assert send("patch", one, name_en="Every").json()["name_en"] == "Every"
    asked = send("patch", one, asks={"field": "cycle", "op": "at_least", "value": 2}, version=2).json()
    assert (asked["count"], asked["version"]) == (0, 3)
    late = send("patch", one, name_en="Late", version=2)
    assert (late.status_code, late.json()["code"]) == (409, "view.changed_meanwhile")
    unknown = send("patch", one, asks={"field": "colour"})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "view.unreadable")
    assert send("delete", one).status_code == 204
    assert client.get("/api/v1/views/", headers=token).json() == []
