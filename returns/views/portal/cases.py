"""A customer's returns: where they stand, what to do next, and the verbs of the customer."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import bilingual
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import PortalRequest, portal_required
from returns import actions, steps
from returns.access import cases_of
from returns.addresses import address_lines
from returns.carriers import CARRIERS
from returns.exchanges import expected_difference
from returns.forms import OwnParcelForm, SupplyForm
from returns.forms.fields import VersionForm
from returns.forms.kinds import ObjectionForm, ResubmitForm
from returns.models import Case, RepairOrder
from returns.outlook import outlook
from returns.quotes import shop_bears
from returns.states import CaseKind, Verb, verbs_for
from tickets import merged
from tickets.access import tickets_of


@require_safe
@portal_required
def request_cases(request: PortalRequest, number: str) -> HttpResponse:
    """The returns of one request: a part of its page."""
    ticket = get_object_or_404(tickets_of(request.portal), number=number)
    return _panel(request, ticket.number)


def _panel(
    request: PortalRequest, ticket_number: str, status: int = 200, **forms: dict[str, Any]
) -> HttpResponse:
    cases = (
        cases_of(request.portal)
        .filter(ticket__in=_one_request(request, ticket_number))
        .select_related("service_centre", "order", "customer", "reason")
        .order_by("pk")
    )
    context = {
        "found": [_entry(case, forms.get(case.number, {})) for case in cases],
        "carriers": CARRIERS,
    }
    return panel(
        request,
        "returns/portal/_request_cases.html",
        context,
        title=_("Your requests"),
        surface="portal",
        status=status,
    )


def _one_request(request: PortalRequest, number: str) -> list[int]:
    """Keys of a ticket and of what was merged into it."""
    return merged.family(get_object_or_404(tickets_of(request.portal), number=number))


def _entry(case: Case, forms: dict[str, Any]) -> dict[str, Any]:
    verbs = verbs_for(case.machine, case.status, case.customer)
    centre = case.service_centre
    return {
        "case": case,
        "lines": list(case.lines.select_related("order_line", "reason", "replacement")),
        "steps": steps.steps_of(case, for_customer=True),
        "outlook": outlook(case),
        "address": address_lines(centre) if centre else [],
        "shop_pays": shop_bears(case.fault, case.terms),
        "parcels": [parcel.shipment for parcel in case.parcels.select_related("shipment")],
        "may_withdraw": Verb.WITHDRAW in verbs,
        "tracking_form": forms.get("tracking") or (OwnParcelForm() if Verb.ADD_TRACKING in verbs else None),
        "supply_form": forms.get("supply") or (SupplyForm() if Verb.SUPPLY in verbs else None),
        "repair": RepairOrder.objects.filter(case=case).prefetch_related("parts").first(),
        "resubmit_form": _objects(case, Verb.RESUBMIT, forms.get("resubmit") or ResubmitForm()),
        "objection_form": _objects(case, Verb.ESCALATE, forms.get("objection") or ObjectionForm()),
        "difference": expected_difference(case) if case.kind == CaseKind.EXCHANGE else None,
        "verbs": {verb.value for verb in verbs},
        "may_agree": Verb.AGREE_DEDUCTION in verbs and case.deduction is not None,
        "reduced": actions.reduced_refund(case) if case.deduction is not None else None,
    }


def _objects(case: Case, verb: Verb, form: Form) -> Form | None:
    """The form of an objection, where one can still be made."""
    if case.is_settled or verb not in verbs_for(case.machine, case.status, case.customer):
        return None
    return form


def _found(request: PortalRequest, number: str) -> Case:
    return get_object_or_404(
        cases_of(request.portal).select_related("customer", "ticket", "order"), number=number
    )


def _address(case: Case) -> str:
    return reverse("portal:request", args=[case.ticket.number])


@require_POST
@portal_required
def case_track(request: PortalRequest, number: str) -> HttpResponse:
    """The goods are on their way."""
    case, form = _found(request, number), OwnParcelForm(request.POST)
    return perform(
        request,
        lambda: actions.add_tracking(case, by=case.customer, **form.cleaned_data),
        to=_address(case),
        said=_("Thank you. We tell you when your parcel has arrived."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"tracking": form}}),
    )


@require_POST
@portal_required
def case_supply(request: PortalRequest, number: str) -> HttpResponse:
    """What the shop asked for."""
    case, form = _found(request, number), SupplyForm(request.POST, request.FILES)

    def act() -> Case:
        files = form.keep_files(request.session, by=case.customer)
        return actions.supply(case, text=form.cleaned_data["text"], attachments=files, by=case.customer)

    return perform(
        request,
        act,
        to=_address(case),
        said=_("Thank you. We go on with your request."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"supply": form}}),
    )


@require_POST
@portal_required
def case_withdraw(request: PortalRequest, number: str) -> HttpResponse:
    """The customer keeps the goods."""
    case, form = _found(request, number), VersionForm(request.POST)
    return perform(
        request,
        lambda: actions.withdraw(case, by=case.customer),
        to=_address(case),
        said=_("Your return is withdrawn."),
        form=form,
    )


@require_POST
@portal_required
def case_agree(request: PortalRequest, number: str) -> HttpResponse:
    """The customer takes the reduced refund that was offered, as it was read."""
    case, form = _found(request, number), VersionForm(request.POST)
    return perform(
        request,
        lambda: actions.agree_deduction(case, by=case.customer, version=form.cleaned_data["version"]),
        to=_address(case),
        said=_("Thank you. Your refund is on its way."),
        form=form,
    )


@require_POST
@portal_required
def case_resubmit(request: PortalRequest, number: str) -> HttpResponse:
    """Ask once more after a refusal."""
    case, form = _found(request, number), ResubmitForm(request.POST, request.FILES)

    def act() -> Case:
        files = form.keep_files(request.session, by=case.customer)
        return actions.resubmit(case, text=form.cleaned_data["text"], attachments=files, by=case.customer)

    return perform(
        request,
        act,
        to=_address(case),
        said=_("Thank you. We look at it again."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"resubmit": form}}),
    )


@require_POST
@portal_required
def case_escalate(request: PortalRequest, number: str) -> HttpResponse:
    """Object to a decision: a team lead looks at it."""
    case, form = _found(request, number), ObjectionForm(request.POST)
    return perform(
        request,
        lambda: actions.escalate(case, text=form.cleaned_data["text"], by=case.customer),
        to=_address(case),
        said=_("A team lead looks at it now."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"objection": form}}),
    )


def _answered(act: Callable[..., Case], said: Callable[[], str], doc: str) -> Callable[..., HttpResponseBase]:
    """The page of a customer's answer to something as it was read."""

    @require_POST
    @portal_required
    def view(request: PortalRequest, number: str) -> HttpResponse:
        case, form = _found(request, number), VersionForm(request.POST)
        return perform(
            request,
            lambda: act(case, by=case.customer, version=form.cleaned_data["version"]),
            to=_address(case),
            said=said(),
            form=form,
        )

    view.__doc__ = doc
    return view


