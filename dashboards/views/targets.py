"""What figures should reach: seen by whoever reads them, set by whoever configures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.views.verbs import perform
from dashboards import actions
from dashboards.forms import SetTargetForm
from dashboards.kpis import KPI_BY_SLUG, KPIS
from dashboards.periods import day_of
from dashboards.readings import Targets
from dashboards.shown.target import target_row


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def targets(request: StaffRequest) -> HttpResponse:
    """Every target: what holds now, since when, what comes next."""
    asked = request.GET.get("kpi", "")
    initial = {"kpi": asked if asked in KPI_BY_SLUG else KPIS[0].slug, "valid_from": day_of(clock.now())}
    return _page(request, SetTargetForm(initial=initial), 200)


@require_POST
@staff_required(Right.READ_DASHBOARDS, Right.CONFIGURE)
def set_target(request: StaffRequest) -> HttpResponse:
    """Let a figure aim at another share from a day on."""
    form = SetTargetForm(request.POST)
    return perform(
        request,
        lambda: actions.set_target(
            KPI_BY_SLUG[form.cleaned_data["kpi"]],
            value=form.cleaned_data["value"],
            valid_from=form.cleaned_data["valid_from"],
            by=request.user,
        ),
        form=form,
        to=reverse("dashboards:targets"),
        said=_("The target is set."),
        page=lambda status: _page(request, form, status),
    )


def _page(request: StaffRequest, form: SetTargetForm, status: int) -> HttpResponse:
    today, held = day_of(clock.now()), Targets(KPIS)
    context = {
        "form": form,
        "rows": [target_row(kpi, held, today) for kpi in KPIS],
        "may_set": request.user.may(Right.CONFIGURE),
    }
    return render(request, "dashboards/targets.html", context, status=status)
