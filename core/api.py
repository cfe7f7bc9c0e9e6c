"""What every endpoint of the API shares: the envelope for what went wrong, paging, the throttle."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination as BaseCursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from core import limits, words
from core.errors import Refused
from core.limits import Limit, LimitReached

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself loads this module, by the settings

# --- what went wrong ---------------------------------------------------------------------------------


def envelope(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Every refusal of the API as {"code", "message", "facts"} and, for wrong input, "fields".

    `code` is for machines, `message` a sentence in the caller's language, `fields` lists sentences by
    the path of the field ("customer.email"). 400 wrong input, 409 a rule forbids it now, 429 too often.
    None for errors of our own, which become 500.
    """
    from rest_framework.views import set_rollback

    answer = _answer(error)
    if answer is not None:
        set_rollback()
    return answer


def _answer(error: Exception) -> Response | None:
    if isinstance(error, LimitReached):
        wait = {"Retry-After": str(error.facts["retry_after"])}
        return _refused(error, status.HTTP_429_TOO_MANY_REQUESTS, headers=wait)
    if isinstance(error, Refused):
        return _refused(error, status.HTTP_409_CONFLICT)
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(serializers.as_serializer_error(error))
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    return _failed(error) if isinstance(error, exceptions.APIException) else None


def _refused(refused: Refused, code: int, headers: Mapping[str, str] | None = None) -> Response:
    body = {"code": refused.code, "message": words.refusal(refused), "facts": refused.facts}
    return Response(body, status=code, headers=headers)


def _invalid(error: exceptions.ValidationError) -> Response:
    fields = _by_path(error.detail)
    first = next(iter(fields.items()), ("", [""]))
    message = f"{first[0]}: {first[1][0]}" if first[0] else first[1][0]
    body = {"code": "invalid", "message": message, "facts": {}, "fields": fields}
    return Response(body, status=status.HTTP_400_BAD_REQUEST)


def _by_path(detail: Any) -> dict[str, list[str]]:
    """Sentences by the path of their field; "" holds what concerns the whole."""
    found: dict[str, list[str]] = {}
    for path, sentence in _sentences(detail, ()):
        found.setdefault(".".join(path), []).append(sentence)
    return found


def _sentences(detail: Any, path: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name == api_settings.NON_FIELD_ERRORS_KEY or name == "__all__"
            yield from _sentences(inner, path if whole else (*path, str(name)))
    elif isinstance(detail, (list, tuple)):
        for number, inner in enumerate(detail):
            yield from _sentences(inner, (*path, str(number)) if isinstance(inner, Mapping) else path)
    else:
        yield path, str(detail)


def _failed(error: exceptions.APIException) -> Response:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    body = {"code": error.get_codes(), "message": str(error.detail), "facts": {}}
    return Response(body, status=error.status_code, headers=headers)


# --- paging ------------------------------------------------------------------------------------------


class CursorPagination(BaseCursorPagination):
    """Pages by cursor: "next" and "previous" are addresses. Newest first unless the view says `ordering`."""

    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-pk",)

    def get_ordering(self, request: Request, queryset: QuerySet[Model], view: "APIView") -> tuple[str, ...]:
        return tuple(getattr(view, "ordering", self.ordering))


# --- how often ---------------------------------------------------------------------------------------

SPANS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


class Throttle(BaseThrottle):
    """So many requests per member of staff, and far fewer per address of strangers."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request; one too many is answered with 429 and the time to wait."""
        if request.user.is_authenticated:
            limits.spend(rate("user"), f"user {request.user.pk}")
        else:
            limits.spend(rate("anon"), limits.client_address(request))
        return True


def rate(scope: str) -> Limit:
    """The limit written as "20000/min" in the settings of the API."""
    times, _slash, span = str(api_settings.DEFAULT_THROTTLE_RATES[scope]).partition("/")
    return Limit(f"api-{scope}", int(times), SPANS[span[0]])
