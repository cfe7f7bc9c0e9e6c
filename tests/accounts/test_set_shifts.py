"""Members say when they work."""

import pytest
from django.test import Client

from accounts import actions
from accounts.models import User
from core import events
from core.errors import Refused

MONDAYS = {"0": [["09:00", "18:00"]]}


def test_shifts_are_kept_and_told(alice: User) -> None:
    assert actions.set_shifts(alice, shifts=MONDAYS, by=alice).shifts == MONDAYS
    assert events.history(alice).get().kind == "user.shifts_set"


def test_the_same_again_changes_nothing(alice: User) -> None:
    for _ in range(2):
        actions.set_shifts(alice, shifts=MONDAYS, by=alice)
    assert events.history(alice).count() == 1


def test_what_cannot_be_counted_with_is_refused(alice: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_shifts(alice, shifts={"0": [["18:00", "09:00"]]}, by=alice)
    assert refused.value.code == "user.cannot_set_shifts"


def test_the_page_saves_a_week(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/console/profile/shifts/", {"day_0": "9:00-12:00, 13:00-18:00"}, follow=True)
    alice.refresh_from_db()
    assert alice.shifts == {"0": [["09:00", "12:00"], ["13:00", "18:00"]]}
    assert 'value="09:00-12:00, 13:00-18:00"' in answer.text


def test_the_page_keeps_what_was_typed_wrong(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/console/profile/shifts/", {"day_0": "nine to five", "day_1": "09:00-10:00"})
    assert answer.status_code == 422
    assert 'value="nine to five"' in answer.text
    assert 'value="09:00-10:00"' in answer.text
    alice.refresh_from_db()
    assert alice.shifts == {}


def test_an_administrator_sets_them_for_others(client: Client, ada: User, alice: User) -> None:
    client.force_login(ada)
    fields = {
        "email": alice.email,
        "name": "Alice",
        "role": "agent",
        "language": "en",
        "time_zone": "UTC",
        "is_active": "on",
    }
    wrong = client.post(f"/admin/accounts/user/{alice.pk}/change/", {**fields, "shifts": '{"9": []}'})
    assert wrong.status_code == 200
    client.post(
        f"/admin/accounts/user/{alice.pk}/change/", {**fields, "shifts": '{"0": [["9:00", "18:00"]]}'}
    )
    alice.refresh_from_db()
    assert alice.shifts == MONDAYS
