"""Links to pages about one thing with a public number, for lists: `reverse` takes as long as a whole row."""

from functools import lru_cache

from django.urls import reverse


def about(name: str, number: str) -> str:
    """The same as `reverse(name, args=[number])`, for a URL whose only argument is a public number."""
    kind, _dash, figures = number.rpartition("-")
    before, after = _around(name, kind)
    return f"{before}{figures}{after}"


@lru_cache(maxsize=64)
def _around(name: str, kind: str) -> tuple[str, str]:
    place = f"{kind}-0"
    before, _place, after = reverse(name, args=[place]).rpartition(place)
    return f"{before}{kind}-", after
