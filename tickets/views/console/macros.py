"""Macros: chosen in the composer, used alone or on many tickets, written and looked after by leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.models import Language
from accounts.rights import Right
from core import bilingual, events, words
from core.errors import Refused
from core.views.panels import panel
from core.views.verbs import CONFLICT, UNREADABLE, perform
from tickets.access import tickets_for
from tickets.automation.steps import describe_step, parse_steps
from tickets.forms import DraftForm, MacroForm, MacroStepRows, PreviewForm, ReplyForm
from tickets.forms import steps as step_rows
from tickets.forms.macros import MACRO_STATES
from tickets.forms.redrawing import only_redraws, unchecked
from tickets.macros import changing, choosing, using
from tickets.macros.choosing import Proposal
from tickets.models import Macro, MacroQuerySet, Ticket
from tickets.placeholders import PLACEHOLDERS, Facts, Filled, check, fill
from tickets.views.console.ticket import found, page

HISTORY = 8
BUTTONS = step_rows.BUTTONS | {"preview"}

# --- in the composer ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def ticket_macros(request: StaffRequest, number: str) -> HttpResponse:
    """The macros one may use on the ticket, to choose one.

    A page without scripts sends the reply as it stands along, and gets it back with the macro in it.
    """
    row = found(request, number)
    if request.method == "GET":
        return _chooser(request, row, DraftForm())
    draft = DraftForm(request.POST, request.FILES)
    if not draft.is_valid():
        return _chooser(request, row, draft, status=UNREADABLE)
    try:
        draft.keep_files(request.session, by=request.user)
    except Refused as refused:
        messages.error(request, words.refusal(refused))
        return page(request, row, reply_form=_carried(draft), status=CONFLICT)
    macro = choosing.macros_for(request.user).filter(code=draft.cleaned_data["insert"])
    proposals = choosing.propose(macro, row, request.user)
    if not proposals:
        return _chooser(request, row, draft)
    return page(request, row, reply_form=_carried(draft, proposals[0]))


def _chooser(request: StaffRequest, row: Ticket, draft: DraftForm, *, status: int = 200) -> HttpResponse:
    asked = request.POST.get("q", request.GET.get("q", ""))
    usable = choosing.macros_for(request.user).most_used_first()
    context = {
        "ticket": row,
        "draft": draft,
        "asked": asked,
        "proposals": choosing.propose(choosing.matching(usable, asked), row, request.user),
        "query": request.GET.urlencode(),
    }
    return panel(request, "tickets/console/_macros.html", context, title=_("Macros"), status=status)


def _carried(draft: DraftForm, macro: Proposal | None = None) -> ReplyForm:
    """The reply as it stands, with the text of a macro behind it and with its steps."""
    told, text, steps = draft.cleaned_data, macro.filled.text if macro else "", macro.steps if macro else ()
    written = told["body"].rstrip()
    form = ReplyForm(
        initial={
            "body": "\n\n".join(part for part in (written, text) if part),
            "key": told["key"],
            "draft": draft["draft"].value(),
            "macros": [*(told["macros"] or ()), *([macro.macro.code] if macro else ())],
            "steps": [*(told["steps"] or ()), *(one.key for one in steps)],
        }
    )
    form.kept = draft.kept
    return form


@require_POST
@staff_required(Right.WORK_TICKETS)
def ticket_macro_apply(request: StaffRequest, number: str, code: str) -> HttpResponse:
    """Use a macro without text: take its steps."""
    row = found(request, number)
    macro = get_object_or_404(choosing.macros_for(request.user), code=code)
    query = request.GET.urlencode()
    return perform(
        request,
        lambda: using.apply(macro, row, by=request.user),
        to=reverse("console:ticket", args=[row.number]) + (f"?{query}" if query else "") + "#newest",
        said=_("“%(macro)s” is done.") % {"macro": macro},
    )


# --- writing them ------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.WRITE_MACROS)
def macros(request: StaffRequest) -> HttpResponse:
    """All macros, the most used first."""
    asked, state = request.GET.get("q", ""), request.GET.get("state", "")
    rows = choosing.matching(_in_state(state), asked).most_used_first().select_related("team")
    context = {
        "macros": [(row, _said(row)) for row in rows],
        "asked": asked,
        "state": state,
        "states": MACRO_STATES,
    }
    return render(request, "tickets/console/macros.html", context)


def _in_state(state: str) -> MacroQuerySet:
    every = Macro.objects.all()
    return every.filter(is_active=state == "on") if state in ("on", "off") else every


def _said(macro: Macro) -> list[str]:
    return [describe_step(step) for step in parse_steps(macro.steps, stored=True)]


@require_http_methods(["GET", "POST"])
@staff_required(Right.WRITE_MACROS)
def macro_new(request: StaffRequest) -> HttpResponse:
    """A new macro."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@staff_required(Right.WRITE_MACROS)
