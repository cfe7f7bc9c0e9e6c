"""Calendars and policies: their versions, what a draft would have meant, and how promises were kept."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import bilingual, clock, events
from core.views.verbs import perform
from tickets import conditions, holidays, promised, report, whatif, yearview
from tickets.actions import promises as actions
from tickets.calendars import write_hours
from tickets.forms import CalendarForm, ConditionRows, LadderFormSet, LoadHolidaysForm, PolicyForm, StepForm
from tickets.forms.conditions import BUTTONS
from tickets.forms.promises import WEEKDAYS
from tickets.forms.redrawing import only_redraws, unchecked, unchecked_set
from tickets.ladder import parse as ladder_of
from tickets.models import CalendarVersion, PolicyVersion, ServiceCalendar, SlaPolicy
from tickets.targets import parse as targets_of

WEEKS_BACK = 4
HELD_AT_ONCE = 500
HISTORY = 8

# --- calendars ---------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.READ_TICKETS)
def calendars(request: StaffRequest) -> HttpResponse:
    """All calendars with their week at a glance."""
    rows = ServiceCalendar.objects.select_related("current").prefetch_related("versions")
    listed = [(row, _week(row.current), _draft(row)) for row in rows]
    context = {"calendars": listed, **rights(request)}
    return render(request, "tickets/console/calendars.html", context)


def _week(version: CalendarVersion | None) -> list[tuple[Any, list[str]]]:
    """Weekdays with their spans of hours as people write them."""
    weekly = version.weekly if version else {}
    return [(label, [write_hours([span]) for span in weekly.get(str(day), ())]) for day, label in WEEKDAYS]


def rights(request: StaffRequest) -> dict[str, bool]:
    """What of the pages about promises the reader may do."""
    return {
        "may_configure": request.user.may(Right.CONFIGURE),
        "may_report": request.user.may(Right.READ_DASHBOARDS),
    }


def _draft(row: Any) -> Any:
    return next((version for version in row.versions.all() if version.published_at is None), None)


@require_safe
@staff_required(Right.READ_TICKETS)
def calendar(request: StaffRequest, code: str) -> HttpResponse:
    """One calendar: its week, a year of it, its versions; the draft beside what counts now."""
    row = get_object_or_404(ServiceCalendar.objects.select_related("current"), code=code)
    draft = _draft(row)
    shown = draft if draft and (row.current is None or "draft" in request.GET) else row.current
    now = clock.now()
    year = _year(request, now.year)
    months = yearview.months(shown, year) if shown else []
    context = {
        "calendar": row,
        "draft": draft,
        "shown": shown,
        "week": _week(shown),
        "months": months,
        "counts": yearview.counts(months),
        "year": year,
        "weekdays": [(_initial(str(label)), label) for _day, label in WEEKDAYS],
        "policies": SlaPolicy.objects.filter(current__calendar=row),
        "versions": row.versions.all()[:HISTORY],
        "replay": _replayed(request, draft, whatif.under_calendar),
        "weeks_back": WEEKS_BACK,
        **rights(request),
        "events": events.history(row).order_by("-pk")[:HISTORY],
    }
    return render(request, "tickets/console/calendar.html", context)


def _initial(label: str) -> str:
    """The letter that tells a weekday: the first in English, the last in Chinese (星期一)."""
    return label[-1] if bilingual.is_chinese(get_language()) else label[:1]


def _year(request: StaffRequest, present: int) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and present - 10 <= int(asked) <= present + 10 else present


def _replayed(request: StaffRequest, draft: Any, under: Any) -> whatif.Replay | None:
    """Past weeks under the draft, when somebody asks."""
    if draft is None or "whatif" not in request.GET or not request.user.may(Right.CONFIGURE):
        return None
    now = clock.now()
    replay: whatif.Replay = under(draft, since=now - timedelta(weeks=WEEKS_BACK), at=now)
    return replay


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def calendar_new(request: StaffRequest) -> HttpResponse:
    """A new calendar with its first draft."""
    if request.method == "GET":
        week = {f"day_{weekday}": "09:00–18:00" for weekday in range(5)}
        return _calendar_editor(request, CalendarForm(initial={"zone": request.user.time_zone, **week}))
    form = CalendarForm(request.POST)

    def act() -> ServiceCalendar:
        names = {name: form.cleaned_data[name] for name in ("name_en", "name_zh")}
        row = actions.create_calendar(code=form.cleaned_data["code"], **names, by=request.user)
        _draft_calendar(request, row, form)
        return row

    return perform(
        request,
        act,
        to=_draft_address,
        said=_("The draft is saved. It counts once it is published."),
        form=form,
        page=lambda status: _calendar_editor(request, form, status=status),
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def calendar_edit(request: StaffRequest, code: str) -> HttpResponse:
    """Write the draft of the next version."""
    row = get_object_or_404(ServiceCalendar.objects.select_related("current"), code=code)
    basis = _draft(row) or row.current
    if request.method == "GET":
        initial = CalendarForm.initial_of(row, basis) if basis else {}
        return _calendar_editor(request, CalendarForm(initial=initial, calendar=row), row)
    form = CalendarForm(request.POST, calendar=row)
    return perform(
        request,
        lambda: _draft_calendar(request, row, form),
        to=_draft_address(row),
        said=_("The draft is saved. It counts once it is published."),
        form=form,
        page=lambda status: _calendar_editor(request, form, row, status=status),
    )


def _draft_calendar(request: StaffRequest, row: ServiceCalendar, form: CalendarForm) -> CalendarVersion:
    given = {name: form.cleaned_data[name] for name in ("name_en", "name_zh", "note")}
    return actions.draft_calendar(row, hours=form.hours, **given, by=request.user)


def _draft_address(row: ServiceCalendar) -> str:
    return reverse("console:calendar", args=[row.code]) + "?draft"


def _calendar_editor(
    request: StaffRequest, form: CalendarForm, row: ServiceCalendar | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "calendar": row, "load": _load_form(None), "draft": row and _draft(row)}
    return render(request, "tickets/console/calendar_edit.html", context, status=status)


def _load_form(data: Any) -> LoadHolidaysForm:
    year = clock.now().year
    return LoadHolidaysForm(data, years=range(year - 1, year + 3), initial={"year": year})


@require_POST
@staff_required(Right.CONFIGURE)
def calendar_holidays(request: StaffRequest, code: str) -> HttpResponse:
    """Write a country's public holidays of a year into the draft; make-up days get Monday's hours."""
    row = get_object_or_404(ServiceCalendar.objects.select_related("current"), code=code)
    form = _load_form(request.POST)
    return perform(
        request,
        lambda: actions.load_holidays(
            row,
            holidays.public_holidays(form.cleaned_data["country"], [form.cleaned_data["year"]]),
            by=request.user,
        ),
        to=_draft_address(row) + f"&year={form.data.get('year', '')}",
        said=lambda count: (
            ngettext("%s day is written into the draft.", "%s days are written into the draft.", count)
            % count
        ),
        form=form,
    )


@require_POST
@staff_required(Right.CONFIGURE)
def calendar_publish(request: StaffRequest, code: str) -> HttpResponse:
    """Let the draft count from now on."""
    row = get_object_or_404(ServiceCalendar, code=code)
    return perform(
        request,
        lambda: actions.publish_calendar(row, by=request.user),
        to=reverse("console:calendar", args=[row.code]),
        said=_("Published. Clocks that run keep the version they began with."),
    )


@require_POST
@staff_required(Right.CONFIGURE)
def calendar_switch(request: StaffRequest, code: str) -> HttpResponse:
    """Offer it for promises, or with `off` not any longer."""
    row = get_object_or_404(ServiceCalendar, code=code)
    on = "off" not in request.POST
    return perform(
        request,
        lambda: actions.switch_calendar(row, on=on, by=request.user),
        to=reverse("console:calendar", args=[row.code]),
        said=_("It can be chosen for promises.") if on else _("It can be chosen for nothing new."),
    )


# --- policies ----------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.READ_TICKETS)
def policies(request: StaffRequest) -> HttpResponse:
    """All policies in the order in which they are asked."""
    rows = SlaPolicy.objects.select_related("current__calendar").prefetch_related("versions")
    listed = [(row, _applies(row.current), _grid(row.current), _draft(row)) for row in rows]
    context = {"policies": listed, **rights(request)}
    return render(request, "tickets/console/policies.html", context)


def _applies(version: PolicyVersion | None) -> str:
    return conditions.describe(conditions.parse(version.conditions)) if version else ""


def _grid(version: PolicyVersion | None) -> list[tuple[str, list[tuple[str, timedelta | None]]]]:
    """Targets as rows: kind of clock, then each priority with its length, the most urgent first."""
    found = targets_of(version.targets) if version else {}
    kinds, priorities = PolicyForm.axes()
    return [
        (str(kind.label), [(str(one.label), found.get(kind, {}).get(one.value)) for one in priorities])
        for kind in kinds
    ]


@require_safe
@staff_required(Right.READ_TICKETS)
def policy(request: StaffRequest, pk: int) -> HttpResponse:
    """One policy: to which tickets it applies, what it promises, its ladder and versions."""
    row = get_object_or_404(SlaPolicy.objects.select_related("current__calendar"), pk=pk)
    draft = _draft(row)
    shown = draft if draft and (row.current is None or "draft" in request.GET) else row.current
    context = {
        "policy": row,
        "draft": draft,
        "shown": shown,
        "applies": _applies(shown),
        "grid": _grid(shown),
        "priorities": [str(one.label) for one in PolicyForm.axes()[1]],
        "ladder": promised.ladder_words(ladder_of(shown.ladder)) if shown else [],
        "versions": row.versions.all()[:HISTORY],
        "behind": actions.behind(row)[: HELD_AT_ONCE + 1].count(),
        "held_at_once": HELD_AT_ONCE,
        "replay": _replayed(request, draft, whatif.under_policy),
        "weeks_back": WEEKS_BACK,
        **rights(request),
        "events": events.history(row).order_by("-pk")[:HISTORY],
    }
    return render(request, "tickets/console/policy.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def policy_new(request: StaffRequest) -> HttpResponse:
    """A new policy with its first draft."""
    return _edit_policy(request, None)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def policy_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the draft of the next version."""
    return _edit_policy(
        request, get_object_or_404(SlaPolicy.objects.select_related("current__policy"), pk=pk)
    )


