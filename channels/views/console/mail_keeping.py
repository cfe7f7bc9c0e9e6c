"""How long original mails are kept."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.actions import mail_keeping as keeping
from channels.forms.mail import KeepingForm
from core import clock, events
from core.views.verbs import perform
from customers.access import customers_for


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def mail_keeping(request: StaffRequest) -> HttpResponse:
    """How long original mails are kept, and how much that is."""
    form = KeepingForm(request.POST if request.method == "POST" else None, instance=keeping.keeping())
    if request.method == "GET":
        return _keeping(request, form)
    return perform(
        request,
        lambda: keeping.set_keeping(days=form.cleaned_data["days"], by=request.user),
        to=reverse("console:mail-keeping"),
        said=lambda row: (
            _("Original mails are kept for %(days)s days.") % {"days": row.days}
            if row.days
            else _("Original mails are kept for ever.")
        ),
        form=form,
        page=lambda status: _keeping(request, form, status=status),
    )


def _keeping(request: StaffRequest, form: KeepingForm, *, status: int = 200) -> HttpResponse:
    kept = keeping.keeping()
    context = {
        "form": form,
        "kept": keeping.kept(),
        "over": keeping.over(clock.now(), kept.days).count(),
        "may_configure": True,
        "events": events.timeline(kept),
    }
    return render(request, "channels/mail/keeping.html", context, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def customer_mail_delete(request: StaffRequest, number: str) -> HttpResponse:
    """Delete the originals of all that a customer mailed."""
    customer = get_object_or_404(customers_for(request.user), number=number)
    return perform(
        request,
        lambda: keeping.delete_of(customer, by=request.user),
        to=reverse("console:customer", args=[customer.number]),
        said=lambda count: (
            ngettext("%(count)s original mail deleted.", "%(count)s original mails deleted.", count)
            % {"count": count}
        ),
    )
