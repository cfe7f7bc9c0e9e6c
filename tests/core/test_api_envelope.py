"""What went wrong, in one shape: code, sentence, facts, and sentences by field."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import override
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.models import User
from core import limits
from core.api import CursorPagination, Throttle, envelope, rate
from core.errors import Refused
from core.limits import LimitReached
from tests import build


def answer(error: Exception) -> Response:
    response = envelope(error, {})
    assert response is not None
    return response


def test_a_refusal_is_409_with_code_sentence_and_facts() -> None:
    response = answer(Refused("file.too_many", limit=10))
    assert response.status_code == 409
    assert response.data == {
        "code": "file.too_many",
        "message": "At most 10 files can be attached here.",
        "facts": {"limit": 10},
    }


def test_too_often_is_429_and_says_when_to_come_again() -> None:
    response = answer(LimitReached(timedelta(seconds=90)))
    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert response.data["code"] == "limit.reached"


class CustomerIn(serializers.Serializer[Any]):
    email = serializers.EmailField()


class TicketIn(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=5)
    customer = CustomerIn()
    lines = CustomerIn(many=True)


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Enter a valid email address."), ("zh-hans", "请输入有效的邮箱地址。")]
)
def test_wrong_input_is_told_by_the_path_of_its_field(language: str, sentence: str) -> None:
    given = {
        "subject": "Lamp",
        "customer": {"email": "carol"},
        "lines": [{"email": "a@b.example"}, {"email": ""}],
    }
    with override(language):
        with pytest.raises(exceptions.ValidationError) as wrong:
            TicketIn(data=given).is_valid(raise_exception=True)
        response = answer(wrong.value)
    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert response.data["message"] == f"customer.email: {sentence}"
    assert list(response.data["fields"]) == ["customer.email", "lines.1.email"]


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ValidationError("Too much of it."),
        exceptions.ValidationError({"non_field_errors": ["Too much of it."]}),
        ValidationError("Too much of it."),
        ValidationError({"__all__": ["Too much of it."]}),
    ],
)
def test_what_concerns_the_whole_has_no_field(error: Exception) -> None:
    assert answer(error).data == {
        "code": "invalid",
        "message": "Too much of it.",
        "facts": {},
        "fields": {"": ["Too much of it."]},
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
    ],
)
def test_every_failure_has_the_same_shape(error: Exception, status: int, code: str) -> None:
    response = answer(error)
    assert response.status_code == status
    assert set(response.data) == {"code", "message", "facts"}
    assert response.data["code"] == code
    assert response.data["message"]


def test_errors_of_our_own_are_left_to_be_500() -> None:
    assert envelope(ZeroDivisionError(), {}) is None


# --- paging ------------------------------------------------------------------------------------------


def pages(order: Any = None) -> list[list[str]]:
    """Names on each page of the members, walked by cursor."""
    view = APIView()
    if order:
        view.ordering = order  # type: ignore[attr-defined]
    address, found = "/api/v1/members/?page_size=2", []
    while address:
        pager = CursorPagination()
        request = Request(APIRequestFactory().get(address))
        rows = pager.paginate_queryset(User.objects.all(), request, view=view)
        assert rows is not None
        found.append([user.name for user in rows])
        address = pager.get_next_link() or ""
    return found


def test_pages_go_by_cursor_newest_first_or_as_the_view_says(db: None) -> None:
    for name in ("Alice", "Lea", "Mara", "Wei", "Fin"):
        build.user(name)
    assert pages() == [["Fin", "Wei"], ["Mara", "Lea"], ["Alice"]]
    assert pages(("name", "pk")) == [["Alice", "Fin"], ["Lea", "Mara"], ["Wei"]]


# --- how often ---------------------------------------------------------------------------------------


def test_a_rate_is_read_from_the_settings() -> None:
    assert rate("anon") == limits.Limit("api-anon", 60, timedelta(minutes=1))


def test_strangers_are_counted_by_address_and_members_by_person(db: None) -> None:
    throttle, view = Throttle(), APIView()
    stranger = Request(APIRequestFactory().get("/api/v1/schema/"))
    for _ in range(60):
        throttle.allow_request(stranger, view)
    with pytest.raises(LimitReached):
        throttle.allow_request(stranger, view)
    member = Request(APIRequestFactory().get("/api/v1/schema/"))
    member.user = build.user("Alice")
    assert all(throttle.allow_request(member, view) for _ in range(70))
