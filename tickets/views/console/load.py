"""The load of the teams, for those who share work out, and the verbs that change it."""

from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions as staff
from accounts.access import StaffRequest, staff_required
from accounts.forms import AwayForm
from accounts.models import Absence, User
from accounts.rights import Right
from core import clock
from core.views.panels import panel
from core.views.verbs import perform
from tickets import actions, load
from tickets.access import assignees
from tickets.actions.assignment import Shared
from tickets.forms import RebalanceForm

LOAD = "console:load"


@require_safe
@staff_required(Right.ASSIGN_TICKETS)
def load_page(request: StaffRequest) -> HttpResponse:
    """Every team: who is there, what each has to do, what nobody has."""
    now = clock.now()
    return render(request, "tickets/console/load.html", {"teams": load.of_teams(now), "now": now})


@require_http_methods(["GET", "POST"])
@staff_required(Right.ASSIGN_TICKETS)
def set_away(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that a member is out of office, and share their tickets out with the same click."""
    member = _member(pk)
    form = AwayForm(_typed(request), member=member, initial={"starts_at": clock.now()})

    def act() -> Shared | None:
        spread = bool(request.POST.get("spread"))
        with transaction.atomic():
            staff.set_away(member, **form.cleaned_data, by=request.user)
            return actions.spread(member, by=request.user) if spread else None

    if request.method == "GET":
        return _form(request, member, form, "away")
    return perform(
        request,
        act,
        to=LOAD,
        said=lambda shared: (
            _said(shared) if shared else _("%(name)s is noted as out of office.") % {"name": member}
        ),
        form=form,
        page=lambda status: _form(request, member, form, "away", status=status),
    )


@require_POST
@staff_required(Right.ASSIGN_TICKETS)
def come_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that a member is back."""
    member = _member(pk)
    absence = Absence.objects.not_over(clock.now()).filter(member=member).first()

    def act() -> None:
        if absence is not None:
            staff.come_back(absence, by=request.user)

    return perform(request, act, to=LOAD, said=_("%(name)s is back.") % {"name": member})


@require_POST
@staff_required(Right.ASSIGN_TICKETS)
def spread(request: StaffRequest, pk: int) -> HttpResponse:
    """Share out everything a member looks after."""
    return perform(request, lambda: actions.spread(_member(pk), by=request.user), to=LOAD, said=_said)


@require_http_methods(["GET", "POST"])
@staff_required(Right.ASSIGN_TICKETS)
def rebalance(request: StaffRequest, pk: int) -> HttpResponse:
    """Move some of a member's open tickets to others."""
    member = _member(pk)
    initial = {"team": member.teams.first()}
    form = RebalanceForm(_typed(request), member=member, initial=initial)
    if request.method == "GET":
        return _form(request, member, form, "rebalance")
    return perform(
        request,
        lambda: actions.rebalance(member, **form.moves, by=request.user),
        to=LOAD,
        said=_said,
        form=form,
        page=lambda status: _form(request, member, form, "rebalance", status=status),
    )


def _typed(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _member(pk: int) -> User:
    return get_object_or_404(assignees().defer(None), pk=pk)


def _form(
    request: StaffRequest, member: User, form: BaseForm, verb: str, *, status: int = 200
) -> HttpResponse:
    titles = {"away": _("Set %(name)s out of office"), "rebalance": _("Move tickets of %(name)s")}
    context = {"member": member, "form": form, "verb": verb, "back": LOAD}
    title = titles[verb] % {"name": member}
    return panel(request, f"tickets/console/_load_{verb}.html", context, title=title, status=status)


def _said(shared: Shared) -> str:
    said = ngettext("%s ticket moved.", "%s tickets moved.", shared.moved) % shared.moved
    if not shared.left:
        return said
    left = ngettext("%s found nobody with room.", "%s found nobody with room.", shared.left) % shared.left
    return f"{said} {left}"
