"""What another system answers us."""

from datetime import timedelta

import pytest

from core.calls import Reply


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("600", 600), ("", 0), ("Mon, 30 Nov 2026", 0), ("-5", 0), ("²", 0), ("9" * 5000, 7 * 86400)],
)
def test_how_long_it_wants_to_be_left_alone(told: str, seconds: int) -> None:
    assert Reply(429, b"", retry_after=told).wait == timedelta(seconds=seconds)
