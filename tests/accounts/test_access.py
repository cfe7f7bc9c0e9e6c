"""The guard of the console: strangers sign in, members without the right get 403."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right, Role
from tests import build


@staff_required(Right.READ_TICKETS, Right.WORK_TICKETS)
def desk(request: StaffRequest, number: str) -> HttpResponseBase:
    return HttpResponse(f"{number} for {request.user.display_name}")


def _request(user: object, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/console/tickets/T-1/?tab=notes", headers=headers)
    request.user = user  # type: ignore[assignment]
    return request


def test_a_member_with_the_rights_comes_in(db: None) -> None:
    answer = desk(_request(build.user("Alice")), "T-1")
    assert b"".join(answer) == b"T-1 for Alice"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.ADMINISTRATOR])
def test_one_missing_right_keeps_out(db: None, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        desk(_request(build.user(role=role)), "T-1")


def test_a_stranger_is_led_to_sign_in_and_back() -> None:
    answer = desk(_request(AnonymousUser()), "T-1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/console/tickets/T-1/%3Ftab%3Dnotes"


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/console/?view=mine"}
    answer = desk(_request(AnonymousUser(), **headers), "T-1")
    assert answer["HX-Redirect"] == "/accounts/login/?next=/console/%3Fview%3Dmine"
