"""What a search finds in one room, beside what it finds in another."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.views.panels import panel

SHOWN = 5
"""So many of each kind stand beside the tickets; the rest is in the list of its kind."""


class Found(NamedTuple):
    """One thing that was found: where it is, its name, and what tells it from others."""

    url: str
    title: str
    facts: str = ""


def searched(request: HttpRequest) -> str:
    """What was typed into the box."""
    return request.GET.get("q", "").strip()


def found_panel(request: HttpRequest, rows: Sequence[Found], *, title: str, everything: str) -> HttpResponse:
    """What was found of one kind; one more than `SHOWN` says that the list, `everything`, has more."""
    address = f"{reverse(everything)}?{urlencode({'q': searched(request)})}"
    context = {"found": rows[:SHOWN], "has_more": len(rows) > SHOWN, "everything": address, "title": title}
    return panel(request, "components/found.html", context, title=title)
