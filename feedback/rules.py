"""Arithmetic of surveys and visits: no database, no clock of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SATISFIED_FROM = 4
SCORES = range(1, 6)


def csat(scores: Sequence[int]) -> float | None:
    """Share of 4 and 5 among answers on the 1-5 scale, in percent; None without answers (domain 9, E39)."""
    if not scores:
        return None
    return 100 * sum(score >= SATISFIED_FROM for score in scores) / len(scores)


def is_low(score: int, low_score: int) -> bool:
    """Whether a score asks for a visit: `low_score` or less."""
    return score <= low_score


def is_late(answered_at: datetime, expires_at: datetime) -> bool:
    """Whether an answer came after the survey ran out; it is kept all the same, and marked."""
    return answered_at > expires_at


def next_attempt(at: datetime, attempts: int) -> datetime:
    """When to try again after `attempts` calls nobody took: four hours, then a day, then two."""
    waits = (timedelta(hours=4), timedelta(days=1), timedelta(days=2))
    return at + waits[min(attempts, len(waits)) - 1]
