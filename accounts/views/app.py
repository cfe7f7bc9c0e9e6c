"""The console as an app: what a browser needs to know to put it on a home screen or into a dock."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

ACCENT = "#0b6174"
"""The ground of our mark; style sheets do not reach the frame of an app."""

PAPER = "#ffffff"
HOME = "/console/"
SIZES = (192, 512)
HOUR = 3600


@require_safe
def manifest(request: HttpRequest, language: str) -> JsonResponse:
    """The manifest in a language. Browsers fetch it without cookies, so the address says which."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        response = JsonResponse(_told(language), content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response


def _told(language: str) -> dict[str, Any]:
    """Everything under / is in its scope: the sign-in and the figures stand beside the console."""
    return {
        "id": HOME,
        "name": _("Aftersales"),
        "short_name": _("Aftersales"),
        "description": _("Requests, returns and service quality at one desk."),
        "lang": language,
        "dir": "ltr",
        "start_url": HOME,
        "scope": "/",
        "display": "standalone",
        "theme_color": ACCENT,
        "background_color": PAPER,
        "categories": ["business", "productivity"],
        "icons": [
            {
                "src": static(f"img/{name}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": why,
            }
            for name, why in (("app", "any"), ("app-maskable", "maskable"))
            for size in SIZES
        ],
    }