def macro_edit(request: StaffRequest, code: str) -> HttpResponse:
    """Both languages side by side, the steps, and what it would say on a ticket."""
    return _write(request, get_object_or_404(Macro.objects.select_related("team"), code=code))


def _write(request: StaffRequest, row: Macro | None) -> HttpResponse:
    if request.method == "GET":
        steps = MacroStepRows.of(row.steps if row else [])
        form = MacroForm(initial=MacroForm.initial_of(row) if row else None, macro=row, steps=steps)
        return _editor(request, form, row)
    checked = not only_redraws(request.POST, BUTTONS)
    steps = MacroStepRows.typed(request.POST, checked=checked)
    form = MacroForm(request.POST, macro=row, steps=steps)
    if not checked:
        return _editor(request, unchecked(form), row)
    return perform(
        request,
        lambda: _save(request, row, form),
        to=lambda saved: reverse("console:macro-edit", args=[saved.code]),
        said=_("Saved."),
        form=form,
        page=lambda status: _editor(request, form, row, status=status),
    )


def _save(request: StaffRequest, row: Macro | None, form: MacroForm) -> Macro:
    fields = {**form.cleaned_data, "steps": form.steps.stored}
    if row is None:
        return changing.add_macro(**fields, by=request.user)
    return changing.edit_macro(row, **fields, by=request.user)


def _editor(request: StaffRequest, form: MacroForm, row: Macro | None, *, status: int = 200) -> HttpResponse:
    asked = request.POST.get("ticket", request.GET.get("ticket", "")).strip()
    context = {
        "form": form,
        "macro": row,
        "placeholders": PLACEHOLDERS.values(),
        "preview_form": PreviewForm(initial={"ticket": asked}),
        "asked": asked,
        "preview": _preview(request, form, asked) if asked else [],
        "events": events.history(row).order_by("-pk")[:HISTORY] if row else [],
    }
    return render(request, "tickets/console/macro_edit.html", context, status=status)


@dataclass(frozen=True)
class Tried:
    """A text on a ticket; `wrong` says why it cannot be filled in."""

    language: Language
    filled: Filled
    wrong: str = ""


def _preview(request: StaffRequest, form: MacroForm, number: str) -> Sequence[Tried]:
    """The text in each language on a ticket; nothing when there is no such ticket."""
    known = tickets_for(request.user).select_related("customer", "order__shop")
    ticket = known.filter(number__iexact=number).first()
    if ticket is None:
        return []
    texts = ((Language.ENGLISH, "body_en"), (Language.CHINESE, "body_zh"))
    return [
        _tried(str(form[name].value() or ""), Facts(ticket, request.user, language.value), language)
        for language, name in texts
    ]


def _tried(text: str, facts: Facts, language: Language) -> Tried:
    try:
        check(text)
    except ValueError as error:
        return Tried(language, Filled("", ()), str(error))
    return Tried(language, fill(text, facts))


@require_POST
@staff_required(Right.WRITE_MACROS)
def macro_switch(request: StaffRequest, code: str) -> HttpResponse:
    """Offer it at the desk, or not."""
    row, on = get_object_or_404(Macro, code=code), bool(request.POST.get("on"))
    return perform(
        request,
        lambda: changing.switch_macro(row, on=on, by=request.user),
        to=reverse("console:macro-edit", args=[code]),
        said=_("It is offered at the desk.") if on else _("It is no longer offered."),
    )


@require_POST
@staff_required(Right.WRITE_MACROS)
def macro_remove(request: StaffRequest, code: str) -> HttpResponse:
    """Take it away for good."""
    row = get_object_or_404(Macro.objects.select_related("team"), code=code)
    return perform(
        request,
        lambda: changing.remove_macro(row, by=request.user),
        to="console:macros",
        said=_("“%(macro)s” is removed.") % {"macro": bilingual.pick(row, "name")},
    )
