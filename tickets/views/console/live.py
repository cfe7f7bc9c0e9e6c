"""What a ticket's page says and hears while it stays open: who is here, and drafts as they are written."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import notifying
from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.models import key_of
from core.views.verbs import onward, perform
from tickets import presence, queries
from tickets.actions import drafts, holding, moving_drafts
from tickets.forms import SavedDraftForm
from tickets.models import HeldReply, Ticket
from tickets.presence import Doing
from tickets.views.console.ticket import found

DONE = 204
UNREADABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Right.READ_TICKETS)
def ticket_presence(request: StaffRequest, number: str) -> HttpResponse:
    """Which colleagues are here; a POST says at the same time what the reader does (`doing`)."""
    row = found(request, number)
    if request.method == "POST":
        doing = _doing(request)
        presence.note(row, doing, by=request.user)
        if doing != Doing.LEFT:
            notifying.read(request.user, about=key_of(row))
    return render(request, "tickets/console/_presence.html", here(request, row))


def here(request: StaffRequest, row: Ticket) -> dict[str, object]:
    """What the line about colleagues shows."""
    others = presence.others(row, than=request.user)
    return {
        "ticket": row,
        "replying": [one.member for one in others if one.doing == Doing.REPLYING],
        "noting": [one.member for one in others if one.doing == Doing.NOTING],
        "looking": [one.member for one in others if one.doing == Doing.LOOKING],
    }


def _doing(request: StaffRequest) -> Doing:
    """What the page says; a word that is none counts as looking."""
    said = request.POST.get("doing", "")
    return Doing(said) if said in list(Doing) else Doing.LOOKING


@require_POST
@staff_required(Right.WORK_TICKETS)
def ticket_draft(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what the reader is writing; 204, also when there was nothing to keep."""
    row, form = found(request, number), SavedDraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=UNREADABLE)
    drafts.save_draft(row, **form.cleaned_data, by=request.user)
    return HttpResponse(status=DONE)


@require_POST
@staff_required(Right.WORK_TICKETS)
def draft_take(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Go on here with what the reader wrote on a ticket that was merged into this one."""
    row = found(request, number)
    draft = get_object_or_404(queries.strays(row, request.user), pk=pk)
    moving_drafts.take_draft(draft, into=row)
    query = request.GET.urlencode()
    return onward(request, reverse("console:ticket", args=[number]) + (f"?{query}" if query else ""))


@require_POST
@staff_required(Right.WORK_TICKETS)
def reply_undo(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Take a reply back before it leaves; its words are in the composer again."""
    return perform(
        request,
        lambda: holding.undo(_held(request, number, pk), by=request.user),
        to=reverse("console:ticket", args=[number]) + "#composing",
        said=_("Taken back. Nothing was sent."),
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def reply_send_now(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Send a held reply without waiting any longer."""
    held, now = _held(request, number, pk), clock.now()
    HeldReply.objects.held().filter(pk=held.pk).update(due_at=now)
    holding.send_held(held, now)
    return onward(request, reverse("console:ticket", args=[number]) + "#newest")


def _held(request: StaffRequest, number: str, pk: int) -> HeldReply:
    """A held reply of the reader's own."""
    return get_object_or_404(found(request, number).held_replies.filter(author=request.user), pk=pk)
