"""Signing in at the provider of a mailbox: there, and back."""

import secrets
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.actions import mail_grants
from channels.email import oauth
from channels.models import Mailbox
from core import clock, words
from core.errors import Refused
from core.views.verbs import perform

SIGN_IN = "mailbox-sign-in"
SIGN_IN_SECONDS = 600


@require_GET
@staff_required(Right.CONFIGURE)
def mailbox_sign_in(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Go to the provider, where the owner of the mailbox says yes.

    A link and no form, as our pages let no form lead to another site. Nothing is stored but what this browser
    has to come back with.
    """
    row = get_object_or_404(Mailbox, uuid=uuid)
    state, verifier = secrets.token_urlsafe(32), oauth.new_verifier()
    try:
        there = mail_grants.sign_in_address(row, state=state, verifier=verifier)
    except Refused as refused:
        messages.error(request, words.refusal(refused))
        return redirect("console:mailbox", row.uuid)
    request.session[SIGN_IN] = {
        "mailbox": str(row.uuid),
        "state": state,
        "verifier": verifier,
        "at": clock.now().timestamp(),
    }
    return HttpResponseRedirect(there)


@require_safe
@staff_required(Right.CONFIGURE)
def mailbox_signed_in(request: StaffRequest) -> HttpResponse:
    """Back from the provider, with its yes or its no; once for each time somebody set out."""
    begun = request.session.pop(SIGN_IN, None)
    state = request.GET.get("state", "")
    if not _is_ours(begun, state):
        messages.error(request, _("This sign-in was not begun here, or too long ago. Please begin again."))
        return redirect("console:mailboxes")
    row = get_object_or_404(Mailbox, uuid=begun["mailbox"])
    code = request.GET.get("code", "")
    if not code:
        why = request.GET.get("error_description") or request.GET.get("error") or "-"
        messages.error(request, words.refusal(Refused("mailbox.not_granted", why=why[:300])))
        return redirect("console:mailbox", row.uuid)
    return perform(
        request,
        lambda: mail_grants.give(row, code=code, verifier=begun["verifier"], by=request.user),
        to=reverse("console:mailbox", args=[row.uuid]),
        said=_("Signed in. Mail is fetched from now on."),
    )


def _is_ours(begun: Any, state: str) -> bool:
    if not begun or not state:
        return False
    is_fresh = clock.now().timestamp() - begun["at"] < SIGN_IN_SECONDS
    return is_fresh and compare_digest(begun["state"].encode(), state.encode())
