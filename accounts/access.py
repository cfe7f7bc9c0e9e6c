"""Who gets through which door of the console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Absence, AbsenceQuerySet, User
from accounts.rights import Right

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request behind `staff_required`: its user is a signed-in member of staff."""

    user: User


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_required(*rights: Right) -> Callable[[StaffView[P]], AnyView[P]]:
    """Let members through who carry every one of `rights`; none named: every member of staff.

    A stranger is led to sign-in and back; a member without the right gets 403.
    """

    def guarded(view: StaffView[P]) -> AnyView[P]:
        @wraps(view)
        def guard(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _to_sign_in(request)
            if not all(request.user.may(right) for right in rights):
                raise PermissionDenied
            return view(cast(StaffRequest, request), *args, **kwargs)

        return cast("AnyView[P]", guard)

    return guarded


def may_plan(user: User, member: User) -> bool:
    """Everybody says when they are away; saying it for others is up to those who share out work."""
    return user == member or user.may(Right.ASSIGN_TICKETS)


def absences_for(user: User) -> AbsenceQuerySet:
    """Absences a member of staff may see and end: one's own, those of all with the right to plan."""
    absences = Absence.objects.select_related("member", "cover")
    return absences if user.may(Right.ASSIGN_TICKETS) else absences.filter(member=user)


def may_hear_of_user(request: HttpRequest, which: str) -> bool:
    """The gate of news for one member of staff: their own."""
    return isinstance(request.user, User) and str(request.user.pk) == which


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A redirect to sign-in; for a part of a page the whole page goes there, not the part."""
    part = request.headers.get("HX-Request") == "true"
    if not part:
        return redirect_to_login(request.get_full_path())
    page = request.headers.get("HX-Current-URL") or request.get_full_path()
    return HttpResponseClientRedirect(redirect_to_login(_path(page)).url)


def _path(url: str) -> str:
    """Path and query of an address of ours."""
    return "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url
