"""How often: exactly as many as may, also at once; and when to come again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core import limits, words
from core.limits import Limit, LimitReached

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOURLY = Limit("test", 5, timedelta(hours=1))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def passed(limit: Limit, who: str, times: int) -> int:
    """How many of so many tries got through."""
    through = 0
    for _ in range(times):
        try:
            limits.spend(limit, who)
        except LimitReached:
            continue
        through += 1
    return through


def test_as_many_as_may_get_through(clock: time_machine.Traveller) -> None:
    assert passed(HOURLY, "carol", 8) == 5


def test_everybody_and_every_limit_counts_alone(clock: time_machine.Traveller) -> None:
    assert passed(HOURLY, "carol", 8) == passed(HOURLY, "charlie", 8) == 5
    assert passed(Limit("other", 2, timedelta(hours=1)), "carol", 8) == 2


def test_after_the_wait_that_was_told_one_gets_through(clock: time_machine.Traveller) -> None:
    clock.move_to(NOON + timedelta(minutes=30))
    passed(HOURLY, "carol", 5)
    with pytest.raises(LimitReached) as reached:
        limits.spend(HOURLY, "carol")
    wait = reached.value.wait
    assert wait == timedelta(minutes=42)  # the half hour left, and a fifth of the next
    clock.move_to(NOON + timedelta(minutes=30) + wait - timedelta(seconds=1))
    assert passed(HOURLY, "carol", 1) == 0
    clock.move_to(NOON + timedelta(minutes=30) + wait)
    assert passed(HOURLY, "carol", 2) == 1


def test_refused_tries_do_not_count(clock: time_machine.Traveller) -> None:
    passed(HOURLY, "carol", 500)
    clock.move_to(NOON + timedelta(hours=1, minutes=30))
    assert passed(HOURLY, "carol", 9) == 2


def test_two_quiet_windows_later_all_is_forgotten(clock: time_machine.Traveller) -> None:
    passed(HOURLY, "carol", 9)
    clock.move_to(NOON + timedelta(hours=2))
    assert passed(HOURLY, "carol", 9) == 5


def test_no_burst_around_the_turn_of_the_hour(clock: time_machine.Traveller) -> None:
    clock.move_to(NOON + timedelta(minutes=59, seconds=59))
    assert passed(HOURLY, "carol", 5) == 5
    clock.move_to(NOON + timedelta(minutes=60, seconds=1))
    assert passed(HOURLY, "carol", 5) == 0


def test_of_forty_at_once_exactly_five_get_through(
    together: Callable[..., list[Any]], clock: time_machine.Traveller
) -> None:
    results = together(*[partial(limits.spend, HOURLY, "carol")] * 40)
    assert results.count(None) == 5


@given(
    times=st.integers(1, 50),
    previous=st.integers(0, 50),
    current=st.integers(1, 60),
    elapsed=st.integers(0, 3599),
)
def test_whoever_waits_as_told_gets_through(times: int, previous: int, current: int, elapsed: int) -> None:
    limit = Limit("test", times, timedelta(hours=1))
    previous = min(previous, times)
    ran = timedelta(seconds=elapsed)
    wait = limits.waiting_time(limit, previous=previous, current=current, elapsed=ran)
    if not wait:
        assert current <= times
        return
    kept = min(current - 1, times)
    turns, later = divmod(ran + wait + timedelta(seconds=1), limit.per)
    before, now = (previous, kept + 1) if turns == 0 else (kept, 1) if turns == 1 else (0, 1)
    assert not limits.waiting_time(limit, previous=before, current=now, elapsed=later)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "That was tried too often. Please try again in 5 min."),
        ("zh-hans", "尝试次数过多，请在 5 分钟后重试。"),
    ],
)
def test_the_sentence_says_when_to_come_again(language: str, sentence: str) -> None:
    with override(language):
        assert words.refusal(LimitReached(timedelta(minutes=4, seconds=1))) == sentence


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_household_is_one_address(address: str, network: str) -> None:
    assert limits.client_address(RequestFactory().get("/", REMOTE_ADDR=address)) == network
