"""What customers print for their returns."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core import words
from core.errors import Refused
from core.views.downloads import document
from core.views.verbs import onward
from customers.access import PortalRequest, portal_required
from returns.access import cases_of
from returns.papers import papers


@require_safe
@portal_required
def label(request: PortalRequest, number: str) -> HttpResponse:
    """Guide, label and packing slip as PDF; before there is an address, back to the request."""
    cases = cases_of(request.portal).select_related("ticket", "order__shop", "customer", "service_centre")
    case = get_object_or_404(cases, number=number)
    try:
        return document(papers(case), name=f"{number}.pdf", content_type="application/pdf")
    except Refused as refused:
        messages.error(request, words.refusal(refused))
        return onward(request, "portal:request", case.ticket.number)
