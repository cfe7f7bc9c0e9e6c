"""One request out of two, two out of one, and what belongs together: the pages."""

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.views.panels import panel
from core.views.verbs import onward, perform
from tickets import actions, linked, merged, queries
from tickets.access import tickets_for
from tickets.forms import BulkForm
from tickets.forms.merging import CHILD, LinkForm, MergeForm, SplitForm, UnlinkForm
from tickets.models import Message, Ticket, TicketLink
from tickets.states import LinkKind
from tickets.views.console.ticket import found


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def merge(request: StaffRequest, number: str) -> HttpResponse:
    """Choose the ticket of the customer in which this one goes on, see what happens, and do it."""
    row = found(request, number)
    form = MergeForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "GET":
        return _merge_page(request, row, form)
    return perform(
        request,
        lambda: actions.merge(row, by=request.user, **form.cleaned_data),
        to=lambda target: _address(request, target),
        said=lambda target: _("%(number)s goes on here.") % {"number": row.number},
        form=form,
        page=lambda status: _merge_page(request, row, form, status=status),
    )


def _merge_page(request: StaffRequest, row: Ticket, form: MergeForm, *, status: int = 200) -> HttpResponse:
    chosen = form.data.get("into") if form.is_bound else request.GET.get("into", "")
    asked = request.GET.get("q", "").strip()
    numbers = queries.possible_numbers(chosen or "")
    into = tickets_for(request.user).filter(number__in=numbers).exclude(pk=row.pk).first()
    context = {
        "ticket": row,
        "form": form,
        "asked": asked,
        "chosen": into.number if into else "",
        "candidates": _with_chosen(linked.candidates(row, asked), into),
        "foresight": linked.foresee(row, into) if into is not None else None,
        "query": request.GET.urlencode(),
        "now": clock.now(),
    }
    title = _("Merge %(number)s") % {"number": row.number}
    return panel(request, "tickets/console/_merge.html", context, title=title, status=status)


def _with_chosen(offered: list[Ticket], into: Ticket | None) -> list[Ticket]:
    known = into is None or into.pk in {ticket.pk for ticket in offered}
    return offered if known or into is None else [into, *offered]


@require_POST
@staff_required(Right.WORK_TICKETS)
def unmerge(request: StaffRequest, number: str) -> HttpResponse:
    """Take a merged ticket out again."""
    row = found(request, number)
    return perform(
        request,
        lambda: actions.unmerge(row, by=request.user),
        to=_address(request, row),
        said=_("%(number)s is a ticket of its own again.") % {"number": number},
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def split(request: StaffRequest, number: str) -> HttpResponse:
    """Choose the messages that are another concern, and start a ticket with them."""
    row = found(request, number)
    said = list(Message.objects.filter(ticket__in=merged.family(row)).order_by("pk"))
    data = request.POST if request.method == "POST" else None
    form = SplitForm(data, offered=[message.pk for message in said], initial={"subject": row.subject})

    def page(status: int = 200) -> HttpResponse:
        ticked = set(data.getlist("messages")) if data is not None else set()
        files = queries.files_of(said)
        rows = [(message, str(message.pk) in ticked, files.get(message.pk, ())) for message in said]
        context = {"ticket": row, "form": form, "rows": rows, "query": request.GET.urlencode()}
        return render(request, "tickets/console/split.html", context, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: actions.split(
            row,
            messages=[message for message in said if message.pk in form.cleaned_data["messages"]],
            subject=form.cleaned_data["subject"],
            by=request.user,
        ),
        to=lambda new: _address(request, new),
        said=lambda new: _("%(number)s is open.") % {"number": new.number},
        form=form,
        page=page,
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def unsplit(request: StaffRequest, number: str) -> HttpResponse:
    """Put a split-off ticket back."""
    row = found(request, number)
    return perform(
        request,
        lambda: actions.unsplit(row, by=request.user),
        to=_address(request, row),
        said=_("%(number)s is back where it came from.") % {"number": number},
    )


# --- links -------------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_links(request: StaffRequest, number: str) -> HttpResponse:
    """What hangs together with a ticket: a panel of its page."""
    row = found(request, number)
    return _links_panel(request, row, LinkForm(user=request.user))


def _links_panel(request: StaffRequest, row: Ticket, form: LinkForm, *, status: int = 200) -> HttpResponse:
    context = {
        "ticket": row,
        "form": form,
        "neighbours": linked.neighbours(row),
        "merged": linked.merged_into(row),
        "told_apart": linked.told_apart(row),
        "may_work": request.user.may(Right.WORK_TICKETS),
        "now": clock.now(),
    }
    return panel(request, "tickets/console/_links.html", context, title=_("Linked tickets"), status=status)


@require_POST
@staff_required(Right.WORK_TICKETS)
def link(request: StaffRequest, number: str) -> HttpResponse:
    """Link it with another ticket."""
    row, form = found(request, number), LinkForm(request.POST, user=request.user)
    return perform(
        request,
        lambda: _link(request, row, **form.cleaned_data),
        to=_address(request, row),
        said=_("Linked."),
        form=form,
        page=lambda status: _links_panel(request, row, form, status=status),
    )


def _link(request: StaffRequest, row: Ticket, *, other: Ticket, kind: str) -> TicketLink:
    if kind == LinkKind.PARENT:
        return actions.link(other, other=row, kind=kind, by=request.user)
    kind = LinkKind.PARENT if kind == CHILD else kind
    return actions.link(row, other=other, kind=kind, by=request.user)


@require_POST
@staff_required(Right.WORK_TICKETS)
def unlink(request: StaffRequest, number: str) -> HttpResponse:
    """Take a link away, or say that the two are not the same request."""
    row, form = found(request, number), UnlinkForm(request.POST, user=request.user)
    return perform(
        request,
        lambda: actions.unlink(row, other=form.cleaned_data["other"], by=request.user),
        to=_address(request, row),
        said=_("The link is gone."),
        form=form,
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def suspect_again(request: StaffRequest, number: str) -> HttpResponse:
    """Take back that two tickets are not the same request."""
    row, form = found(request, number), UnlinkForm(request.POST, user=request.user)
    return perform(
        request,
        lambda: actions.suspect_again(row, other=form.cleaned_data["other"], by=request.user),
        to=_address(request, row),
        said=_("They may be the same request again."),
        form=form,
    )


# --- several at once ---------------------------------------------------------------------------------


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_merge(request: StaffRequest) -> HttpResponse:
    """Merge the ticked tickets into the oldest of them."""
    form = BulkForm(request.POST)
    back = f"{reverse('console:inbox')}?{request.GET.urlencode()}"
    if form.is_valid() and len(set(form.cleaned_data["tickets"])) < 2:
        toasts.error(request, _("Tick at least two tickets to merge them."))
        return onward(request, back)

    def act() -> tuple[Ticket, int]:
        rows = list(tickets_for(request.user).filter(number__in=form.cleaned_data["tickets"]))
        return actions.merge_all(rows, by=request.user), len(rows)

    return perform(request, act, to=back, said=_one_now, form=form)


def _one_now(done: Any) -> str:
    target, count = done
    text = ngettext(
        "%(count)s ticket is one now: %(number)s.", "%(count)s tickets are one now: %(number)s.", count
    )
    return text % {"count": count, "number": target.number}


def _address(request: StaffRequest, row: Ticket) -> str:
    """The ticket's page, beside the queue one came from."""
    kept = request.GET.copy()
    for name in ("q", "into"):
        kept.pop(name, None)
    query = kept.urlencode()
    return reverse("console:ticket", args=[row.number]) + (f"?{query}" if query else "") + "#newest"
