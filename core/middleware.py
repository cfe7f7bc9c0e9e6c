"""What every page needs to know about its reader before it is drawn, and what htmx needs to hear after."""

import json
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from core import words, zones
from core.errors import Refused
from core.views import again
from core.views.errors import conflict, no_page

TIME_ZONE_COOKIE = "time_zone"
FOUND = 302
NOT_ALLOWED = 405

Answer = Callable[[HttpRequest], HttpResponse]


def readers(request: HttpRequest) -> Iterator[Any]:
    """The rows of the people who read this page: the member of staff, the signed-in customer."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        yield user
    customer = getattr(getattr(request, "portal", None), "customer", None)
    if customer is not None:
        yield customer


class Reader:
    """Language and zone of the reader: as chosen on this device, else as the person's row says.

    The rows are looked up only when the device has not told; other systems have no preferences.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            _speak(request)
        with timezone.override(_zone(request)):
            return self.get_response(request)


def _speak(request: HttpRequest) -> None:
    for person in readers(request):
        if person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
            return


def _zone(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """The device's zone, else the person's, else the default (None)."""
    told = request.COOKIES.get(TIME_ZONE_COOKIE, "")
    if zones.is_known(told):
        return zoneinfo.ZoneInfo(told)
    return next((zoneinfo.ZoneInfo(person.time_zone) for person in readers(request)), None)


class Refusals:
    """A refusal that no page turned into words of its own becomes the page for conflicts, or a toast."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """409 with the sentence of the refusal; other exceptions pass."""
        if not isinstance(exception, Refused):
            return None
        sentence = words.refusal(exception)
        if getattr(request, "htmx", False):
            messages.error(request, sentence)
            return HttpResponse(status=204)
        return conflict(request, sentence)


class PagesOnly:
    """Whoever reads the address of a form gets a page that leads back, not the browser's own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != NOT_ALLOWED or request.method != "GET" or request.path.startswith("/api/"):
            return response
        page = no_page(request)
        page["Allow"] = response["Allow"]
        return page


class SignInAgain:
    """After the session ended a part of a page leads the page to the sign-in; a form shows what was typed."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        part = getattr(request, "htmx", False)
        if response.status_code != FOUND or not (part or request.method == "POST"):
            return response
        doors = (reverse(settings.LOGIN_URL), reverse("portal:sign-in"))
        path = urlsplit(response["Location"]).path
        if path not in doors or request.path.startswith(doors):
            return response
        return self._part(request, path) if part else self._form(request, response, path)

    def _part(self, request: HttpRequest, path: str) -> HttpResponse:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        onward = HttpResponse(status=204)
        onward["HX-Redirect"] = _back_from(path, f"{here.path}?{here.query}".rstrip("?"))
        return onward

    def _form(self, request: HttpRequest, response: HttpResponse, path: str) -> HttpResponse:
        """Back to the page that the form stood on: where it was sent to, there is no page."""
        response["Location"] = _back_from(path, again.came_from(request))
        return again.page(request, sign_in=response["Location"]) if again.was_typed(request) else response


def _back_from(sign_in: str, page: str) -> str:
    return f"{sign_in}?{urlencode({'next': page})}" if page else sign_in


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
