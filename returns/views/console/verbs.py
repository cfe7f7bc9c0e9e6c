"""The verbs of the desk and of finance. Each asks what it needs, does one action and goes back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.views.panels import panel
from core.views.verbs import UNREADABLE, perform
from orders.models import Order
from returns import actions, kinds, offers
from returns.actions import Item
from returns.actions.decisions import most_for
from returns.actions.inspection import due_if_all_accepted, suggested_deduction
from returns.actions.payout import outstanding
from returns.centres import centre_for
from returns.forms import (
    ApproveForm,
    DeductionForm,
    InstructForm,
    ItemsForm,
    ManualPayoutForm,
    NewCaseForm,
    OwnParcelForm,
    PayForm,
    RefuseForm,
    RequestInfoForm,
    SendBackForm,
    SupplyForm,
)
from returns.forms.fields import VersionForm
from returns.models import Case
from returns.states import CaseKind, Verb
from returns.views.console.asking import GET_OR_POST, ask, money_of, press, sent, typed
from returns.views.console.cases import found
from tickets.access import tickets_for
from tickets.models import Ticket

# --- requesting ---------------------------------------------------------------------------------------


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def case_new(request: StaffRequest, number: str) -> HttpResponse:
    """Open a case in the customer's name, on the ticket in which they asked for it."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    order = Order.objects.select_related("shop", "customer").filter(tickets=ticket).first()
    title = _("Open a case")
    if order is None:
        return panel(request, "returns/console/_no_order.html", {"ticket": ticket}, title=title)
    found_offers = offers.offers(order, clock.now())
    possible = kinds.possibilities(order, found_offers, clock.now())
    items = ItemsForm(typed(request), possibilities=possible, chosen={})
    form = NewCaseForm(*sent(request))
    to = reverse("console:ticket", args=[number])
    context = {
        "order": order,
        "form": form,
        "rows": items.rows(),
        "items": items,
        "action": request.path,
        "back": to,
    }

    def page(status: int) -> HttpResponse:
        return panel(request, "returns/console/_case_new.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    if not items.is_valid():
        return page(UNREADABLE)

    def act() -> Case:
        return _submit(request, ticket, order, items, form)

    return perform(request, act, to=to, said=_("The case is open."), form=form, page=page)


def _submit(request: StaffRequest, ticket: Ticket, order: Order, items: ItemsForm, form: NewCaseForm) -> Case:
    given = form.cleaned_data
    lines = {line.pk: line for line in order.lines.all()}
    chosen = [
        Item(lines[int(pk)], units, given["reason"], kind=given["kind"], wish=given["wish"])
        for pk, units in items.quantities().items()
    ]
    return actions.submit(
        order,
        items=chosen,
        by=request.user,
        kind=given["kind"],
        advance=given["advance"] and given["kind"] == CaseKind.EXCHANGE,
        description=given["description"],
        attachments=form.keep_files(request.session, by=request.user),
        channel=ticket.channel,
        ticket=ticket,
    )


# --- deciding ----------------------------------------------------------------------------------------


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def approve(request: StaffRequest, number: str) -> HttpResponse:
    """Grant the return."""
    case = found(request, number)
    initial = {"amount": case.quoted_amount, "version": case.version}
    form = ApproveForm(typed(request), currency=case.currency, initial=initial)
    most, limit = most_for(case), case.terms.agent_limit
    hints = [
        _("By the terms: %(amount)s. At most: %(most)s.")
        % {
            "amount": money_of(case, case.quoted_amount),
            "most": money_of(case, most),
        }
    ]
    if not request.user.may(Right.OVERRULE_CASES):
        hints.append(_("You may approve up to %(limit)s.") % {"limit": money_of(case, limit)})
    return ask(
        request,
        case,
        Verb.APPROVE,
        form,
        lambda: actions.approve(case, by=request.user, **form.cleaned_data),
        said=_("Approved. The customer gets the instructions by mail."),
        facts={"hints": hints},
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def refuse(request: StaffRequest, number: str) -> HttpResponse:
    """Refuse the return."""
    case = found(request, number)
    form = RefuseForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.REFUSE,
        form,
        lambda: actions.refuse(case, by=request.user, **form.cleaned_data),
        said=_("Refused. The customer is told by mail."),
        danger=True,
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def request_info(request: StaffRequest, number: str) -> HttpResponse:
    """Ask for more."""
    case = found(request, number)
    form = RequestInfoForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.REQUEST_INFO,
        form,
        lambda: actions.request_info(case, by=request.user, **form.cleaned_data),
        said=_("The customer is asked by mail. The review stands still until the answer comes."),
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def supply(request: StaffRequest, number: str) -> HttpResponse:
    """Add what the customer sent in another way."""
    case = found(request, number)
    form = SupplyForm(*sent(request))

    def act() -> Case:
        files = form.keep_files(request.session, by=request.user)
        return actions.supply(case, text=form.cleaned_data["text"], attachments=files, by=request.user)

    return ask(request, case, Verb.SUPPLY, form, act, said=_("Added. The review goes on."))


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def instruct(request: StaffRequest, number: str) -> HttpResponse:
    """Say where to send the goods."""
    case = found(request, number)
    initial = {"centre": centre_for(case.order, case), "version": case.version}
    form = InstructForm(typed(request), initial=initial)
    return ask(
        request,
        case,
        Verb.INSTRUCT,
        form,
        lambda: actions.instruct(case, by=request.user, **form.cleaned_data),
        said=_("The instructions are on their way."),
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def track(request: StaffRequest, number: str) -> HttpResponse:
    """Enter the number the customer told us."""
    case, form = found(request, number), OwnParcelForm(typed(request))
    return ask(
        request,
        case,
        Verb.ADD_TRACKING,
        form,
        lambda: actions.add_tracking(case, by=request.user, **form.cleaned_data),
        said=_("The parcel is on record."),
    )


@require_POST
@staff_required(Right.DECIDE_CASES)
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """The customer said on the phone that they keep the goods."""
    return press(
        request,
        number,
        lambda case: actions.withdraw(case, by=request.user),
        said=_("The return is withdrawn."),
    )


# --- after the inspection ----------------------------------------------------------------------------


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def offer_deduction(request: StaffRequest, number: str) -> HttpResponse:
    """Offer a reduced refund."""
    case = found(request, number)
    suggested = case.deduction or suggested_deduction(case)
    initial = {"amount": suggested, "note": case.deduction_note, "version": case.version}
    form = DeductionForm(typed(request), currency=case.currency, initial=initial)
    most = money_of(case, due_if_all_accepted(case))
    return ask(
        request,
        case,
        Verb.OFFER_DEDUCTION,
        form,
        lambda: actions.offer_deduction(case, by=request.user, **form.cleaned_data),
        said=_("Offered. The customer answers on the page of the request."),
        facts={"hints": [_("In full it would be %(most)s.") % {"most": most}]},
    )


@require_POST
@staff_required(Right.DECIDE_CASES)
def waive_deduction(request: StaffRequest, number: str) -> HttpResponse:
    """Refund in full all the same."""
    return press(
        request,
        number,
        lambda case: actions.waive_deduction(case, by=request.user),
        said=_("The refund is due in full."),
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def send_back(request: StaffRequest, number: str) -> HttpResponse:
    """Send refused goods back."""
    case = found(request, number)
    form = SendBackForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.SEND_BACK,
        form,
        lambda: actions.send_back(case, by=request.user, **form.cleaned_data),
        said=_("The customer is told that the goods are on their way back."),
        facts={"hints": [_("What was not accepted goes back; what was accepted is refunded.")]},
    )


@require_POST
@staff_required(Right.DECIDE_CASES)
def finish_send_back(request: StaffRequest, number: str) -> HttpResponse:
    """The customer has the goods again."""
    return press(
        request,
        number,
        lambda case: actions.finish_send_back(case, by=request.user),
        said=_("The case is completed."),
    )


# --- paying ------------------------------------------------------------------------------------------


@GET_OR_POST
@staff_required(Right.PAY_REFUNDS)
def pay(request: StaffRequest, number: str) -> HttpResponse:
    """Pay what is due."""
    case = found(request, number)
    payments = list(case.order.payments.all())
    initial = {"version": case.version, "expected_refunded": sum(payment.refunded for payment in payments)}
    form = PayForm(typed(request), initial=initial)
    amount = sum(outstanding(case).values())
    second = amount > case.terms.one_payer_limit
    hints = [
        _("%(amount)s goes back to %(customer)s.")
        % {
            "amount": money_of(case, amount),
            "customer": case.customer.display_name,
        }
    ]
    if second:
        hints.append(
            _("Above %(limit)s a second person has to release it.")
            % {"limit": money_of(case, case.terms.one_payer_limit)}
        )
    return ask(
        request,
        case,
        Verb.CREATE_REFUND,
        form,
        lambda: actions.create_refund(case, by=request.user, **form.cleaned_data),
        said=_("A second person has to release it now.") if second else _("The payment is on its way."),
        facts={"hints": hints, "payments": payments},
    )


@GET_OR_POST
@staff_required(Right.PAY_REFUNDS)
def confirm(request: StaffRequest, number: str) -> HttpResponse:
    """The second pair of eyes."""
    case = found(request, number)
    form = VersionForm(typed(request), initial={"version": case.version})
    waiting = [
        refund for refund in case.refunds.select_related("created_by", "payment") if refund.waits_for_release
    ]
    hints = [
        _("%(who)s asked for %(amount)s.")
        % {
            "who": refund.created_by.display_name if refund.created_by else _("The system"),
            "amount": money_of(case, refund.amount),
        }
        for refund in waiting
    ]
    return ask(
        request,
        case,
        Verb.CONFIRM_REFUND,
        form,
        lambda: actions.confirm_refund(case, by=request.user, **form.cleaned_data),
        said=_("Released."),
        facts={"hints": hints, "waiting": waiting},
    )


@require_POST
@staff_required(Right.PAY_REFUNDS)
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Take back what waits."""
    return press(
        request,
        number,
        lambda case: actions.cancel_refund(case, by=request.user),
        said=_("The payment is cancelled; nothing has left the house."),
    )


@require_POST
@staff_required(Right.PAY_REFUNDS)
def retry(request: StaffRequest, number: str) -> HttpResponse:
    """Try a failed payment again."""
    return press(
        request,
        number,
        lambda case: actions.retry_refund(case, by=request.user),
        said=_("The payment is tried again."),
    )


@GET_OR_POST
@staff_required(Right.PAY_REFUNDS)
def pay_by_hand(request: StaffRequest, number: str) -> HttpResponse:
    """Record a payment made outside."""
    case = found(request, number)
    form = ManualPayoutForm(*sent(request), initial={"version": case.version})

    def act() -> Any:
        proof = form.keep_files(request.session, by=request.user)
        given = form.cleaned_data
        return actions.pay_by_hand(
            case, reference=given["reference"], proof=proof, by=request.user, version=given["version"]
        )

    amount = money_of(case, sum(outstanding(case).values()))
    return ask(
        request,
        case,
        Verb.PAY_BY_HAND,
        form,
        act,
        said=_("Recorded. A second person has to confirm it."),
        facts={"hints": [_("To be paid: %(amount)s. Add the receipt as proof.") % {"amount": amount}]},
    )
