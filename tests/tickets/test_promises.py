"""Calendars and policies: what a fresh installation promises, drafts and versions, the pages to keep them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import events
from core.errors import Refused
from tests import build
from tests.tickets.conftest import MONDAY_10
from tests.tickets.typed import asked
from tickets import actions, calendars, targets, whatif, yearview
from tickets.actions import promises as promising
from tickets.defaults import ensure_promises
from tickets.forms import CalendarForm, WorkingTimeField
from tickets.holidays import COUNTRIES, public_holidays
from tickets.models import CalendarVersion, Clock, PolicyVersion, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import ClockKind

EDGES = "/console/calendars/office/"
HOURS = {"zone": "UTC", "weekly": {"0": [["09:00", "18:00"]]}, "holidays": {}, "extra_days": {}}


@pytest.fixture
def configurator(client: Client, ada: User) -> Client:
    """Ada at her desk."""
    client.force_login(ada)
    return client


def office() -> ServiceCalendar:
    return ServiceCalendar.objects.select_related("current").get(code="office")


def week(**fields: str) -> dict[str, str]:
    """The form of a calendar as it is typed: Mondays, one holiday, one make-up day."""
    return {
        "code": "shop",
        "name_en": "Shop",
        "name_zh": "门店",
        "zone": "Asia/Shanghai",
        "day_0": "09:00-12:00, 13:00–18:00",
        "holidays": "2026-10-01 National Day | 国庆节",
        "extra_days": "2026-10-10 09:00–18:00\n2026-12-24 closed",
        **fields,
    }


# --- what there is from the start ---------------------------------------------------------------------


def test_a_fresh_installation_makes_promises_once(promises: None) -> None:
    before = (ServiceCalendar.objects.count(), SlaPolicy.objects.count(), PolicyVersion.objects.count())
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    after = (ServiceCalendar.objects.count(), SlaPolicy.objects.count(), PolicyVersion.objects.count())
    assert after == before == (2, 4, 4)


def test_what_was_changed_stays(promises: None) -> None:
    SlaPolicy.objects.exclude(order=100).update(current=None)
    SlaPolicy.objects.exclude(order=100).delete()
    CalendarVersion.objects.filter(calendar__code="office").update(zone="Europe/Berlin")
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    assert SlaPolicy.objects.count() == 1
    assert office().published.zone == "Europe/Berlin"


def test_the_office_keeps_the_public_holidays_of_china(promises: None) -> None:
    counted = calendars.calendar_of(office().published)
    assert date(2026, 10, 1) in counted.holidays
    assert date(2026, 10, 10) in counted.extra_days


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_holidays_of_every_country_offered_are_known(country: str) -> None:
    found = public_holidays(country, [2026])
    assert len(found.days) >= 4
    assert all(name["en"] and name["zh"] for name in found.days.values())


def test_no_other_country_is_guessed_at() -> None:
    with pytest.raises(ValueError, match="XX"):
        public_holidays("XX", [2026])


# --- what is typed -----------------------------------------------------------------------------------


def test_a_typed_week_counts(db: None) -> None:
    form = CalendarForm(week())
    assert form.is_valid(), form.errors
    counted = calendars.build(**form.hours)
    assert counted.weekly == {0: [("09:00", "12:00"), ("13:00", "18:00")]}
    assert counted.holidays == {date(2026, 10, 1)}
    assert dict(counted.extra_days) == {date(2026, 10, 10): [("09:00", "18:00")], date(2026, 12, 24): []}


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"day_0": "nine to six"}, "day_0", "“nine to six” is not a span of hours"),
        ({"day_0": "18:00-09:00"}, "day_0", "do not end on the day they start"),
        ({"day_0": "9-18"}, "day_0", "not a time of day"),
        ({"day_0": "", "extra_days": ""}, "day_0", "needs working hours"),
        ({"holidays": "1 October"}, "holidays", "“1” is not a date"),
        ({"extra_days": "2026-13-01 09:00-18:00"}, "extra_days", "is not a date"),
        ({"extra_days": "2026-10-10 all day"}, "extra_days", "“all day” is not a span of hours"),
        ({"zone": "Mars/Olympus"}, "zone", "Select a valid choice"),
    ],
)
def test_what_cannot_be_counted_with_is_named(
    db: None, wrong: dict[str, str], field: str, words: str
) -> None:
    form = CalendarForm(week(**wrong))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in str(form.errors[field].as_data()[0].message)


@pytest.mark.parametrize("text", ["", "closed", "休息", "Closed"])
def test_a_day_without_hours_is_closed_in_any_language(text: str) -> None:
    assert calendars.read_hours(text) == []


def test_what_is_shown_in_the_form_is_read_back_the_same(promises: None) -> None:
    version = office().published
    form = CalendarForm({**CalendarForm.initial_of(office(), version), "code": "again"})
    assert form.is_valid(), form.errors
    assert form.hours == {name: getattr(version, name) for name in promising.HOURS}


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("1:00", timedelta(hours=1)),
        ("27:30", timedelta(hours=27, minutes=30)),
        ("0:05", timedelta(minutes=5)),
    ],
)
def test_budgets_are_hours_and_minutes(typed: str, length: timedelta) -> None:
    assert WorkingTimeField().clean(typed) == length
    assert WorkingTimeField().prepare_value(length) == typed


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ([], "written by kind of clock"),
        ({}, "at least one thing"),
        ({"external": {"1": 60}}, "“external” cannot be promised"),
        ({"resolution": 60}, "by kind of clock and priority"),
        ({"resolution": {"5": 60}}, "“5” is not a priority"),
        ({"resolution": {"1": -60}}, "“-60” is not a number"),
        ({"resolution": {"1": True}}, "“True” is not a number"),
    ],
)
def test_targets_that_are_none_are_refused(stored: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        targets.parse(stored)


# --- drafts and versions -----------------------------------------------------------------------------


def test_a_draft_counts_only_once_it_is_published(promises: None, monday: Traveller, ada: User) -> None:
    before = office().published
    names = {"name_en": "Office", "name_zh": "办公室"}
    promising.draft_calendar(office(), hours=HOURS, by=ada, **names)
    assert build.ticket().clocks.earliest("pk").calendar == before
    promising.publish_calendar(office(), by=ada)
    ticket = build.ticket()
    assert ticket.clocks.earliest("pk").calendar == office().current != before
    assert ticket.clocks.earliest("pk").due_at == MONDAY_10 + timedelta(hours=8)  # 9 to 10 in London


def test_there_is_one_draft_and_it_is_written_over(promises: None, ada: User) -> None:
    names = {"name_en": "Office", "name_zh": "办公室"}
    first = promising.draft_calendar(office(), hours=HOURS, by=ada, **names)
    second = promising.draft_calendar(office(), hours={**HOURS, "zone": "Asia/Tokyo"}, by=ada, **names)
    assert (first.pk, second.zone, second.number) == (second.pk, "Asia/Tokyo", 2)


def test_without_a_draft_nothing_is_published(promises: None, ada: User) -> None:
    with pytest.raises(Refused) as refused:
        promising.publish_calendar(office(), by=ada)
    assert refused.value.code == "calendar.no_draft"
    with pytest.raises(Refused) as refused:
        promising.publish_policy(SlaPolicy.objects.get(order=100), by=ada)
    assert refused.value.code == "policy.no_draft"


def test_running_clocks_keep_their_calendar(
    ticket: Ticket, ada: User, alice: User, monday: Traveller
) -> None:
    names = {"name_en": "Office", "name_zh": "办公室"}
    promising.draft_calendar(office(), hours=HOURS, by=ada, **names)
    promising.publish_calendar(office(), by=ada)
    monday.shift(timedelta(hours=1))
    actions.wait(ticket, by=alice)
    actions.resume(ticket, by=alice)
    assert ticket.clocks.get(kind=ClockKind.RESOLUTION).due_at == MONDAY_10 + timedelta(days=3)


def test_loaded_holidays_go_into_the_draft_and_spare_what_was_written_by_hand(
    promises: None, ada: User
) -> None:
    hours = {**HOURS, "holidays": {"2027-01-01": {"en": "Stocktaking", "zh": "盘点"}}}
    promising.draft_calendar(office(), hours=hours, by=ada, name_en="Office", name_zh="办公室")
    promising.load_holidays(office(), public_holidays("DE", [2027]), by=ada)
    draft = office().versions.get(published_at=None)
    assert draft.holidays["2027-01-01"] == {"en": "Stocktaking", "zh": "盘点"}
    assert "2027-10-03" in draft.holidays
    promising.load_holidays(office(), public_holidays("CN", [2026]), by=ada)
    draft.refresh_from_db()
    assert draft.extra_days["2026-10-10"] == [["09:00", "18:00"]]


def test_a_year_shows_every_day_as_it_is(promises: None) -> None:
    months = yearview.months(office().published, 2026)
    assert len(months) == 12
    shown = {day.date: day for month in months for week in month.weeks for day in week if day}
    assert len(shown) == 365
    assert (shown[date(2026, 10, 1)].kind, shown[date(2026, 10, 1)].words) == ("holiday", "National Day")
    assert shown[date(2026, 10, 10)].kind == "extra"
    assert (shown[date(2026, 11, 21)].kind, shown[date(2026, 11, 23)].kind) == ("off", "work")
    assert sum(yearview.counts(months).values()) == 365


# --- what if -----------------------------------------------------------------------------------------


def test_past_weeks_are_replayed_under_a_draft(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(minutes=50))
    actions.reply(ticket, body="Hello", by=alice)
    version = ticket.policy_version
    assert version is not None
    version.targets = {**version.targets, "first_response": {"2": 1800}}
    replay = whatif.under_policy(version, since=MONDAY_10, at=MONDAY_10 + timedelta(hours=2))
    tallies = {tally.kind: (tally.counted, tally.missed, tally.would_miss) for tally in replay.tallies}
    assert tallies == {ClockKind.FIRST_RESPONSE: (1, 0, 1), ClockKind.RESOLUTION: (1, 0, 0)}
    [(clock, due)] = replay.changed
    assert (clock.kind, due) == (ClockKind.FIRST_RESPONSE, MONDAY_10 + timedelta(minutes=30))
    assert Clock.objects.get(pk=clock.pk).breached_at is None


def test_a_calendar_is_replayed_with_the_pauses_that_were(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(days=10))
    actions.resume(ticket, by=alice)
    draft = CalendarVersion(calendar=office(), number=9, **{**HOURS, "weekly": {"0": [["00:00", "24:00"]]}})
    replay = whatif.under_calendar(draft, since=MONDAY_10, at=MONDAY_10 + timedelta(days=11))
    tallies = {tally.kind: tally.would_miss for tally in replay.tallies}
    assert tallies == {ClockKind.FIRST_RESPONSE: 1, ClockKind.RESOLUTION: 0}


# --- pages -------------------------------------------------------------------------------------------


def test_a_calendar_is_made_drafted_loaded_and_published(configurator: Client, promises: None) -> None:
    made = configurator.post("/console/calendars/new/", week())
    assert made.headers["Location"] == "/console/calendars/shop/?draft"
    page = configurator.get("/console/calendars/shop/?draft&year=2026").content.decode()
    assert "National Day" in page
    configurator.post("/console/calendars/shop/holidays/", {"country": "DE", "year": "2026"})
    assert "2026-12-25" in ServiceCalendar.objects.get(code="shop").versions.get().holidays
    configurator.post("/console/calendars/shop/publish/")
    assert ServiceCalendar.objects.get(code="shop").current is not None


def test_a_wrong_week_is_shown_as_it_was_typed(configurator: Client, promises: None) -> None:
    again = configurator.post("/console/calendars/new/", week(day_0="nine to six"))
    assert again.status_code == 422
    shown = again.content.decode()
    assert "nine to six" in shown
    assert "is not a span of hours" in shown
    assert not ServiceCalendar.objects.filter(code="shop").exists()


def policy_form(**fields: Any) -> dict[str, Any]:
    return {
        "name_en": "Quick",
        "name_zh": "快速",
        "order": "5",
        "is_active": "on",
        "calendar": str(office().pk),
        **asked({"field": "priority", "op": "at_least", "value": 3}),
        "resolution_4": "4:30",
        "ladder-TOTAL_FORMS": "2",
        "ladder-INITIAL_FORMS": "0",
        "ladder-0-clock": "resolution",
        "ladder-0-offset": "0:30",
        "ladder-0-when": "before",
        "ladder-0-notify": "leads",
        "ladder-1-when": "before",
        **fields,
    }


def test_a_policy_is_made_drafted_and_published(
    configurator: Client, promises: None, monday: Traveller
) -> None:
    made = configurator.post("/console/policies/new/", policy_form())
    policy = SlaPolicy.objects.get(name_en="Quick")
    assert made.headers["Location"] == f"/console/policies/{policy.pk}/?draft"
    shown = configurator.get(f"/console/policies/{policy.pk}/?draft&whatif").content.decode()
    for words in ("Priority is at least High", "4 h 30 min", "30 minutes before the deadline"):
        assert words in shown
    configurator.post(f"/console/policies/{policy.pk}/publish/")
    ticket = build.ticket(priority=4)
    assert ticket.policy_version is not None
    assert ticket.policy_version.policy == policy
    assert [clock.kind for clock in ticket.clocks.all()] == ["resolution"]
    form = configurator.get(f"/console/policies/{policy.pk}/edit/").content.decode()
    assert 'value="4:30"' in form
    assert 'value="0:30"' in form


def test_rows_of_a_policy_come_and_go_and_nothing_typed_is_lost(configurator: Client, promises: None) -> None:
    pressed = policy_form(**{"conditions-drop": "conditions-0", "resolution_4": "soon"})
    shown = configurator.post("/console/policies/new/", pressed)
    assert shown.status_code == 200
    page = shown.content.decode()
    for words in ('value="soon"', 'value="0:30"', "Nothing is asked: it holds for every ticket."):
        assert words in page
    assert "field__error" not in page
    assert not SlaPolicy.objects.filter(name_en="Quick").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"resolution_4": ""}, "A policy promises at least one thing."),
        ({"resolution_4": "soon"}, "Write hours and minutes"),
        ({"conditions-0-field": "mood"}, "Select a valid choice"),
        ({"conditions-0-value": ""}, "Say what it is compared with."),
        ({"ladder-0-notify": ""}, "A step tells somebody"),
        ({"ladder-0-offset": "soon"}, "Write hours and minutes"),
    ],
)
def test_a_wrong_policy_is_shown_as_it_was_typed(
    configurator: Client, promises: None, wrong: dict[str, Any], words: str
) -> None:
    typed = {name: value for name, value in policy_form(**wrong).items() if value}
    again = configurator.post("/console/policies/new/", typed)
    assert again.status_code == 422
    assert words in again.content.decode()
    assert not SlaPolicy.objects.filter(name_en="Quick").exists()


def test_a_policy_is_switched_off_and_on(configurator: Client, promises: None, monday: Traveller) -> None:
    policy = SlaPolicy.objects.get(order=100)
    configurator.post(f"/console/policies/{policy.pk}/switch/", {"off": "1"})
    assert build.ticket().policy_version is None
    configurator.post(f"/console/policies/{policy.pk}/switch/")
    assert build.ticket().policy_version == policy.current
    assert events.history(policy).filter(kind="policy.switched_off").count() == 1


def test_a_calendar_in_use_is_not_switched_off(configurator: Client, promises: None, ada: User) -> None:
    answer = configurator.post("/console/calendars/office/switch/", {"off": "1"}, follow=True)
    assert "Promises that are switched on count with the calendar office: 3." in answer.content.decode()
    for policy in SlaPolicy.objects.filter(current__calendar__code="office"):
        promising.switch_policy(policy, on=False, by=ada)
    configurator.post("/console/calendars/office/switch/", {"off": "1"})
    assert not office().is_active
    edit = configurator.get("/console/policies/new/").content.decode()
    assert str(office()) not in edit
    with pytest.raises(Refused) as refused:
        promising.switch_policy(SlaPolicy.objects.get(order=100), on=True, by=ada)
    assert refused.value.code == "policy.calendar_off"
    configurator.post("/console/calendars/office/switch/")
    assert office().is_active


def test_a_draft_is_not_published_in_a_calendar_that_was_switched_off(promises: None, ada: User) -> None:
    policy = SlaPolicy.objects.get(order=10)
    names = {name: getattr(policy, name) for name in ("name_en", "name_zh", "order", "is_active")}
    promised: dict[str, Any] = {"targets": {"resolution": {"4": 60}}, "ladder": [], "conditions": {}}
    promising.draft_policy(policy, calendar=office(), by=ada, **names, **promised)
    for other in SlaPolicy.objects.filter(current__calendar__code="office"):
        promising.switch_policy(other, on=False, by=ada)
    promising.switch_calendar(office(), on=False, by=ada)
    with pytest.raises(Refused) as refused:
        promising.publish_policy(policy, by=ada)
    assert refused.value.code == "policy.calendar_off"


def test_running_tickets_are_held_to_it_by_a_button(configurator: Client, ticket: Ticket) -> None:
    standard = SlaPolicy.objects.get(order=100)
    edit = f"/console/policies/{standard.pk}/edit/"
    every = {name: v for name, v in policy_form().items() if not name.startswith("conditions-0")}
    configurator.post(edit, {**every, "order": "100", "resolution_2": "9:00"})
    configurator.post(f"/console/policies/{standard.pk}/publish/")
    assert (
        "1 unsolved ticket runs on an older version"
        in configurator.get(f"/console/policies/{standard.pk}/").content.decode()
    )
    configurator.post(f"/console/policies/{standard.pk}/hold/")
    assert ticket.clocks.get(kind="resolution").due_at == MONDAY_10 + timedelta(hours=24)


@pytest.mark.parametrize("url", ["calendars/new/", "policies/new/", "calendars/office/edit/"])
def test_others_read_and_do_not_write(page: Client, promises: None, url: str) -> None:
    assert page.get(f"/console/{url}").status_code == 403
    assert page.get("/console/calendars/").status_code == 200
    assert page.get("/console/policies/").status_code == 200


def test_the_report_counts_what_was_kept_and_lists_what_was_not(
    client: Client,
    lea: User,
    ticket: Ticket,
    monday: Traveller,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for _ in range(2):
        build.ticket()
    actions.reply(ticket, body="Hello", by=lea)
    monday.shift(timedelta(hours=3))
    client.force_login(lea)
    for other in Ticket.objects.exclude(pk=ticket.pk):
        actions.reply(other, body="Sorry", by=lea)
    with django_assert_max_num_queries(12):
        shown = client.get("/console/clocks/").content.decode()
    assert "33.3 %" in shown
    for other in Ticket.objects.exclude(pk=ticket.pk):
        assert other.number in shown
    assert ticket.number not in shown
    assert client.get("/console/clocks/?by=team&days=7").status_code == 200
    assert client.get("/console/clocks/?by=moon&days=many").status_code == 200