def _edit_policy(request: StaffRequest, row: SlaPolicy | None) -> HttpResponse:
    basis = (_draft(row) or row.current) if row else None
    stored = basis.conditions if basis else {}
    if request.method == "GET":
        steps = [StepForm.initial_of(step) for step in ladder_of(basis.ladder)] if basis else []
        shown = PolicyForm.initial_of(basis) if basis else {}
        form = PolicyForm(initial=shown, conditions=ConditionRows.of(stored))
        return _policy_editor(request, form, LadderFormSet(initial=steps, prefix="ladder"), row)
    checked = not only_redraws(request.POST, BUTTONS)
    rows = ConditionRows.typed(request.POST, stored=stored, checked=checked)
    form, ladder = PolicyForm(request.POST, conditions=rows), LadderFormSet(request.POST, prefix="ladder")
    if not checked:
        return _policy_editor(request, unchecked(form), unchecked_set(ladder), row)
    ladder_fits = ladder.is_valid()
    if form.is_valid() and not ladder_fits:
        form.add_error(None, _("Look at the warnings and escalations again."))
    return perform(
        request,
        lambda: _draft_policy(request, row, form, ladder),
        to=lambda draft: reverse("console:policy", args=[draft.policy_id]) + "?draft",
        said=_("The draft is saved. It holds for new tickets once it is published."),
        form=form,
        page=lambda status: _policy_editor(request, form, ladder, row, status=status),
    )


