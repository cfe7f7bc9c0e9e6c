"""Routing: the rules that choose a team for new tickets, in the order in which they are asked."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock, events
from core.views.verbs import perform
from tickets import conditions, routing
from tickets.access import tickets_for
from tickets.actions import routing_rules as actions
from tickets.forms import ConditionRows, RoutingRuleForm
from tickets.forms.conditions import BUTTONS
from tickets.forms.redrawing import only_redraws, unchecked
from tickets.models import RoutingRule

HISTORY = 8


@require_safe
@staff_required(Right.ASSIGN_TICKETS)
def routing_rules(request: StaffRequest) -> HttpResponse:
    """All rules in the order in which they are asked, and the way of a ticket somebody names."""
    rows = RoutingRule.objects.select_related("team").prefetch_related("skills")
    context = {
        "rules": [_shown(row) for row in rows],
        "asked": request.GET.get("ticket", ""),
        "tried": _tried(request),
        "may_configure": request.user.may(Right.CONFIGURE),
    }
    return render(request, "tickets/console/routing_rules.html", context)


def _shown(row: RoutingRule) -> dict[str, Any]:
    """A rule in words; one whose conditions can no longer be read says so, and can still be mended."""
    try:
        return {"row": row, "applies": conditions.describe(conditions.parse(row.conditions))}
    except ValueError as error:
        return {"row": row, "unreadable": str(error)}


def _tried(request: StaffRequest) -> dict[str, Any] | None:
    """Which rule would choose the team of a ticket, were it new; nothing is changed."""
    number = request.GET.get("ticket", "").strip().upper()
    if not number:
        return None
    ticket = tickets_for(request.user).filter(number=number).first()
    if ticket is None:
        return {"unknown": number}
    try:
        return {"ticket": ticket, "rule": routing.rule_for(ticket, clock.now())}
    except ValueError as error:
        return {"unreadable": str(error)}


# --- writing -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def routing_rule_new(request: StaffRequest) -> HttpResponse:
    """A new rule behind all others, switched off until somebody switches it on."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def routing_rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a rule; it counts for new tickets at once."""
    return _write(request, _rule(pk))


def _rule(pk: int) -> RoutingRule:
    return get_object_or_404(RoutingRule.objects.select_related("team"), pk=pk)


def _write(request: StaffRequest, row: RoutingRule | None) -> HttpResponse:
    stored = row.conditions if row else {}
    if request.method == "GET":
        shown = RoutingRuleForm.initial_of(row) if row else None
        return _editor(request, RoutingRuleForm(initial=shown, conditions=ConditionRows.of(stored)), row)
    checked = not only_redraws(request.POST, BUTTONS)
    rows = ConditionRows.typed(request.POST, stored=stored, checked=checked)
    form = RoutingRuleForm(request.POST, conditions=rows)
    if not checked:
        return _editor(request, unchecked(form), row)
    return perform(
        request,
        lambda: _save(request, row, form),
        to="console:routing-rules",
        said=_("The rule is changed.") if row else _("The rule is saved. It still has to be switched on."),
        form=form,
        page=lambda status: _editor(request, form, row, status=status),
    )


def _save(request: StaffRequest, row: RoutingRule | None, form: RoutingRuleForm) -> RoutingRule:
    if row is None:
        return actions.add_routing_rule(**form.content, by=request.user)
    return actions.edit_routing_rule(row, **form.content, by=request.user)


def _editor(
    request: StaffRequest, form: RoutingRuleForm, row: RoutingRule | None, *, status: int = 200
) -> HttpResponse:
    history = events.history(row).order_by("-pk")[:HISTORY] if row else []
    context = {"form": form, "rule": row, "events": history}
    return render(request, "tickets/console/routing_rule_edit.html", context, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def routing_rule_move(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up, or with `down` one place down."""
    up = "down" not in request.POST
    return _done(request, pk, lambda row: actions.move_routing_rule(row, up=up, by=request.user))


@require_POST
@staff_required(Right.CONFIGURE)
def routing_rule_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch it on, or with `off` switch it off."""
    on = "off" not in request.POST
    said = _("The rule works from now on.") if on else _("The rule rests.")
    return _done(request, pk, lambda row: actions.switch_routing_rule(row, on=on, by=request.user), said)


def _done(
    request: StaffRequest, pk: int, act: Callable[[RoutingRule], RoutingRule], said: str = ""
) -> HttpResponse:
    row = _rule(pk)
    return perform(request, lambda: act(row), to="console:routing-rules", said=said)
