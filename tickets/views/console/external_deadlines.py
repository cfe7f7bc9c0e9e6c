"""Deadlines that others set, what follows when they are missed, and what others would have meant."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import bilingual, clock, events
from core.views.verbs import perform
from tickets import conditions, ladder, promised, whatif
from tickets.actions import external_deadlines as actions
from tickets.forms import ConditionRows, ExternalDeadlineForm, ExternalLadderFormSet, StepForm
from tickets.forms import conditions as condition_rows
from tickets.forms import external_deadlines as own
from tickets.forms.redrawing import only_redraws, unchecked, unchecked_set
from tickets.models import ExternalPromise
from tickets.views.console.promises import HISTORY, WEEKS_BACK, rights


@require_safe
@staff_required(Right.READ_TICKETS)
def external_deadlines(request: StaffRequest) -> HttpResponse:
    """All of them, those that are switched off last."""
    rows = ExternalPromise.objects.select_related("calendar").order_by("-is_active", "name_en", "pk")
    context = {"deadlines": [_shown(row) for row in rows], **rights(request)}
    return render(request, "tickets/console/external_deadlines.html", context)


def _shown(row: ExternalPromise) -> dict[str, Any]:
    """A deadline in words."""
    return {
        "row": row,
        "consequence": bilingual.pick(row, "consequence"),
        "applies": conditions.describe(conditions.parse(row.conditions)),
        "ladder": promised.ladder_words(ladder.parse(row.ladder)),
    }


@require_safe
@staff_required(Right.READ_TICKETS)
def external_deadline(request: StaffRequest, pk: int) -> HttpResponse:
    """One deadline: to which tickets it applies, how long there is, its ladder."""
    row = get_object_or_404(ExternalPromise.objects.select_related("calendar"), pk=pk)
    context = {
        **_shown(row),
        "deadline": row,
        "events": events.history(row).order_by("-pk")[:HISTORY],
        **rights(request),
    }
    return render(request, "tickets/console/external_deadline.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def external_deadline_new(request: StaffRequest) -> HttpResponse:
    """A new one, switched off until somebody switches it on."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def external_deadline_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one; it counts for clocks that begin from then on."""
    return _write(request, get_object_or_404(ExternalPromise.objects.select_related("calendar"), pk=pk))


def _write(request: StaffRequest, row: ExternalPromise | None) -> HttpResponse:
    stored = row.conditions if row else {}
    if request.method == "GET":
        shown = ExternalDeadlineForm.initial_of(row) if row else None
        steps = [StepForm.initial_of(step) for step in ladder.parse(row.ladder)] if row else []
        form = ExternalDeadlineForm(initial=shown, conditions=ConditionRows.of(stored))
        return _editor(request, form, ExternalLadderFormSet(initial=steps, prefix="ladder"), row)
    checked = not only_redraws(request.POST, condition_rows.BUTTONS)
    rows = ConditionRows.typed(request.POST, stored=stored, checked=checked)
    form = ExternalDeadlineForm(request.POST, conditions=rows)
    steps_form = ExternalLadderFormSet(request.POST, prefix="ladder")
    if not checked:
        return _editor(request, unchecked(form), unchecked_set(steps_form), row)
    if form.is_valid() and not steps_form.is_valid():
        form.add_error(None, _("Look at the warnings and escalations again."))
    if only_redraws(request.POST, own.BUTTONS):
        return _editor(request, form, steps_form, row, replay=_replayed(row, form))
    return perform(
        request,
        lambda: _save(request, row, form.content(steps_form.forms)),
        to=_address,
        said=_("Saved. It counts for what begins from now on.")
        if row
        else _("Saved. It still has to be switched on."),
        form=form,
        page=lambda status: _editor(request, form, steps_form, row, status=status),
    )


def _save(request: StaffRequest, row: ExternalPromise | None, content: dict[str, Any]) -> ExternalPromise:
    if row is None:
        return actions.add_external_deadline(**content, by=request.user)
    return actions.edit_external_deadline(row, **content, by=request.user)


def _replayed(row: ExternalPromise | None, form: ExternalDeadlineForm) -> whatif.Replay | None:
    """Past weeks under what was typed; None for a deadline without a past, or when something is amiss."""
    if row is None or not form.is_valid():
        return None
    now = clock.now()
    return whatif.under_deadline(
        row,
        conditions.parse(form.conditions.stored),
        form.length,
        form.cleaned_data["calendar"].published,
        since=now - timedelta(weeks=WEEKS_BACK),
        at=now,
    )


def _editor(
    request: StaffRequest,
    form: ExternalDeadlineForm,
    steps: Any,
    row: ExternalPromise | None,
    *,
    status: int = 200,
    replay: whatif.Replay | None = None,
) -> HttpResponse:
    context = {"form": form, "ladder": steps, "deadline": row, "replay": replay, "weeks_back": WEEKS_BACK}
    return render(request, "tickets/console/external_deadline_edit.html", context, status=status)


def _address(row: ExternalPromise) -> str:
    return reverse("console:external-deadline", args=[row.pk])


@require_POST
@staff_required(Right.CONFIGURE)
def external_deadline_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch it on, or with `off` switch it off."""
    row = get_object_or_404(ExternalPromise, pk=pk)
    on = "off" not in request.POST
    return perform(
        request,
        lambda: actions.switch_external_deadline(row, on=on, by=request.user),
        to=_address(row),
        said=_("It starts clocks from now on.")
        if on
        else _("It starts no more clocks; those that run go on."),
    )
