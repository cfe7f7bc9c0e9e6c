"""Pictures for the text of a reply: kept while it is written, taken out again."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import files, words
from core.errors import Refused
from core.models import Attachment
from core.views.verbs import onward
from tickets.actions import drafts
from tickets.forms.desk import PictureForm
from tickets.views.console.ticket import found

CONFLICT = 409
UNREADABLE = 422
DONE = 204


@require_POST
@staff_required(Right.WORK_TICKETS)
def draft_picture(request: StaffRequest, number: str) -> HttpResponse:
    """Keep a picture with the reply that is being written; what was not kept is said in a sentence."""
    row, form = found(request, number), PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _sentence(str(next(iter(form.errors.values()))[0]), UNREADABLE)
    given = form.cleaned_data
    subject = files.continued_draft(request.session, given.pop("draft"))
    try:
        picture = drafts.add_picture(row, given.pop("picture"), subject=subject, **given, by=request.user)
    except Refused as refused:
        return _sentence(words.refusal(refused), CONFLICT)
    context = {"ticket": row, "file": picture, "draft": subject}
    return render(request, "tickets/console/_kept_file.html", context)


@require_POST
@staff_required(Right.WORK_TICKETS)
def draft_file_drop(request: StaffRequest, number: str, uuid: UUID) -> HttpResponse:
    """Take a file out of what is being written."""
    row = found(request, number)
    file = get_object_or_404(Attachment, uuid=uuid)
    if not files.may_read(request, file):
        raise Http404
    try:
        files.discard(file)
    except Refused as refused:
        return _sentence(words.refusal(refused), CONFLICT)
    if getattr(request, "htmx", False):
        return HttpResponse(status=DONE)
    return onward(request, reverse("console:ticket", args=[row.number]) + "#composing")


def _sentence(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