case_accept_goods = _answered(
    actions.accept_goods, lambda: _("Thank you."), "The customer has what was sent."
)
case_accept_quote = _answered(
    actions.accept_quote, lambda: _("Thank you. The repair begins now."), "The customer takes the quote."
)
case_decline_quote = _answered(
    actions.decline_quote,
    lambda: _("We send your item back as it came."),
    "The customer does not want to pay for the repair.",
)
case_accept_offer = _answered(
    actions.accept_offer, lambda: _("Thank you. It is yours."), "The customer takes the compensation."
)
case_decline_offer = _answered(
    actions.decline_offer,
    lambda: _("We have noted that it does not suit you."),
    "The customer does not take the compensation.",
)


@require_safe
@portal_required
def case_guide(request: PortalRequest, number: str) -> HttpResponse:
    """A sheet to print: the address for the parcel, and a slip to lay inside."""
    case = _found(request, number)
    centre = case.service_centre
    context = {
        "case": case,
        "centre": bilingual.pick(centre, "name") if centre else "",
        "address": address_lines(centre) if centre else [],
        "lines": list(case.lines.select_related("order_line", "reason")),
        "shop_pays": shop_bears(case.fault, case.terms),
        "due_at": case.due_at,
    }
    return render(request, "returns/portal/guide.html", context)
