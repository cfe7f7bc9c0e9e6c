"""Out of office, and back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts import actions
from accounts.models import Absence, User
from core import events
from core.errors import Refused

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FRIDAY = NOW + timedelta(days=4)

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def now() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def away(member: User, *, by: User | None = None, **told: object) -> Absence:
    return actions.set_away(member, **{"starts_at": NOW, "ends_at": FRIDAY, "by": by or member, **told})  # type: ignore[arg-type]


def test_an_absence_is_kept_and_told(alice: User, lea: User) -> None:
    absence = away(alice, by=lea, cover=lea, note="Flu")
    assert (absence.cover, absence.note) == (lea, "Flu")
    assert list(Absence.objects.current(NOW)) == [absence]
    assert not Absence.objects.current(FRIDAY)
    assert events.history(alice).get().kind == "user.set_away"


def test_the_same_again_is_one_absence(alice: User) -> None:
    assert away(alice) == away(alice)
    assert events.history(alice).count() == 1


@pytest.mark.parametrize("begins", [-1, 0, 3])
def test_one_absence_at_a_time(alice: User, begins: int) -> None:
    away(alice)
    with pytest.raises(Refused) as refused:
        away(alice, starts_at=NOW + timedelta(days=begins), ends_at=None)
    assert refused.value.code == "user.already_away"


def test_another_one_may_follow_or_come_before(alice: User) -> None:
    away(alice)
    away(alice, starts_at=FRIDAY, ends_at=None)
    away(alice, starts_at=NOW - timedelta(days=1), ends_at=NOW)
    assert alice.absences.count() == 3


def test_it_ends_after_it_begins_and_is_covered_by_somebody_else(alice: User) -> None:
    with pytest.raises(Refused) as refused:
        away(alice, ends_at=NOW)
    assert refused.value.code == "user.away_ends_before_it_starts"
    with pytest.raises(Refused) as refused:
        away(alice, cover=alice)
    assert refused.value.code == "user.cannot_cover_oneself"


def test_coming_back_ends_it_now_and_twice_changes_nothing(alice: User, now: time_machine.Traveller) -> None:
    absence = away(alice, ends_at=None)
    now.shift(3600)
    for _ in range(2):
        actions.come_back(absence, by=alice)
    assert alice.absences.get().ends_at == NOW + timedelta(hours=1)
    assert [event.kind for event in events.history(alice)] == ["user.set_away", "user.came_back"]


def test_one_that_has_not_begun_is_taken_back(alice: User) -> None:
    actions.come_back(away(alice, starts_at=FRIDAY, ends_at=None), by=alice)
    assert not alice.absences.exists()


def test_the_page_sets_away_and_back(client: Client, alice: User, lea: User) -> None:
    client.force_login(alice)
    told = {"starts_at": "2026-11-23T01:00", "ends_at": "2026-11-27T09:00", "cover": lea.pk, "note": "Flu"}
    answer = client.post("/console/profile/away/", told, follow=True)
    assert "Flu" in answer.text
    assert "Out of office" in answer.text
    absence = alice.absences.get()
    assert absence.cover == lea
    client.post(f"/console/profile/away/{absence.pk}/come-back/")
    assert alice.absences.get().ends_at == NOW


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client: Client, alice: User) -> None:
    client.force_login(alice)
    told = {"starts_at": "2026-11-23T01:00", "ends_at": "2026-11-22T09:00", "note": "Flu"}
    answer = client.post("/console/profile/away/", told)
    assert answer.status_code == 409
    assert "has to end after it begins" in answer.text
    assert 'value="Flu"' in answer.text


def test_nobody_ends_the_absence_of_another_on_their_own_page(client: Client, alice: User, lea: User) -> None:
    absence = away(lea)
    client.force_login(alice)
    assert client.post(f"/console/profile/away/{absence.pk}/come-back/").status_code == 404
