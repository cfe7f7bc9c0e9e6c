"""Deadlines that others set, on their pages: written, tried, switched on and off."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events
from core.errors import Refused
from tests import build
from tests.tickets.conftest import MONDAY_10
from tests.tickets.typed import asked
from tickets import sweeps, whatif
from tickets.actions import external_deadlines as actions
from tickets.actions import promises as promising
from tickets.conditions import parse
from tickets.models import ExternalPromise, ServiceCalendar, SlaPolicy
from tickets.states import Channel, ClockKind, ClockState

SHOP = {"field": "channel", "op": "is", "value": "shop"}


@pytest.fixture
def configurator(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def calendar(code: str) -> ServiceCalendar:
    return ServiceCalendar.objects.select_related("current").get(code=code)


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "name_en": "Marketplace answer",
        "name_zh": "平台回复时限",
        "consequence_en": "The marketplace decides.",
        "consequence_zh": "平台介入判定。",
        "starts_on": "customer_wrote",
        "met_by": "replied",
        "calendar": calendar("always"),
        "budget": timedelta(hours=24),
        "conditions": SHOP,
        "ladder": [{"offset": -3600, "notify": ["leads"]}],
        **changed,
    }


def form(**changed: Any) -> dict[str, Any]:
    named = {name: value for name, value in fields().items() if name not in ("conditions", "ladder")}
    return {
        **named,
        **asked(SHOP),
        "calendar": str(calendar("always").pk),
        "budget": "24:00",
        "ladder-TOTAL_FORMS": "2",
        "ladder-INITIAL_FORMS": "0",
        "ladder-0-offset": "1:00",
        "ladder-0-when": "before",
        "ladder-0-notify": "leads",
        "ladder-1-when": "before",
        **changed,
    }


@pytest.fixture
def deadline(promises: None, ada: User) -> ExternalPromise:
    return actions.add_external_deadline(**fields(), by=ada)


def test_it_is_written_switched_on_and_starts_clocks(
    configurator: Client, promises: None, monday: Traveller
) -> None:
    made = configurator.post("/console/external-deadlines/new/", form())
    row = ExternalPromise.objects.get()
    assert made.headers["Location"] == f"/console/external-deadlines/{row.pk}/"
    assert (row.is_active, row.budget, row.conditions) == (False, timedelta(hours=24), {"all": [SHOP]})
    assert [(step["clock"], step["offset"]) for step in row.ladder] == [("external", -3600)]
    page = configurator.get(made.headers["Location"]).content.decode()
    for words in (
        "Channel is Shop message",
        "24 h",
        "The marketplace decides.",
        "1 hour before the deadline",
    ):
        assert words in page
    configurator.post(f"/console/external-deadlines/{row.pk}/switch/")
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    [clock] = ticket.clocks.filter(kind=ClockKind.EXTERNAL)
    assert clock.due_at == MONDAY_10 + timedelta(hours=24)


def test_a_change_moves_no_clock_that_runs(
    configurator: Client, deadline: ExternalPromise, ada: User, monday: Traveller
) -> None:
    actions.switch_external_deadline(deadline, on=True, by=ada)
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    edit = f"/console/external-deadlines/{deadline.pk}/edit/"
    shown = configurator.get(edit).content.decode()
    for words in ('value="24:00"', 'value="1:00"', 'name="conditions-0-field"'):
        assert words in shown
    configurator.post(edit, form(budget="12:00", calendar=str(calendar("office").pk)))
    configurator.post(f"/console/external-deadlines/{deadline.pk}/switch/", {"off": "1"})
    assert ticket.clocks.get(kind=ClockKind.EXTERNAL).due_at == MONDAY_10 + timedelta(hours=24)
    another = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    assert not another.clocks.filter(kind=ClockKind.EXTERNAL).exists()
    kinds = list(events.history(deadline).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["external.added", "external.switched_on", "external.edited", "external.switched_off"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"budget": "soon"}, "Write hours and minutes"),
        ({"starts_on": "full moon"}, "Select a valid choice"),
        ({"conditions-0-value": ""}, "Say what it is compared with."),
        ({"ladder-0-notify": ""}, "A step tells somebody"),
        ({"calendar": "0"}, "Select a valid choice"),
    ],
)
def test_a_wrong_one_is_shown_as_it_was_typed(
    configurator: Client, promises: None, wrong: dict[str, str], words: str
) -> None:
    typed = {name: value for name, value in form(**wrong).items() if value}
    again = configurator.post("/console/external-deadlines/new/", typed)
    assert again.status_code == 422
    shown = again.content.decode()
    assert words in shown
    assert "平台回复时限" in shown
    assert not ExternalPromise.objects.exists()


def test_rows_come_and_go_and_nothing_typed_is_lost(configurator: Client, promises: None) -> None:
    pressed = form(**{"conditions-add-group": "1", "budget": "soon"})
    shown = configurator.post("/console/external-deadlines/new/", pressed)
    page = shown.content.decode()
    for words in ('value="soon"', 'name="conditions-1-0-field"', 'value="1:00"'):
        assert words in page
    assert "field__error" not in page


def test_what_it_would_have_been_is_shown_and_nothing_is_saved(
    configurator: Client, deadline: ExternalPromise, ada: User, alice: User, monday: Traveller
) -> None:
    actions.switch_external_deadline(deadline, on=True, by=ada)
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    monday.shift(timedelta(hours=2))
    replay = whatif.under_deadline(
        deadline,
        parse(SHOP),
        timedelta(hours=1),
        calendar("always").published,
        since=MONDAY_10,
        at=MONDAY_10 + timedelta(hours=2),
    )
    assert [(tally.counted, tally.missed, tally.would_miss) for tally in replay.tallies] == [(1, 0, 1)]
    edit = f"/console/external-deadlines/{deadline.pk}/edit/"
    shown = configurator.post(edit, form(budget="1:00", whatif="1"))
    assert shown.status_code == 200
    page = shown.content.decode()
    assert ticket.number in page
    assert 'value="1:00"' in page
    deadline.refresh_from_db()
    assert deadline.budget == timedelta(hours=24)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"conditions": {"field": "mood"}}, "“mood” is not a field"),
        ({"ladder": [{"clock": "resolution", "offset": 0, "notify": ["leads"]}]}, "Every step is one of"),
        ({"ladder": [5]}, "A step has these parts"),
        ({"ladder": "soon"}, "A ladder is a list"),
    ],
)
def test_what_cannot_be_promised_is_refused(
    promises: None, ada: User, wrong: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_external_deadline(**fields(**wrong), by=ada)
    assert refused.value.code == "policy.cannot_promise"
    assert reason in refused.value.facts["reason"]
    assert not ExternalPromise.objects.exists()


def test_doing_it_twice_changes_nothing(deadline: ExternalPromise, ada: User) -> None:
    actions.switch_external_deadline(deadline, on=True, by=ada)
    actions.switch_external_deadline(deadline, on=True, by=ada)
    actions.edit_external_deadline(deadline, name_en=deadline.name_en, by=ada)
    assert events.history(deadline).count() == 2


def test_its_calendar_cannot_be_switched_off_under_it(deadline: ExternalPromise, ada: User) -> None:
    always = calendar("always")
    actions.edit_external_deadline(deadline, calendar=calendar("office"), by=ada)
    actions.switch_external_deadline(deadline, on=True, by=ada)
    for policy in SlaPolicy.objects.filter(current__calendar=always):
        promising.switch_policy(policy, on=False, by=ada)
    promising.switch_calendar(always, on=False, by=ada)
    with pytest.raises(Refused) as refused:
        actions.edit_external_deadline(deadline, calendar=calendar("always"), by=ada)
    assert refused.value.code == "policy.calendar_off"
    with pytest.raises(Refused) as refused:
        promising.switch_calendar(calendar("office"), on=False, by=ada)
    assert refused.value.code == "calendar.in_use"


def test_agents_read_and_do_not_write(client: Client, alice: User, deadline: ExternalPromise) -> None:
    client.force_login(alice)
    page = client.get(f"/console/external-deadlines/{deadline.pk}/")
    assert page.status_code == 200
    assert "/edit/" not in page.content.decode()
    assert client.post(f"/console/external-deadlines/{deadline.pk}/switch/").status_code == 403


def test_a_missed_one_is_found_by_the_sweep(deadline: ExternalPromise, ada: User, monday: Traveller) -> None:
    actions.switch_external_deadline(deadline, on=True, by=ada)
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    sweeps.sweep_clocks(MONDAY_10 + timedelta(hours=25))
    clock = ticket.clocks.get(kind=ClockKind.EXTERNAL)
    assert (clock.taken, clock.breached_at, clock.state) == (1, clock.due_at, ClockState.RUNNING)
