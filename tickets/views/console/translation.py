"""Messages in the reader's language, and a reply in the customer's."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import words
from core.errors import Refused
from core.views.panels import panel
from core.views.verbs import perform
from customers.rules import normal_language
from tickets import actions
from tickets.models import Message, MessageTranslation
from tickets.rules import plain
from tickets.views.console.ticket import found


def language_of_reader() -> str:
    """The language the page is read in."""
    return normal_language(get_language() or "")


@require_POST
@staff_required(Right.READ_TICKETS)
def message_translate(request: StaffRequest, number: str, message: int) -> HttpResponse:
    """Show what a message says beside it."""
    row = found(request, number)
    said = get_object_or_404(row.messages.all(), pk=message)
    if request.htmx:  # type: ignore[attr-defined]
        return _beside(request, said)
    where = f"{reverse('console:ticket', args=[row.number])}#message-{said.pk}"
    return perform(request, lambda: _translated(request, said), to=where)


def _translated(request: StaffRequest, said: Message) -> MessageTranslation:
    return actions.translate_message(said, into=language_of_reader(), by=request.user)


def _beside(request: StaffRequest, said: Message) -> HttpResponse:
    told: dict[str, object]
    try:
        told = {"translation": _translated(request, said)}
    except Refused as refused:
        told = {"failure": words.refusal(refused)}
    return render(request, "tickets/console/_translation.html", {**told, "message": said})


@require_POST
@staff_required(Right.WORK_TICKETS)
def draft_translate(request: StaffRequest, number: str) -> HttpResponse:
    """What a draft says in the customer's language, to be looked at and taken over; nothing is sent."""
    row, text = found(request, number), plain(request.POST.get("body", ""))
    context = {"ticket": row, "text": text, "translated": "", "failure": ""}
    try:
        if text.strip():
            context["translated"] = actions.translate_text(text, source="", into=row.language)
        else:
            context["failure"] = _("Write something first.")
    except Refused as refused:
        context["failure"] = words.refusal(refused)
    title = _("Your reply in %(language)s") % {"language": row.get_language_display()}
    return panel(request, "tickets/console/_draft_translation.html", context, title=title)
