"""Saved views: who sees them, who may change them, what they count."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions
from tickets.actions.views import MOST, change_view, remove_view, save_view
from tickets.models import SavedView, Ticket

COMPLAINTS = {"queue": "all", "type": "complaint"}


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
    page.post(there, {"name_en": "Angry ones", "visibility": "private", "position": "5"})
    assert names(alice) == ["Angry ones"]
    page.post(f"{there}remove/")
    assert names(alice) == []


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
    assert send("delete", one).status_code == 204
    assert client.get("/api/v1/views/", headers=token).json() == []