def _draft_policy(
    request: StaffRequest, row: SlaPolicy | None, form: PolicyForm, ladder: Any
) -> PolicyVersion:
    given = form.cleaned_data
    named = {name: given[name] for name in ("name_en", "name_zh", "order")}
    row = row or actions.create_policy(**named, by=request.user)
    return actions.draft_policy(
        row,
        calendar=given["calendar"],
        conditions=form.conditions.stored,
        targets=form.targets,
        ladder=[step.stored for step in ladder if step.stored is not None],
        is_active=given["is_active"],
        note=given["note"],
        by=request.user,
        **named,
    )


def _policy_editor(
    request: StaffRequest, form: PolicyForm, ladder: Any, row: SlaPolicy | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "ladder": ladder, "policy": row}
    return render(request, "tickets/console/policy_edit.html", context, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def policy_publish(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the draft hold for tickets opened from now on."""
    row = get_object_or_404(SlaPolicy, pk=pk)
    return perform(
        request,
        lambda: actions.publish_policy(row, by=request.user),
        to=reverse("console:policy", args=[row.pk]),
        said=_("Published. Tickets that run keep the version they are pinned to."),
    )


@require_POST
@staff_required(Right.CONFIGURE)
def policy_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Let it apply to new tickets, or with `off` not any longer."""
    row = get_object_or_404(SlaPolicy, pk=pk)
    on = "off" not in request.POST
    said = _("It applies to new tickets.") if on else _("It applies to no new ticket; clocks that run go on.")
    return perform(
        request,
        lambda: actions.switch_policy(row, on=on, by=request.user),
        to=reverse("console:policy", args=[row.pk]),
        said=said,
    )


@require_POST
@staff_required(Right.CONFIGURE)
def policy_hold(request: StaffRequest, pk: int) -> HttpResponse:
    """Hold unsolved tickets of the policy to what it promises now."""
    row = get_object_or_404(SlaPolicy, pk=pk)
    return perform(
        request,
        lambda: actions.hold_tickets_to(row, by=request.user, limit=HELD_AT_ONCE),
        to=reverse("console:policy", args=[row.pk]),
        said=lambda count: (
            ngettext("%s ticket is held to it now.", "%s tickets are held to it now.", count) % count
        ),
    )


# --- how promises were kept --------------------------------------------------------------------------


@require_safe
@staff_required(Right.READ_DASHBOARDS)
def clock_report(request: StaffRequest) -> HttpResponse:
    """Clocks that fell due lately: kept, missed, still running, by policy or team; and the missed ones."""
    now = clock.now()
    days = report.days_asked(request.GET.get("days", ""))
    by = report.split_asked(request.GET.get("by", ""))
    since = now - timedelta(days=days)
    context = {
        "rows": report.kept(since, now, by),
        "missed": report.missed(since, now),
        "days": days,
        "by": by,
        "periods": report.PERIODS,
        "splits": report.SPLITS.items(),
        **rights(request),
        "now": now,
    }
    return render(request, "tickets/console/clock_report.html", context)
