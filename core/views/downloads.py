"""Documents made on the spot, handed out for the reader's eyes only."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header


def document(content: bytes, *, name: str, content_type: str, save: bool = False) -> HttpResponse:
    """The answer with a document; `save` offers it for saving instead of showing it."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=save, filename=name))
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
