"""Goods and money in the other direction: replacements, dispatch, what the customer pays, offers."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.views.panels import panel
from core.views.verbs import perform
from returns import actions
from returns.actions.outbound import same_again
from returns.actions.receivables import amount_owed
from returns.exchanges import expected_difference
from returns.forms import SendBackForm
from returns.forms.kinds import CustomerPaymentForm, DeclineForm, LostForm, ReplacementForm
from returns.models import Case, CaseLine, Replacement
from returns.states import Verb
from returns.views.console.asking import GET_OR_POST, ask, back, money_of, press, typed
from returns.views.console.cases import found


def _pressed(
    right: Right, act: Callable[..., Case], said: Callable[[], str], doc: str
) -> Callable[..., HttpResponseBase]:
    """The page of a verb that asks nothing."""

    @require_POST
    @staff_required(right)
    def view(request: StaffRequest, number: str) -> HttpResponse:
        return press(request, number, lambda case: act(case, by=request.user), said=said())

    view.__doc__ = doc
    return view


stop_shipment = _pressed(
    Right.READ_CASES,
    actions.stop_shipment,
    lambda: _("The refund is due now."),
    "The goods are held back; warehouse and desk may say so.",
)
accept_goods = _pressed(
    Right.DECIDE_CASES,
    actions.accept_goods,
    lambda: _("Confirmed."),
    "The customer says on the phone that the goods have come.",
)
accept_offer = _pressed(
    Right.DECIDE_CASES,
    actions.accept_offer,
    lambda: _("The offer is accepted."),
    "The customer accepts on the phone.",
)
accept_quote = _pressed(
    Right.DECIDE_CASES,
    actions.accept_quote,
    lambda: _("The quote is accepted."),
    "The customer accepts on the phone.",
)
decline_quote = _pressed(
    Right.DECIDE_CASES,
    actions.decline_quote,
    lambda: _("The quote is declined; the goods go back as they came."),
    "The customer declines on the phone.",
)


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def decline_offer(request: StaffRequest, number: str) -> HttpResponse:
    """The customer does not take the compensation."""
    case = found(request, number)
    form = DeclineForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.DECLINE_OFFER,
        form,
        lambda: actions.decline_offer(case, by=request.user, **form.cleaned_data),
        said=_("The offer is declined."),
    )


@GET_OR_POST
@staff_required(Right.RECEIVE_PARCELS)
def dispatch(request: StaffRequest, number: str) -> HttpResponse:
    """Send the goods."""
    case = found(request, number)
    form = SendBackForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.DISPATCH,
        form,
        lambda: actions.dispatch(case, by=request.user, **form.cleaned_data),
        said=_("Sent. The customer is told."),
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def report_lost(request: StaffRequest, number: str) -> HttpResponse:
    """A parcel does not arrive."""
    case = found(request, number)
    form = LostForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.REPORT_LOST,
        form,
        lambda: actions.report_lost(case, by=request.user, **form.cleaned_data),
        said=_("The parcel counts as lost."),
        danger=True,
    )


@GET_OR_POST
@staff_required(Right.PAY_REFUNDS)
def record_payment(request: StaffRequest, number: str) -> HttpResponse:
    """The customer's money has come in."""
    case = found(request, number)
    form = CustomerPaymentForm(typed(request), initial={"version": case.version})
    amount = money_of(case, amount_owed(case))
    return ask(
        request,
        case,
        Verb.RECORD_PAYMENT,
        form,
        lambda: actions.record_customer_payment(case, by=request.user, **form.cleaned_data),
        said=_("The payment is on record."),
        facts={"hints": [_("To be paid by the customer: %(amount)s.") % {"amount": amount}]},
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def replacement(request: StaffRequest, number: str, position: int) -> HttpResponse:
    """What goes out instead of one line."""
    case = found(request, number)
    lines = CaseLine.objects.select_related("case", "order_line")
    line = get_object_or_404(lines, case=case, order_line__position=position)
    chosen = Replacement.objects.filter(case_line=line).first() or same_again(line)
    initial = {
        "sku": chosen.sku,
        "title": chosen.title,
        "unit_price": chosen.unit_price,
        "is_same_variant": chosen.is_same_variant,
        "version": case.version,
    }
    form = ReplacementForm(typed(request), currency=case.currency, initial=initial)
    title = _("What goes out")
    context = {
        "form": form,
        "action": request.get_full_path(),
        "back": back(request, case),
        "title": title,
        "hints": _wish_and_difference(case, line),
    }

    def page(status: int) -> HttpResponse:
        return panel(request, "returns/console/_request.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(
        request,
        lambda: actions.choose_replacement(line, by=request.user, **form.cleaned_data),
        to=back(request, case),
        said=_("Chosen."),
        form=form,
        page=page,
    )


def _wish_and_difference(case: Case, line: CaseLine) -> list[str]:
    """What the customer would like, and what it costs them as it stands."""
    wish = [_("They would like: %(wish)s") % {"wish": line.wish}] if line.wish else []
    more = money_of(case, expected_difference(case))
    return [*wish, _("As it stands the customer pays %(amount)s more.") % {"amount": more}]
