"""Whom a chat rings for: pure decisions about a desk."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.states import Strategy
from channels.chat import rules
from channels.chat.choosing import Wish, chosen
from channels.chat.desk import Desk
from tickets.choice import Candidate, Needs
from tickets.states import Unplaced

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ENGLISH = Needs("en")


def person(key: int, **facts: object) -> Candidate:
    return Candidate(**{"key": key, "languages": frozenset({"en"}), "capacity": 3, **facts})  # type: ignore[arg-type]


def key_of(wish: Wish, desk: Desk, strategy: str = Strategy.LEAST_BUSY) -> int | Unplaced:
    found = chosen(wish, desk, strategy=strategy, widen=MINUTE)
    return found.key if isinstance(found, Candidate) else found


def test_its_own_team_goes_before_others_who_have_less_to_do() -> None:
    desk = Desk([person(1), person(2, load=1)], {2: frozenset({7})})
    assert key_of(Wish(ENGLISH, team=7), desk) == 2


def test_who_looks_after_the_ticket_already_goes_first() -> None:
    desk = Desk([person(1), person(2, load=2)])
    assert key_of(Wish(ENGLISH, assignee=2), desk) == 2


def test_language_and_skill_go_before_a_free_place() -> None:
    skilled = person(2, load=2, languages=frozenset({"zh-hans"}), skills=frozenset({"lamps"}))
    desk = Desk([person(1), skilled])
    assert key_of(Wish(Needs("zh-hans", frozenset({"lamps"}))), desk) == 2


def test_a_busy_best_is_waited_for_and_then_others_are_asked() -> None:
    desk = Desk([person(1), person(2, load=3, languages=frozenset({"zh-hans"}))])
    chinese = Needs("zh-hans")
    assert key_of(Wish(chinese, waited=MINUTE / 2), desk) == Unplaced.FULL
    assert key_of(Wish(chinese, waited=MINUTE), desk) == 1


def test_when_nobody_speaks_the_language_anybody_answers_at_once() -> None:
    assert key_of(Wish(Needs("zh-hans")), Desk([person(1)])) == 1


def test_whoever_let_it_ring_is_not_asked_again_so_soon() -> None:
    desk = Desk([person(1), person(2, load=1)])
    assert key_of(Wish(ENGLISH, passed={1}), desk) == 2
    assert key_of(Wish(ENGLISH, passed={1, 2}), desk) == Unplaced.NO_MEMBERS


def test_in_turn_it_goes_to_whoever_got_none_for_longest() -> None:
    desk = Desk([person(1, last_at=NOW), person(2, load=2, last_at=NOW - MINUTE)])
    assert key_of(Wish(ENGLISH), desk, Strategy.ROUND_ROBIN) == 2


people = st.builds(
    person,
    st.integers(1, 6),
    is_on_duty=st.booleans(),
    load=st.integers(0, 4),
    languages=st.frozensets(st.sampled_from(["en", "zh-hans"])),
    last_at=st.none() | st.just(NOW),
)


@given(
    st.lists(people, unique_by=lambda one: one.key),
    st.sampled_from(["en", "zh-hans"]),
    st.sets(st.integers(1, 6)),
    st.sampled_from([Strategy.LEAST_BUSY, Strategy.ROUND_ROBIN]),
)
def test_nobody_gets_a_chat_who_is_away_full_or_has_passed(
    candidates: list[Candidate], language: str, passed: set[int], strategy: str
) -> None:
    found = key_of(Wish(Needs(language), passed=passed, waited=MINUTE), Desk(candidates), strategy)
    could = {one.key for one in candidates if one.is_on_duty and one.has_room and one.key not in passed}
    assert found in could if could else isinstance(found, Unplaced)


def test_who_passed_is_asked_again_after_a_while() -> None:
    assert rules.passed([1], NOW, NOW + rules.RINGS_AGAIN_AFTER / 2) == {1}
    assert rules.passed([1], NOW, NOW + rules.RINGS_AGAIN_AFTER) == frozenset()
    assert rules.passed([1], None, NOW) == frozenset()


@pytest.mark.parametrize(
    ("place", "lasting", "places", "minutes"),
    [
        (1, [10, 10, 10], 5, 2),
        (3, [4, 10, 100], 5, 6),
        (1, [1, 1, 1], 30, 1),
        (2, [7, 7, 7], 2, 7),
    ],
)
def test_a_wait_is_told_from_how_long_chats_last(
    place: int, lasting: list[int], places: int, minutes: int
) -> None:
    wait = rules.expected_wait(place, [number * MINUTE for number in lasting], places)
    assert wait is not None
    assert rules.whole_minutes(wait) == minutes


def test_what_is_not_known_is_not_told() -> None:
    assert rules.expected_wait(1, [MINUTE, MINUTE], 5) is None
    assert rules.expected_wait(1, [MINUTE] * 3, 0) is None
