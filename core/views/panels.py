"""One partial for the slot of a page and for a page of its own."""

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def panel(
    request: HttpRequest,
    partial: str,
    context: Mapping[str, Any],
    *,
    title: str,
    surface: Literal["console", "portal"] = "console",
    status: int = 200,
) -> HttpResponse:
    """The partial alone for htmx; for a reader without JavaScript, inside a page with `title`."""
    if getattr(request, "htmx", False):
        return render(request, partial, dict(context), status=status)
    whole = {**context, "partial": partial, "title": title}
    return render(request, f"{surface}/panel.html", whole, status=status)
