"""Calendars and policies: what a fresh installation promises, and what administrators may type."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tickets import calendars, rules
from tickets.defaults import chinese_days, ensure_promises
from tickets.forms import ServiceCalendarForm, SlaPolicyForm
from tickets.models import ServiceCalendar, SlaPolicy
from tickets.states import Channel, Priority, TicketType

OFFICE = {
    "code": "desk",
    "name_en": "Desk",
    "name_zh": "客服",
    "zone": "Asia/Shanghai",
    "weekly": '{"0": [["09:00", "18:00"]]}',
    "holidays": '["2026-10-01"]',
    "extra_days": '{"2026-10-10": [["09:00", "18:00"]]}',
}


def test_defaults_are_made_once(promises: None) -> None:
    before = (ServiceCalendar.objects.count(), SlaPolicy.objects.count())
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    assert (ServiceCalendar.objects.count(), SlaPolicy.objects.count()) == before == (2, 4)


def test_what_administrators_changed_stays(promises: None) -> None:
    SlaPolicy.objects.exclude(order=100).delete()
    ServiceCalendar.objects.filter(code="office").update(zone="Europe/Berlin")
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    assert SlaPolicy.objects.count() == 1
    assert ServiceCalendar.objects.get(code="office").zone == "Europe/Berlin"


def test_chinese_holidays_and_make_up_days() -> None:
    days = chinese_days(2026)
    assert {"2026-10-01", "2026-10-07"} <= set(days["holidays"])
    assert "2026-10-10" in days["extra_days"]


@pytest.mark.parametrize(
    ("kind", "channel", "priority", "expected"),
    [
        (TicketType.ENQUIRY, Channel.EMAIL, Priority.NORMAL, "rest"),
        (TicketType.COMPLAINT, Channel.EMAIL, Priority.NORMAL, "complaints"),
        (TicketType.COMPLAINT, Channel.CHAT, Priority.LOW, "complaints"),
        (TicketType.ENQUIRY, Channel.CHAT, Priority.NORMAL, "chat"),
        (TicketType.ENQUIRY, Channel.EMAIL, Priority.HIGH, "hurry"),
        (TicketType.ENQUIRY, Channel.EMAIL, Priority.URGENT, "hurry"),
    ],
)
def test_the_first_policy_that_applies_is_chosen(
    kind: str, channel: str, priority: int, expected: str
) -> None:
    policies = [
        SlaPolicy(name_en="complaints", ticket_type=TicketType.COMPLAINT),
        SlaPolicy(name_en="chat", channel=Channel.CHAT),
        SlaPolicy(name_en="hurry", min_priority=Priority.HIGH),
        SlaPolicy(name_en="rest"),
    ]
    chosen = rules.choose_policy(policies, ticket_type=kind, channel=channel, priority=priority)
    assert chosen is not None
    assert chosen.name_en == expected


def test_without_a_fitting_policy_none_is_chosen() -> None:
    policies = [SlaPolicy(channel=Channel.CHAT)]
    assert rules.choose_policy(policies, ticket_type="enquiry", channel="email", priority=2) is None


def test_a_stored_calendar_counts(db: None) -> None:
    form = ServiceCalendarForm(OFFICE)
    assert form.is_valid(), form.errors
    counted = calendars.calendar_of(form.save())
    assert counted.weekly == {0: [("09:00", "18:00")]}
    assert counted.holidays == {date(2026, 10, 1)}
    assert list(counted.extra_days) == [date(2026, 10, 10)]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"weekly": "nine to six"}, "weekly", "valid JSON"),
        ({"weekly": "[]"}, "weekly", "This field is required"),
        ({"weekly": '["09:00"]'}, "weekly", "Hours by day are written as"),
        ({"weekly": '{"7": [["09:00", "18:00"]]}'}, "weekly", "“7” is not a weekday"),
        ({"weekly": '{"": [["09:00", "18:00"]]}'}, "weekly", "is not a weekday"),
        ({"weekly": '{"0": ["09:00", "18:00"]}'}, "weekly", "Hours are pairs"),
        ({"weekly": '{"0": [["18:00", "09:00"]]}'}, "weekly", "do not end on the day they start"),
        ({"weekly": '{"0": [["9", "18"]]}'}, "weekly", "not a time of day"),
        ({"weekly": '{"0": []}', "extra_days": "{}"}, "weekly", "needs working hours"),
        ({"holidays": '{"2026-10-01": true}'}, "holidays", "Holidays are a list"),
        ({"holidays": '["1 October"]'}, "holidays", "“1 October” is not a date"),
        ({"extra_days": '{"2026-13-01": [["09:00", "18:00"]]}'}, "extra_days", "is not a date"),
        ({"zone": "Mars/Olympus"}, "zone", "Select a valid choice"),
    ],
)
def test_what_cannot_be_counted_with_is_named(
    db: None, wrong: dict[str, str], field: str, words: str
) -> None:
    form = ServiceCalendarForm(OFFICE | wrong)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("1:00", timedelta(hours=1)),
        ("27:30", timedelta(hours=27, minutes=30)),
        ("0:05", timedelta(minutes=5)),
    ],
)
def test_budgets_are_hours_and_minutes(promises: None, typed: str, length: timedelta) -> None:
    form = SlaPolicyForm(policy(first_response=typed))
    assert form.is_valid(), form.errors
    assert form.save().first_response == length
    assert SlaPolicyForm(instance=form.instance)["first_response"].value() == typed


@pytest.mark.parametrize(
    "typed", ["", "0:00", "1", "1:60", "-1:00", "one hour", "1 day, 3:00:00", "99999:00"]
)
def test_a_budget_that_is_none_is_refused(promises: None, typed: str) -> None:
    assert list(SlaPolicyForm(policy(resolution=typed)).errors) == ["resolution"]


def policy(**fields: Any) -> dict[str, Any]:
    return {
        "name_en": "Quick",
        "name_zh": "快速",
        "order": 5,
        "is_active": "on",
        "min_priority": 1,
        "calendar": ServiceCalendar.objects.get(code="office").pk,
        "first_response": "1:00",
        "resolution": "27:00",
        **fields,
    }


def test_administrators_change_promises_in_the_admin(client: Client, promises: None) -> None:
    from tests import build

    client.force_login(build.user("Ada", role="administrator"))
    for url in ("/admin/tickets/slapolicy/", "/admin/tickets/servicecalendar/"):
        assert client.get(url).status_code == 200
    added = client.post("/admin/tickets/slapolicy/add/", policy())
    assert added.status_code == 302
    assert SlaPolicy.objects.filter(name_en="Quick").exists()


def test_others_do_not(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/admin/tickets/slapolicy/").status_code == 302
