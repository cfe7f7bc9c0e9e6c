"""How the reader likes the pages: language and appearance."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.middleware import readers

THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language: on this device, and to this person from now on."""
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen not in dict(settings.LANGUAGES):
        return response
    remember_language(response, chosen)
    for person in readers(request):
        person.language = chosen
        person.save(update_fields=["language"])
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Let this device be spoken to in `language` from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it."""
    chosen = request.POST.get("theme", "")
    response = _back(request)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=A_YEAR, secure=request.is_secure(), samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the reader came from, never to a foreign one."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else "/")
