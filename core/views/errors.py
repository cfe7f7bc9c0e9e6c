"""Pages for what went wrong: what happened, what was kept, what to do."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from core.views import again

logger = logging.getLogger(__name__)
BROKEN = (400, 500)
DEPTH = 3
"""So many slashes stand before the name of a thing in the console: /console/tickets/T-1/."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something we cannot read."""
    return _answer(request, 400, _("This request could not be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return _answer(request, 403, _("You do not have the right to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not yours."""
    return _answer(request, 404, _("This page does not exist."))


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    """409: a rule of the house forbids it, in the words of the refusal."""
    return _answer(request, 409, sentence)


def no_page(request: HttpRequest) -> HttpResponse:
    """405 for an address that only takes forms, read as a page: after a reload, out of the history."""
    return _answer(request, 405, _("There is no page here."), page=_page_above(request.path))


def _page_above(path: str) -> str:
    """The page that a verb stands on: /console/tickets/T-1/ of /console/tickets/T-1/reply/5/undo/."""
    parts = path.strip("/").split("/")
    above = ["/" + "/".join(parts[:length]) + "/" for length in range(1, len(parts))]
    pages = [each for each in above if _leads_somewhere(each)]
    of_a_thing = [each for each in pages if each.count("/") > DEPTH]
    return (of_a_thing or pages[-1:] or ["/"])[0]


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _answer(request, 500, _("Something went wrong on our side."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that came without its proof: the page was open too long, or cookies are off.

    What was typed on a page of ours is shown again with a new proof; from elsewhere nothing is.
    """
    logger.info("form refused: %s", reason)
    if again.is_ours(request) and again.was_typed(request):
        with translation.override(_language(request)):
            return again.page(request)
    return _answer(request, 403, _("This form is no longer valid. Reload the page and send it again."))


def _answer(request: HttpRequest, status: int, sentence: str, **facts: str) -> HttpResponse:
    with translation.override(_language(request)):
        if request.path.startswith("/api/"):
            return JsonResponse({"code": str(status), "message": sentence, "facts": {}}, status=status)
        context = {"sentence": sentence, "plain_request": request, **facts}
        # After a breakdown nothing may be asked of it again, not even who is reading.
        page = loader.render_to_string(
            f"{status}.html", context, request=None if status in BROKEN else request
        )
        return HttpResponse(page, status=status)


def _language(request: HttpRequest) -> str:
    """The reader's language, also when the error came before the language was settled."""
    return getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
