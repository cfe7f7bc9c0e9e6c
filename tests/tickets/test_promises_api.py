"""What other systems read of promises: policies, calendars, and how a deadline came about."""

from datetime import timedelta
from typing import Any

from django.test import Client
from time_machine import Traveller

from accounts.models import User
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Ticket


def test_a_deadline_is_explained(
    client: Client, ticket: Ticket, alice: User, token: dict[str, str], monday: Traveller
) -> None:
    monday.shift(timedelta(hours=2))
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=1))
    actions.resume(ticket, by=alice)
    found = client.get(f"/api/v1/tickets/{ticket.number}/clocks/", headers=token).json()
    resolution = next(clock for clock in found if clock["kind"] == "resolution")
    assert (resolution["budget"], resolution["calendar"], resolution["policy_version"]) == (
        27 * 3600,
        "office",
        1,
    )
    explained: dict[str, Any] = resolution["explanation"]
    assert explained["pauses"] == [{"start": "2026-11-23T04:00:00Z", "end": "2026-11-23T05:00:00Z"}]
    assert explained["segments"][0] == {"start": "2026-11-23T02:00:00Z", "end": "2026-11-23T04:00:00Z"}
    assert [step["offset"] for step in resolution["ladder"]] == [-7200, 0, 32400]
    assert resolution["due_at"] == (MONDAY_10 + timedelta(days=3, hours=1)).isoformat().replace("+00:00", "Z")


def test_policies_and_calendars_are_read(client: Client, promises: None, token: dict[str, str]) -> None:
    policies = client.get("/api/v1/policies/", headers=token).json()
    assert [policy["order"] for policy in policies] == [10, 20, 30, 100]
    assert policies[0]["current"]["calendar"] == "always"
    calendars = client.get("/api/v1/calendars/", headers=token).json()
    assert [calendar["code"] for calendar in calendars] == ["always", "office"]
    assert calendars[1]["current"]["holidays"]["2026-10-01"]["zh"] == "国庆节"
