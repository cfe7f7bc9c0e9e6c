"""A form that could not be taken as it came: nobody is signed in any more, or the page was too old.

Whatever was typed is drawn once more, to be sent again; nothing of it is stored.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

FORBIDDEN = 403
NAVIGATE = "navigate"
SECRET = re.compile("password|secret|smtp|token")
WRITTEN = re.compile(r"\s|[^\x00-\x7f]")
"""What a person wrote has gaps or letters beyond ASCII; what a page sent along has not."""


def was_typed(request: HttpRequest) -> bool:
    """Whether a whole form with something in it was sent. One with a password is typed anew."""
    by_script = "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", NAVIGATE) != NAVIGATE
    if request.method != "POST" or by_script or request.path.startswith("/api/"):
        return False
    return "password" not in " ".join(request.POST) and bool(_fields(request) or request.FILES)


def came_from(request: HttpRequest) -> str:
    """The page of ours on which a form was filled in, as path and query; "" when the browser does not say."""
    told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return ""
    page = urlsplit(told)
    return f"{page.path}?{page.query}".rstrip("?")


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours sent the form: browsers say where a form comes from."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", "") in {own, *settings.CSRF_TRUSTED_ORIGINS}


def page(request: HttpRequest, *, sign_in: str = "") -> HttpResponse:
    """What was typed, with a button that sends it again; `sign_in` is where to sign in before."""
    fields = _fields(request)
    context = {
        "fields": fields,
        "written": [value for _name, value in fields if WRITTEN.search(value)],
        "leaves_out": bool(request.FILES) or any(SECRET.search(name) for name in _names(request)),
        "sign_in": sign_in,
        "back": came_from(request),
    }
    answer = render(request, "again.html", context, status=FORBIDDEN)
    answer["Cache-Control"] = "no-store"
    return answer


def _names(request: HttpRequest) -> list[str]:
    return [name for name in request.POST if name != "csrfmiddlewaretoken" and request.POST[name]]


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    names = [name for name in _names(request) if not SECRET.search(name)]
    return [(name, value) for name in names for value in request.POST.getlist(name)]
