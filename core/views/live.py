"""The doors beside the stream of hints: a fresh token, and the answer where no stream is served."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import live

NO_STREAM = 204
FORBIDDEN = 403


@never_cache
@require_safe
def stream(request: HttpRequest) -> HttpResponse:
    """A server that keeps streams open answers in its own way (aftersales.live); others say there is none."""
    return HttpResponse(status=NO_STREAM)


@never_cache
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A token for those topics of an old one that the reader may still listen to; 403 when none is left."""
    try:
        known = live.opened(request.POST.get("token", ""), even_late=True)
    except live.BadToken:
        return HttpResponse(status=FORBIDDEN)
    topics = live.allowed(request, sorted(known.topics))
    if not topics:
        return HttpResponse(status=FORBIDDEN)
    return JsonResponse({"token": live.token(topics)})
