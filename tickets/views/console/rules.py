"""Automation rules: in which order they are asked, what they do, what they did."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock, events, words
from core.errors import Refused
from core.paging import Keyset
from core.views.verbs import perform
from tickets import conditions
from tickets.access import tickets_for
from tickets.automation import changing, rehearsing, telling
from tickets.automation.steps import describe_step, parse_steps
from tickets.forms import ConditionRows, RuleForm, StepRows
from tickets.forms import conditions as condition_rows
from tickets.forms import steps as step_rows
from tickets.forms.redrawing import only_redraws, unchecked
from tickets.models import AutomationRule, RuleRun
from tickets.states import RunOutcome

LOG = Keyset(("-pk",), size=25)
HISTORY = 8
BUTTONS = condition_rows.BUTTONS | step_rows.BUTTONS

TONES = {
    RunOutcome.DONE: "good",
    RunOutcome.NOTHING: "neutral",
    RunOutcome.REFUSED: "attention",
    RunOutcome.FAILED: "urgent",
    RunOutcome.STOPPED: "attention",
}


@require_safe
@staff_required(Right.ASSIGN_TICKETS)
def rules(request: StaffRequest) -> HttpResponse:
    """All rules in the order in which they are asked."""
    context = {
        "rules": [_shown(rule) for rule in AutomationRule.objects.kept()],
        "may_configure": request.user.may(Right.CONFIGURE),
    }
    return render(request, "tickets/console/rules.html", context)


def _shown(rule: AutomationRule) -> dict[str, Any]:
    """A rule in words; what can no longer be read says so, and the rule can still be mended."""
    try:
        condition = conditions.parse(rule.conditions)
        steps = parse_steps(rule.steps, stored=True)
    except ValueError as error:
        return {"row": rule, "unreadable": str(error)}
    return {
        "row": rule,
        "condition": condition,
        "applies": conditions.describe(condition),
        "steps": [describe_step(step) for step in steps],
    }


@require_safe
@staff_required(Right.ASSIGN_TICKETS)
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """One rule: what it does, which tickets meet its conditions now, what it would do to one, its log."""
    row = _rule(pk)
    shown = _shown(row)
    page = LOG.page(row.runs.select_related("ticket").defer("ticket__search"), request.GET)
    context = {
        **shown,
        "rule": row,
        "because": telling.why(row) if row.switched_off_at else "",
        "preview": _preview(request, row, shown),
        "rehearsal": _rehearsed(request, row) if "condition" in shown else None,
        "asked": request.GET.get("ticket", ""),
        "page": page,
        "log": [_told(run) for run in page],
        "events": events.history(row).order_by("-pk")[:HISTORY],
        "may_configure": request.user.may(Right.CONFIGURE),
    }
    return render(request, "tickets/console/rule.html", context)


def _preview(request: StaffRequest, row: AutomationRule, shown: dict[str, Any]) -> rehearsing.Preview | None:
    if "condition" not in shown:
        return None
    return rehearsing.preview(row.trigger, shown["condition"], tickets_for(request.user), clock.now())


def _rule(pk: int) -> AutomationRule:
    return get_object_or_404(AutomationRule.objects.kept(), pk=pk)


def _rehearsed(request: StaffRequest, row: AutomationRule) -> dict[str, Any] | None:
    """What the rule would do to the ticket somebody names, and why; nothing is changed."""
    number = request.GET.get("ticket", "").strip().upper()
    if not number:
        return None
    ticket = tickets_for(request.user).filter(number=number).first()
    if ticket is None:
        return {"unknown": number}
    steps = parse_steps(row.steps, stored=True)
    found = rehearsing.rehearse(conditions.parse(row.conditions), steps, ticket, clock.now())
    return {
        "ticket": ticket,
        "holds": found.holds,
        "answers": [(conditions.describe(leaf), holds) for leaf, holds in found.answers],
        "steps": [describe_step(step) for step in found.changing],
        "refused": words.refusal(found.refused) if found.refused else "",
    }


def _told(run: RuleRun) -> dict[str, Any]:
    """A line of the log: what was asked, what was done, why not."""
    outcome = RunOutcome(run.outcome)
    code, facts = run.said.get("code", ""), run.said.get("facts", {})
    return {
        "run": run,
        "ticket": run.ticket,
        "outcome": outcome.label,
        "tone": TONES[outcome],
        "steps": [describe_step(step) for step in parse_steps(run.taken, stored=True)],
        "because": words.refusal(Refused(code, **facts)) if code else run.said.get("error", ""),
    }


# --- writing -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def rule_new(request: StaffRequest) -> HttpResponse:
    """A new rule, switched off until somebody switches it on."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a rule; it counts at once."""
    return _write(request, _rule(pk))


def _write(request: StaffRequest, row: AutomationRule | None) -> HttpResponse:
    stored, steps = (row.conditions, row.steps) if row else ({}, [])
    if request.method == "GET":
        shown = RuleForm.initial_of(row) if row else None
        form = RuleForm(initial=shown, conditions=ConditionRows.of(stored), steps=StepRows.of(steps))
        return _editor(request, form, row)
    checked = not only_redraws(request.POST, BUTTONS)
    form = RuleForm(
        request.POST,
        conditions=ConditionRows.typed(request.POST, stored=stored, checked=checked),
        steps=StepRows.typed(request.POST, checked=checked),
    )
    if not checked:
        return _editor(request, unchecked(form), row)
    return perform(
        request,
        lambda: _save(request, row, form),
        to=_address,
        said=_("The rule is changed.")
        if row
        else _("The rule is saved. Look at the preview, then switch it on."),
        form=form,
        page=lambda status: _editor(request, form, row, status=status),
    )


def _save(request: StaffRequest, row: AutomationRule | None, form: RuleForm) -> AutomationRule:
    if row is None:
        return changing.add_rule(by=request.user, **form.content)
    return changing.edit_rule(row, by=request.user, **form.content)


def _editor(
    request: StaffRequest, form: RuleForm, row: AutomationRule | None, *, status: int = 200
) -> HttpResponse:
    return render(request, "tickets/console/rule_edit.html", {"form": form, "rule": row}, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def rule_move(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up, or with `down` one place down."""
    up = "down" not in request.POST
    return _done(request, pk, lambda row: changing.move_rule(row, up=up, by=request.user))


@require_POST
@staff_required(Right.CONFIGURE)
def rule_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch it on, or with `off` switch it off."""
    on = "off" not in request.POST
    said = _("The rule works from now on.") if on else _("The rule rests.")
    return _done(request, pk, lambda row: changing.switch_rule(row, on=on, by=request.user), said)


@require_POST
@staff_required(Right.CONFIGURE)
def rule_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it from the list; its log stays."""
    said = _("The rule is removed.")
    return _done(request, pk, lambda row: changing.remove_rule(row, by=request.user), said)


def _done(
    request: StaffRequest, pk: int, act: Callable[[AutomationRule], AutomationRule], said: str = ""
) -> HttpResponse:
    row = _rule(pk)
    return perform(request, lambda: act(row), to=reverse("console:rules"), said=said)


def _address(row: AutomationRule) -> str:
    return reverse("console:rule", args=[row.pk])


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_rules(request: StaffRequest, number: str) -> HttpResponse:
    """Which rules touched a ticket, and why."""
    row = get_object_or_404(tickets_for(request.user), number=number)
    runs = RuleRun.objects.filter(ticket=row).select_related("rule").order_by("-pk")[:50]
    context = {"ticket": row, "log": [{**_told(run), "rule": run.rule} for run in runs]}
    return render(request, "tickets/console/ticket_rules.html", context)
