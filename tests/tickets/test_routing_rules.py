"""Routing rules on their page: written, moved, tried and switched off."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Skill, Team, User
from core import dispatch, events
from core.errors import Refused
from tests import build
from tests.tickets.typed import asked
from tickets import routing
from tickets.actions import routing_rules as actions
from tickets.models import RoutingRule, Ticket
from tickets.states import TicketType

COMPLAINT = {"field": "type", "op": "is", "value": "complaint"}


@pytest.fixture
def team(db: None) -> Team:
    return build.team("care", is_default=False)


@pytest.fixture
def configurator(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def form(care: Team, /, **changed: Any) -> dict[str, Any]:
    return {"name_en": "Care", "name_zh": "关怀", "team": str(care.pk), **asked(COMPLAINT), **changed}


def add(team: Team, by: User, name: str = "Care", **changed: Any) -> RoutingRule:
    given: dict[str, Any] = {"name_en": name, "name_zh": name, "team": team, "conditions": COMPLAINT}
    return actions.add_routing_rule(**{**given, **changed}, by=by)


def test_a_rule_is_written_switched_on_and_chooses_the_team(
    configurator: Client, team: Team, promises: None
) -> None:
    lamps = Skill.objects.create(code="lamps", name_en="Lamps", name_zh="灯具")
    made = configurator.post("/console/routing-rules/new/", form(team, skills=[str(lamps.pk)]))
    assert made.headers["Location"] == "/console/routing-rules/"
    rule = RoutingRule.objects.get()
    assert (rule.is_active, rule.conditions, list(rule.skills.all())) == (
        False,
        {"all": [COMPLAINT]},
        [lamps],
    )
    before = build.ticket(type=TicketType.COMPLAINT)
    dispatch.drain()
    configurator.post(f"/console/routing-rules/{rule.pk}/switch/")
    ticket = build.ticket(type=TicketType.COMPLAINT)
    dispatch.drain()
    assert {row.number: row.team for row in Ticket.objects.all()} == {
        before.number: None,
        ticket.number: team,
    }
    page = configurator.get(f"/console/routing-rules/?ticket={ticket.number}").content.decode()
    for words in ("Type is Complaint", "Lamps", f"By the rule “Care” to the team {team}."):
        assert words in page
    assert (
        "There is no ticket T-1." in configurator.get("/console/routing-rules/?ticket=t-1").content.decode()
    )


def test_a_rule_is_changed_moved_and_switched_off(
    configurator: Client, team: Team, ada: User, promises: None
) -> None:
    first, second = add(team, ada), add(team, ada, "Second")
    configurator.post(f"/console/routing-rules/{second.pk}/move/")
    assert list(RoutingRule.objects.all()) == [second, first]
    configurator.post(f"/console/routing-rules/{second.pk}/move/", {"down": "1"})
    configurator.post(f"/console/routing-rules/{second.pk}/move/", {"down": "1"})
    assert list(RoutingRule.objects.all()) == [first, second]
    shown = configurator.get(f"/console/routing-rules/{first.pk}/edit/").content.decode()
    assert 'name="conditions-0-value"' in shown
    configurator.post(f"/console/routing-rules/{first.pk}/edit/", form(team, name_en="Loud"))
    configurator.post(f"/console/routing-rules/{first.pk}/switch/")
    configurator.post(f"/console/routing-rules/{first.pk}/switch/", {"off": "1"})
    first.refresh_from_db()
    assert (first.name_en, first.is_active) == ("Loud", False)
    kinds = list(events.history(first).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["routing.added", "routing.edited", "routing.switched_on", "routing.switched_off"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"team": ""}, "This field is required."),
        ({"conditions-0-value": ""}, "Say what it is compared with."),
        ({"conditions-mode": "some"}, "Select a valid choice"),
    ],
)
def test_a_wrong_rule_is_shown_as_it_was_typed(
    configurator: Client, team: Team, wrong: dict[str, str], words: str
) -> None:
    again = configurator.post("/console/routing-rules/new/", form(team, **wrong))
    assert again.status_code == 422
    assert words in again.content.decode()
    assert "关怀" in again.content.decode()
    assert not RoutingRule.objects.exists()


def test_a_rule_that_can_no_longer_be_read_can_be_mended(configurator: Client, team: Team, ada: User) -> None:
    rule = add(team, ada)
    RoutingRule.objects.filter(pk=rule.pk).update(conditions={"field": "gone", "op": "is"})
    assert "“gone” is not a field" in configurator.get("/console/routing-rules/").content.decode()
    edit = f"/console/routing-rules/{rule.pk}/edit/"
    assert "“gone” is not a field" in configurator.get(edit).content.decode()
    configurator.post(edit, form(team))
    assert "“gone”" not in configurator.get("/console/routing-rules/").content.decode()


def test_conditions_that_are_none_are_refused(team: Team, ada: User) -> None:
    with pytest.raises(Refused) as refused:
        add(team, ada, conditions={"field": "mood"})
    assert refused.value.code == "routing.cannot_ask"


def test_doing_it_twice_changes_nothing(team: Team, ada: User) -> None:
    rule = add(team, ada)
    actions.switch_routing_rule(rule, on=False, by=ada)
    actions.edit_routing_rule(rule, name_en="Care", by=ada)
    actions.move_routing_rule(rule, up=True, by=ada)
    assert events.history(rule).count() == 1


def test_skills_change_with_the_rule(team: Team, ada: User) -> None:
    lamps = Skill.objects.create(code="lamps", name_en="Lamps", name_zh="灯具")
    rule = add(team, ada, skills=[lamps])
    actions.edit_routing_rule(rule, name_en="Loud", by=ada)
    assert list(rule.skills.all()) == [lamps]
    actions.edit_routing_rule(rule, skills=[], by=ada)
    assert not rule.skills.exists()


def test_leads_read_and_do_not_write(client: Client, lea: User, team: Team, ada: User) -> None:
    rule = add(team, ada)
    client.force_login(lea)
    page = client.get("/console/routing-rules/")
    assert page.status_code == 200
    assert "/edit/" not in page.content.decode()
    assert client.post(f"/console/routing-rules/{rule.pk}/switch/").status_code == 403


def test_without_a_rule_nothing_is_chosen(db: None, promises: None) -> None:
    ticket = build.ticket()
    assert routing.rule_for(ticket, ticket.created_at) is None
