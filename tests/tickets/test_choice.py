"""Whoever gets the next ticket can take it, and nobody has a better claim."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.states import Strategy
from tickets.choice import NEVER_YET, Candidate, Needs, choose, fitting
from tickets.states import Unplaced

EN, ZH = "en", "zh-hans"
START = datetime(2026, 11, 23, tzinfo=UTC)

moments = st.none() | st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
needs = st.builds(Needs, st.sampled_from([EN, ZH]), st.frozensets(st.sampled_from(["a", "b"]), max_size=2))
teams = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 50),
        is_on_duty=st.booleans(),
        languages=st.frozensets(st.sampled_from([EN, ZH])),
        skills=st.frozensets(st.sampled_from(["a", "b"])),
        load=st.integers(0, 4),
        capacity=st.integers(0, 4),
        last_at=moments,
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)
automatic = st.sampled_from([Strategy.ROUND_ROBIN, Strategy.LEAST_BUSY])


def can(one: Candidate, asked: Needs) -> bool:
    return (
        one.is_on_duty
        and asked.language in one.languages
        and asked.skills <= one.skills
        and one.load < one.capacity
    )


@given(teams, needs, automatic)
def test_the_chosen_one_can_and_nobody_who_can_comes_before(
    team: list[Candidate], asked: Needs, strategy: Strategy
) -> None:
    able = [one for one in team if can(one, asked)]
    found = choose(team, asked, strategy=strategy)
    if isinstance(found, Unplaced):
        assert not able
        return
    assert found in able
    waited = [one.last_at or NEVER_YET for one in able]
    if strategy == Strategy.ROUND_ROBIN:
        assert (found.last_at or NEVER_YET) == min(waited)
    else:
        assert found.load == min(one.load for one in able)
        equals = [one.last_at or NEVER_YET for one in able if one.load == found.load]
        assert (found.last_at or NEVER_YET) == min(equals)


@given(teams, needs, automatic)
def test_the_order_of_the_list_decides_nothing(
    team: list[Candidate], asked: Needs, strategy: Strategy
) -> None:
    assert choose(team, asked, strategy=strategy) == choose(team[::-1], asked, strategy=strategy)


@given(teams, needs, automatic, st.integers(1, 50))
def test_whoever_covers_comes_first_if_they_can(
    team: list[Candidate], asked: Needs, strategy: Strategy, cover: int
) -> None:
    found = choose(team, asked, strategy=strategy, first=[cover])
    if any(one.key == cover and can(one, asked) for one in team):
        assert isinstance(found, Candidate)
        assert found.key == cover
    else:
        assert found == choose(team, asked, strategy=strategy)


ABLE = Candidate(1, languages=frozenset({EN}), skills=frozenset({"a"}), capacity=1)


@pytest.mark.parametrize(
    ("team", "reason"),
    [
        ([], Unplaced.NO_MEMBERS),
        ([Candidate(1, is_on_duty=False, languages=frozenset({EN}))], Unplaced.OFF_DUTY),
        ([Candidate(1, languages=frozenset({ZH}))], Unplaced.LANGUAGE),
        ([Candidate(1, languages=frozenset({EN}))], Unplaced.SKILLS),
        ([Candidate(1, languages=frozenset({EN}), skills=frozenset({"a"}), load=20)], Unplaced.FULL),
    ],
)
def test_the_reason_is_the_first_thing_that_left_nobody(team: list[Candidate], reason: Unplaced) -> None:
    assert fitting(team, Needs(EN, frozenset({"a"}))) == reason
    assert fitting([*team, ABLE], Needs(EN, frozenset({"a"}))) == [ABLE]
