"""The edge around a verb: input in, sentence out. The rule itself lives in the app's actions."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core import words
from core.errors import Refused
from core.limits import LimitReached

Done = TypeVar("Done")

CONFLICT = 409
UNREADABLE = 422
TOO_OFTEN = 429


def perform(
    request: HttpRequest,
    act: Callable[[], Done],
    *,
    to: str | Callable[[Done], str],
    said: str | Callable[[Done], str] = "",
    form: BaseForm | None = None,
    page: Callable[[int], HttpResponse] | None = None,
) -> HttpResponse:
    """Do a verb for a page and answer.

    `act` calls the action (with `form.cleaned_data`); it runs only when `form` is valid or there is none.
    `to` is the address to go on to, `said` the sentence for the toast; both may depend on what was done.
    `page(status)` draws the page again with the form as it was typed: 422 for wrong input, 409 when the
    action refused, 429 when it was tried too often. Without `page` the reader goes back to `to` and the
    sentence comes as a toast.
    """
    if form is not None and not form.is_valid():
        return _again(request, page, UNREADABLE, to, _first_error(form))
    try:
        done = act()
    except Refused as refused:
        sentence = words.refusal(refused)
        if form is not None:
            form.add_error(None, sentence)
        return _again(request, page, _status(refused), to, sentence)
    text = said(done) if callable(said) else said
    if text:
        messages.success(request, text)
    return onward(request, to(done) if callable(to) else to)


def _status(refused: Refused) -> int:
    return TOO_OFTEN if isinstance(refused, LimitReached) else CONFLICT


def _again(
    request: HttpRequest,
    page: Callable[[int], HttpResponse] | None,
    status: int,
    to: str | Callable[[Any], str],
    sentence: str,
) -> HttpResponse:
    if page is not None:
        return page(status)
    messages.error(request, sentence)
    return onward(request, request.path if callable(to) else to)


def _first_error(form: BaseForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def onward(request: HttpRequest, to: str, *arguments: Any) -> HttpResponse:
    """Go on to an address or URL name; htmx is told to load the whole page.

    A place on the page that is open already is no new page to a browser: it would only go there.
    """
    url = to if to.startswith(("/", "?")) else reverse(to, args=arguments)
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    if "#" in url and _page_of(url) == _page_of(request.headers.get("HX-Current-URL", "")):
        response["HX-Refresh"] = "true"
    else:
        response["HX-Redirect"] = url
    return response


def _page_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.path, parts.query
