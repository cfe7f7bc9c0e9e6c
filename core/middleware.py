"""What every page needs to know about its reader before it is drawn, and what htmx needs to hear after."""

import json
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

TIME_ZONE_COOKIE = "time_zone"

Answer = Callable[[HttpRequest], HttpResponse]


def readers(request: HttpRequest) -> list[Any]:
    """The rows of the people who read this page: the member of staff, the signed-in customer."""
    user = getattr(request, "user", None)
    customer = getattr(getattr(request, "portal", None), "customer", None)
    return [person for person in (user if user and user.is_authenticated else None, customer) if person]


class Reader:
    """Language and zone of the reader: chosen on this device first, then as the person's row says."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        people = readers(request)
        if people and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            self._speak(request, people[0].language)
        with timezone.override(_zone(request, people)):
            return self.get_response(request)

    def _speak(self, request: HttpRequest, language: str) -> None:
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language


def _zone(request: HttpRequest, people: list[Any]) -> zoneinfo.ZoneInfo | None:
    """The device's zone, else the person's, else the default (None)."""
    told = [request.COOKIES.get(TIME_ZONE_COOKIE, ""), *(person.time_zone for person in people)]
    for name in filter(None, told):
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


class Toasts:
    """Messages of a page part answered to htmx travel in a header, and appear as toasts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(request, "htmx", False) or response.status_code in (301, 302, 303):
            return response
        if "HX-Redirect" in response or "HX-Refresh" in response:
            return response
        waiting = [{"tone": message.level_tag, "text": str(message)} for message in get_messages(request)]
        if waiting:
            response["HX-Trigger"] = _with_toasts(response.get("HX-Trigger", ""), waiting)
        return response


def _with_toasts(header: str, toasts: list[dict[str, str]]) -> str:
    try:
        events = json.loads(header) if header.startswith("{") else {}
    except ValueError:
        events = {}
    if header and not events:
        events = {name.strip(): None for name in header.split(",")}
    return json.dumps({**events, "toasts": toasts})
