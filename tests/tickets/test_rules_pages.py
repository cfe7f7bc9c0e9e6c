"""Rules on their pages and for other systems: written, tried, switched, moved, and what they did."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core import dispatch
from core.models import OutgoingMail
from tests import build
from tests.tickets.typed import asked, taken
from tickets import actions
from tickets.automation import changing
from tickets.models import AutomationRule, Ticket
from tickets.states import Priority, TicketType, Trigger

COMPLAINT = {"field": "type", "op": "is", "value": "complaint"}
URGENT = {"do": "set_priority", "priority": 4}
NAMES: dict[str, Any] = {
    "name_en": "Complaints are urgent",
    "name_zh": "投诉加急",
    "trigger": Trigger.OPENED,
}


def typed(**fields: Any) -> dict[str, Any]:
    return {**NAMES, **asked(COMPLAINT), **taken(URGENT), **fields}


@pytest.fixture(autouse=True)
def without_examples(db: None) -> None:
    """Only the rules of a test are there."""
    AutomationRule.objects.all().delete()


@pytest.fixture
def configurator(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def rule(ada: User) -> AutomationRule:
    return changing.add_rule(by=ada, conditions=COMPLAINT, steps=[URGENT], **NAMES)


def test_a_rule_is_written_switched_on_and_works(configurator: Client, promises: None) -> None:
    made = configurator.post("/console/rules/new/", typed())
    rule = AutomationRule.objects.get()
    assert (made.headers["Location"], rule.is_active) == (f"/console/rules/{rule.pk}/", False)
    configurator.post(f"/console/rules/{rule.pk}/switch/")
    ticket = build.ticket(type=TicketType.COMPLAINT)
    dispatch.drain()
    assert Ticket.objects.get(pk=ticket.pk).priority == Priority.URGENT
    log = configurator.get(f"/console/rules/{rule.pk}/").content.decode()
    assert ticket.number in log
    assert "Set the priority to Urgent" in log
    assert (
        "Complaints are urgent"
        in configurator.get(f"/console/tickets/{ticket.number}/rules/").content.decode()
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"conditions-0-field": "mood"}, "Select a valid choice"),
        ({"conditions-0-value": ""}, "Say what it is compared with."),
        ({"step-0-do": "dance"}, "A rule takes at least one step."),
        ({"step-0-priority": ""}, "Look at the steps again."),
        ({"step-0-do": "add_note", "step-0-text": "\t"}, "Look at the steps again."),
        ({"trigger": "full moon"}, "Select a valid choice"),
    ],
)
def test_a_wrong_rule_is_shown_as_it_was_typed(
    configurator: Client, wrong: dict[str, Any], words: str
) -> None:
    again = configurator.post("/console/rules/new/", typed(**wrong))
    assert again.status_code == 422
    shown = again.content.decode()
    assert words in shown
    assert "投诉加急" in shown
    assert not AutomationRule.objects.exists()


def test_trying_a_rule_says_what_it_would_do_and_changes_nothing(
    configurator: Client, rule: AutomationRule, promises: None
) -> None:
    ticket = build.ticket(type=TicketType.COMPLAINT)
    other = build.ticket()
    shown = configurator.get(f"/console/rules/{rule.pk}/?ticket={ticket.number}").content.decode()
    assert "Set the priority to Urgent" in shown
    assert Ticket.objects.get(pk=ticket.pk).priority == Priority.NORMAL
    left = configurator.get(f"/console/rules/{rule.pk}/?ticket={other.number}").content.decode()
    assert "The rule would leave this ticket alone." in left
    assert (
        "There is no ticket T-1."
        in configurator.get(f"/console/rules/{rule.pk}/?ticket=t-1").content.decode()
    )


def test_rules_are_moved_changed_and_removed(configurator: Client, rule: AutomationRule, ada: User) -> None:
    second = changing.add_rule(
        name_en="Second",
        name_zh="第二",
        trigger=Trigger.OPENED,
        conditions={},
        steps=[{"do": "solve"}],
        by=ada,
    )
    configurator.post(f"/console/rules/{second.pk}/move/")
    assert list(AutomationRule.objects.kept()) == [second, rule]
    configurator.post(f"/console/rules/{second.pk}/move/", {"down": "1"})
    assert list(AutomationRule.objects.kept()) == [rule, second]
    configurator.post(
        f"/console/rules/{rule.pk}/edit/", {**NAMES, **asked(), **taken(URGENT), "name_en": "Loud"}
    )
    rule.refresh_from_db()
    assert (rule.name_en, rule.conditions) == ("Loud", {"all": []})
    configurator.post(f"/console/rules/{rule.pk}/remove/")
    assert configurator.get(f"/console/rules/{rule.pk}/").status_code == 404
    assert "Second" in configurator.get("/console/rules/").content.decode()


def test_leads_read_and_do_not_write(client: Client, lea: User, rule: AutomationRule) -> None:
    client.force_login(lea)
    assert client.get("/console/rules/").status_code == 200
    assert client.post(f"/console/rules/{rule.pk}/switch/").status_code == 403
    assert not AutomationRule.objects.get(pk=rule.pk).is_active


def test_other_systems_write_try_and_switch_rules(client: Client, ada: User, promises: None) -> None:
    _row, token = issue_token(ada, name="shop", by=ada)
    asks: dict[str, Any] = {
        "headers": {"Authorization": f"Token {token}"},
        "content_type": "application/json",
    }
    body = {**NAMES, "conditions": COMPLAINT, "steps": [URGENT]}
    made = client.post("/api/v1/rules/", body, **asks)
    assert (made.status_code, made.json()["is_active"]) == (201, False)
    url = f"/api/v1/rules/{made.json()['id']}/"
    ticket = build.ticket(type=TicketType.COMPLAINT)
    assert client.get(f"{url}preview/", headers=asks["headers"]).json()["tickets"] == [ticket.number]
    assert client.post(f"{url}switch/", {"on": True}, **asks).json()["is_active"] is True
    actions.reply(ticket, body="Hello", by=ada)
    dispatch.drain()
    [run] = client.get(f"{url}runs/", headers=asks["headers"]).json()["results"]
    assert (run["ticket"], run["outcome"]) == (ticket.number, "done")
    wrong = client.patch(url, {"steps": [{"do": "dance"}]}, **asks)
    assert wrong.status_code == 400
    assert client.patch(url, {"name_en": "Loud"}, **asks).json()["name_en"] == "Loud"
    assert client.delete(url, headers=asks["headers"]).status_code == 204
    assert client.get("/api/v1/rules/", headers=asks["headers"]).json() == []


def test_a_rule_that_names_somebody_who_left_says_so_in_the_reader_s_language(
    configurator: Client, ada: User, alice: User, promises: None
) -> None:
    steps = [{"do": "assign", "member": alice.email}]
    rule = changing.add_rule(
        name_en="To Alice", name_zh="给小爱", trigger=Trigger.OPENED, conditions={}, steps=steps, by=ada
    )
    changing.switch_rule(rule, on=True, by=ada)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for _ in range(5):
        build.ticket()
    dispatch.drain()
    rule.refresh_from_db()
    assert (rule.is_active, rule.failures) == (False, 5)
    for page in (f"/console/rules/{rule.pk}/", "/console/mail/stuck/"):
        shown = configurator.get(page).content.decode()
        assert "step.no_such_member" not in shown
        assert alice.email in shown
    [mail] = OutgoingMail.objects.filter(to=ada.email)
    assert alice.email in mail.text
    assert "step.no_such_member" not in mail.text


def test_a_rule_that_can_no_longer_be_read_is_shown_and_can_be_mended(
    configurator: Client, rule: AutomationRule
) -> None:
    AutomationRule.objects.filter(pk=rule.pk).update(conditions={"field": "gone", "op": "is"})
    for page in ("/console/rules/", f"/console/rules/{rule.pk}/?ticket=T-1"):
        assert "“gone” is not a field" in configurator.get(page).content.decode()
    assert configurator.get(f"/console/rules/{rule.pk}/edit/").status_code == 200
    configurator.post(f"/console/rules/{rule.pk}/edit/", typed())
    assert "“gone”" not in configurator.get("/console/rules/").content.decode()


def test_rows_of_a_rule_come_and_go_and_nothing_typed_is_lost(configurator: Client) -> None:
    pressed = typed(**{"conditions-add": "conditions", "name_zh": ""})
    shown = configurator.post("/console/rules/new/", pressed)
    assert shown.status_code == 200
    page = shown.content.decode()
    for words in ('name="conditions-1-field"', 'value="Complaints are urgent"', 'name="step-0-priority"'):
        assert words in page
    assert "field--wrong" not in page
    stepped = configurator.post("/console/rules/new/", typed(add_step="1", new_step="solve")).content.decode()
    assert 'name="step-1-do" value="solve"' in stepped
    assert 'name="conditions-0-value"' in stepped
    assert not AutomationRule.objects.exists()


def test_nobody_reads_or_writes_json(configurator: Client, rule: AutomationRule) -> None:
    page = configurator.get(f"/console/rules/{rule.pk}/edit/").content.decode()
    assert "&quot;op&quot;" not in page
    assert '"field":' not in page


def test_conditions_deeper_than_the_page_stay_when_the_rest_is_changed(
    configurator: Client, rule: AutomationRule, ada: User
) -> None:
    deep = {"any": [{"all": [{"not": {"all": [COMPLAINT, COMPLAINT]}}]}]}
    changing.edit_rule(rule, conditions=deep, by=ada)
    page = configurator.get(f"/console/rules/{rule.pk}/edit/").content.decode()
    assert "not (Type is Complaint and Type is Complaint)" in page
    configurator.post(
        f"/console/rules/{rule.pk}/edit/",
        {**NAMES, **taken(URGENT), "conditions-keep": "1", "name_en": "Deep"},
    )
    rule.refresh_from_db()
    assert (rule.name_en, rule.conditions) == ("Deep", deep)
