"""Where mail comes from, and where none is sent to any more."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.actions import mail_grants, suppression
from channels.actions import mailboxes as acting
from channels.forms.mail import MailboxForm, SuppressionForm
from channels.models import Mailbox
from core import events
from core.models import SuppressedAddress
from core.paging import Keyset
from core.views.verbs import perform

NEWEST_FIRST = Keyset(("-pk",), size=50)


@require_safe
@staff_required(Right.CONFIGURE)
def mailboxes(request: StaffRequest) -> HttpResponse:
    """All mailboxes, and how the last call at each went."""
    context = {"mailboxes": Mailbox.objects.select_related("team", "grant"), "may_configure": True}
    return render(request, "channels/mail/mailboxes.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def mailbox_new(request: StaffRequest) -> HttpResponse:
    """Set one up."""
    return _write(request, Mailbox())


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def mailbox(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Change one."""
    return _write(request, get_object_or_404(Mailbox, uuid=uuid))


def _write(request: StaffRequest, row: Mailbox) -> HttpResponse:
    form = MailboxForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "GET":
        return _editor(request, row, form)
    return perform(
        request,
        lambda: acting.save_mailbox(
            form.instance,
            secret=form.cleaned_data["secret"],
            by=request.user,
            smtp_url=form.way_out,
            sign_in=form.sign_in,
        ),
        to=lambda saved: reverse("console:mailbox", args=[saved.uuid]),
        said=_("The mailbox is saved."),
        form=form,
        page=lambda status: _editor(request, row, form, status=status),
    )


PUSHED = """POST {}
X-Timestamp: 1796000000
X-Signature: hex(HMAC-SHA256(secret, "1796000000." + body))"""


def _editor(request: StaffRequest, row: Mailbox, form: MailboxForm, *, status: int = 200) -> HttpResponse:
    is_stored = row.pk is not None
    context = {
        "form": form,
        "mailbox": Mailbox.objects.select_related("grant").get(pk=row.pk) if is_stored else None,
        "grant": mail_grants.of(row) if is_stored else None,
        "way_back": mail_grants.way_back(),
        "example": PUSHED.format(settings.PUBLIC_URL + reverse("api:mailbox-mail", args=[row.uuid])),
        "events": events.timeline(row) if is_stored else (),
    }
    return render(request, "channels/mail/mailbox.html", context, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def mailbox_test(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Knock at its mail server."""
    row = get_object_or_404(Mailbox, uuid=uuid)
    return perform(
        request,
        lambda: acting.try_mailbox(row),
        to=reverse("console:mailbox", args=[row.uuid]),
        said=_tried,
    )


def _tried(tried: acting.Tried) -> str:
    """What came of knocking, for people."""
    said = []
    if tried.waiting is not None:
        pattern = ngettext(
            "The mail server lets us in; %(count)s mail waits there.",
            "The mail server lets us in; %(count)s mails wait there.",
            tried.waiting,
        )
        said.append(pattern % {"count": tried.waiting})
    if tried.sends:
        said.append(_("The mail server for sending lets us in too."))
    return " ".join(said)


@require_POST
@staff_required(Right.CONFIGURE)
def mailbox_send_test(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Send the reader a mail from it."""
    row = get_object_or_404(Mailbox, uuid=uuid)
    return perform(
        request,
        lambda: acting.send_test(row, to=request.user.email, by=request.user),
        to=reverse("console:mailbox", args=[row.uuid]),
        said=lambda to: _("A test mail is on its way to %(to)s.") % {"to": to},
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_CUSTOMERS)
def suppressions(request: StaffRequest) -> HttpResponse:
    """Addresses to which nothing is sent any more; one may be entered by hand."""
    if request.method == "GET":
        return _suppressed(request, SuppressionForm())
    if not request.user.may(Right.EDIT_CUSTOMERS):
        raise PermissionDenied
    form = SuppressionForm(request.POST)
    return perform(
        request,
        lambda: suppression.enter_by_hand(form.cleaned_data["address"], by=request.user),
        to=reverse("console:suppressions"),
        said=lambda row: _("Nothing is sent to %(address)s any more.") % {"address": row.address},
        form=form,
        page=lambda status: _suppressed(request, form, status=status),
    )


def _suppressed(request: StaffRequest, form: SuppressionForm, *, status: int = 200) -> HttpResponse:
    asked = request.GET.get("q", "").strip().lower()
    rows = SuppressedAddress.objects.all()
    context = {
        "page": NEWEST_FIRST.page(rows.filter(address__contains=asked) if asked else rows, request.GET),
        "form": form,
        "asked": asked,
        "may_lift": request.user.may(Right.EDIT_CUSTOMERS),
        "may_configure": request.user.may(Right.CONFIGURE),
    }
    return render(request, "channels/mail/suppressions.html", context, status=status)


@require_POST
@staff_required(Right.EDIT_CUSTOMERS)
def suppression_lift(request: StaffRequest, pk: int) -> HttpResponse:
    """Let mail be sent there again."""
    row = get_object_or_404(SuppressedAddress, pk=pk)
    return perform(
        request,
        lambda: suppression.lift(row.address, by=request.user),
        to=reverse("console:suppressions"),
        said=_("Mail to %(address)s is sent again.") % {"address": row.address},
    )
