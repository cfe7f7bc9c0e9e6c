"""Handing files out: only to who may see them, and never as anything but what they are."""

from collections.abc import Callable
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from core import filetypes, images
from core.files import may_read
from core.models import Attachment

# A file can do nothing: no scripts, no forms, no requests, no address of ours. Browsers will not open
# their PDF reader in a sandbox, so for PDF the other half of the policy has to do.
CLOSED = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; frame-ancestors 'none'"
SANDBOX = f"{CLOSED}; sandbox"


@require_safe
def show(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file itself: shown by the browser if it can be, else offered for saving."""
    attachment = _readable(request, uuid)
    kind = filetypes.TYPES.get(attachment.content_type)
    policy = CLOSED if kind is filetypes.PDF else SANDBOX

    def whole() -> FileResponse:
        return FileResponse(
            attachment.file.open("rb"),
            as_attachment=kind is None or not kind.inline,
            filename=attachment.name,
            content_type=attachment.content_type,
        )

    return _sealed(request, whole, etag=attachment.sha256, policy=policy)


@require_safe
def thumbnail(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The small picture of an image."""
    attachment = _readable(request, uuid)
    if not attachment.thumbnail:
        raise Http404

    def small() -> FileResponse:
        return FileResponse(attachment.thumbnail.open("rb"), content_type=images.THUMBNAIL_TYPE)

    return _sealed(request, small, etag=f"{attachment.sha256}-small", policy=SANDBOX)


def _readable(request: HttpRequest, uuid: UUID) -> Attachment:
    attachment = get_object_or_404(Attachment, uuid=uuid)
    if not may_read(request, attachment):
        raise Http404
    return attachment


def _sealed(
    request: HttpRequest, whole: Callable[[], FileResponse], *, etag: str, policy: str
) -> HttpResponseBase:
    """The answer with everything browsers must know; "not modified" if this reader has the file already."""
    tag = quote_etag(etag)
    has_it = tag in request.headers.get("If-None-Match", "")
    response: HttpResponseBase = HttpResponseNotModified() if has_it else whole()
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response
