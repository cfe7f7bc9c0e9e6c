"""Orders to return, and cases moved by their verbs to any status."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.models import User
from accounts.rights import ROLE_RIGHTS, Right, Role
from core import clock
from core.actors import SYSTEM
from core.models import Attachment
from core.numbers import next_number
from customers.models import Customer
from orders.models import Order, OrderLine, Payment, Shop
from orders.states import OrderStatus
from returns import actions, payments
from returns.actions import Item, Lot
from returns.models import Case, PolicyAmounts, Reason, Refund, ReturnPolicy, SandboxBehaviour, ServiceCentre
from returns.states import CaseStatus
from tests import build

_serial = count(1)

DELIVERED = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
"""Sunday, 1 March 2026, 10:00 in Shanghai."""


def shop(**fields: Any) -> Shop:
    defaults = {"name": "Lamps & More", "currency": "USD", "time_zone": "America/New_York", "country": "US"}
    return Shop.objects.get_or_create(code="lamps", defaults={**defaults, **fields})[0]


def line(title: str = "Desk lamp", quantity: int = 1, paid: int = 10_000, **fields: Any) -> dict[str, Any]:
    """A line as `order` takes it: `paid` for all its units."""
    return {"title": title, "quantity": quantity, "paid": paid, **fields}


def _priced(row: dict[str, Any]) -> dict[str, Any]:
    """With a unit price that is a whole number, and a discount that makes it come to `paid`."""
    unit_price = -(-row["paid"] // row["quantity"])
    return {"unit_price": unit_price, "discount": unit_price * row["quantity"] - row["paid"], **row}


def order(*lines: dict[str, Any], customer: Customer | None = None, **fields: Any) -> Order:
    """A paid and delivered order of these lines (default: one lamp for 100.00), paid through the sandbox."""
    number = f"S-{next(_serial)}"
    gateway, captured = fields.pop("gateway", "sandbox"), fields.pop("captured", None)
    rows = [_priced(row) for row in lines or (line(),)]
    goods = sum(row["unit_price"] * row["quantity"] for row in rows)
    discount = sum(row["discount"] for row in rows)
    paid = goods - discount + fields.get("shipping", 0)
    values = {
        "reference": next_number("O"),
        "shop": shop(),
        "number": number,
        "customer": customer or build.customer("Carol", country="US"),
        "status": OrderStatus.DELIVERED,
        "placed_at": DELIVERED,
        "paid_at": DELIVERED,
        "delivered_at": DELIVERED,
        "currency": "USD",
        "goods": goods,
        "discount": discount,
        "paid": paid,
        "ship_to": {"country": "US"},
        "content": number,
        "created_at": DELIVERED,
        **fields,
    }
    placed = Order.objects.create(**values)
    for position, row in enumerate(rows, start=1):
        delivered = placed.delivered_at is not None
        OrderLine.objects.create(
            **{
                "order": placed,
                "position": position,
                "sku": f"SKU-{position}",
                "quantity_delivered": row["quantity"] if delivered else 0,
                **row,
            }
        )
    payment(placed, paid if captured is None else captured, gateway=gateway)
    return placed


def payment(placed: Order, captured: int, *, gateway: str = "sandbox", **fields: Any) -> Payment:
    values = {
        "order": placed,
        "gateway": gateway,
        "external_id": f"pay_{next(_serial)}",
        "currency": placed.currency,
        "captured": captured,
        "captured_at": placed.placed_at,
        **fields,
    }
    return Payment.objects.create(**values)


def reason(code: str = "changed_mind") -> Reason:
    return Reason.objects.get(code=code)


def centre(**fields: Any) -> ServiceCentre:
    values = {
        "code": "hangzhou",
        "name_en": "Hangzhou service centre",
        "name_zh": "杭州售后中心",
        "recipient": "Returns desk",
        "country": "CN",
        "city": "Hangzhou",
        "lines": "18 Wensan Road",
        **fields,
    }
    code = values.pop("code")
    return ServiceCentre.objects.get_or_create(code=code, defaults=values)[0]


def policy(**fields: Any) -> ReturnPolicy:
    """The standard policy with some of its figures changed."""
    amounts = {name: fields.pop(name) for name in list(fields) if hasattr(PolicyAmounts, name)}
    row = ReturnPolicy.objects.get(country="", category="")
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    row.amounts.filter(currency="USD").update(**amounts)
    return row


def item(placed: Order, quantity: int = 1, *, index: int = 0, code: str = "changed_mind") -> Item:
    return Item(placed.lines.all()[index], quantity, reason(code))


def photo(subject: str = "draft:photo") -> Attachment:
    """A photo on record, without bytes."""
    return Attachment.objects.create(
        subject=subject,
        file="attachments/00/photo",
        name="photo.jpg",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        actor_kind="customer",
        created_at=clock.now(),
    )


def case(
    placed: Order | None = None, *, status: str = CaseStatus.SUBMITTED, quantity: int = 1, **fields: Any
) -> Case:
    """A case of one line, moved by its verbs to `status`."""
    placed = placed or order()
    items: Sequence[Item] = fields.pop("items", None) or [
        item(placed, quantity, code=fields.pop("code", "changed_mind"))
    ]
    made = actions.submit(placed, items=items, by=placed.customer, **fields)
    for go in WAYS[status]:
        made = go(made)
    return Case.objects.get(pk=made.pk)


def rights(role: str) -> frozenset[Right]:
    """What a role may do."""
    return ROLE_RIGHTS[role]


def staff(role: str) -> User:
    """One member of staff for each role, the same every time."""
    names = {
        Role.AGENT: "Alice",
        Role.LEAD: "Lea",
        Role.WAREHOUSE: "Wei",
        Role.FINANCE: "Fin",
        Role.TECHNICIAN: "Tom",
    }
    found = User.objects.filter(role=role).order_by("pk").first()
    return found or build.user(names.get(Role(role), role), role=role)


def second_payer() -> User:
    """Another member of finance."""
    return User.objects.filter(email="flora@staff.example").first() or build.user(
        "Flora", role=Role.FINANCE, email="flora@staff.example"
    )


def lots(made: Case, *, grade: str = "A", accepted: bool = True, **fields: Any) -> list[Lot]:
    """Everything that was received, in one lot for each line."""
    return [
        Lot(row, row.quantity_received, grade, accepted=accepted, **fields)
        for row in made.lines.all()
        if row.quantity_received
    ]


def all_units(made: Case) -> dict[int, int]:
    return {row.pk: row.quantity_approved - row.quantity_received for row in made.lines.all()}


def _approve(made: Case) -> Case:
    return actions.approve(made, by=staff(Role.LEAD))


def _instruct(made: Case) -> Case:
    if made.status == CaseStatus.AWAITING_RETURN:  # there was a service centre already
        return made
    return actions.instruct(made, by=SYSTEM, centre=centre())


def _ship(made: Case) -> Case:
    number = f"SF{next(_serial):013d}"
    return actions.add_tracking(made, carrier="SF", tracking_number=number, by=made.customer)


def _receive(made: Case) -> Case:
    return actions.receive(made, counts=all_units(made), by=staff(Role.WAREHOUSE))


def _start(made: Case) -> Case:
    return actions.start_inspection(made, by=staff(Role.WAREHOUSE))


def _pass(made: Case) -> Case:
    return actions.inspect(made, lots=lots(made), by=staff(Role.WAREHOUSE))


def _fail(made: Case) -> Case:
    bad = lots(made, grade="C", accepted=False, value_loss_percent=40, note="Scratched")
    return actions.inspect(made, lots=bad, by=staff(Role.WAREHOUSE))


def _send_back(made: Case) -> Case:
    number = f"YT{next(_serial):08d}"
    return actions.send_back(made, carrier="YT", tracking_number=number, by=staff(Role.AGENT))


def _pay(made: Case) -> Case:
    actions.create_refund(made, by=staff(Role.FINANCE))
    if Refund.objects.filter(case=made, confirmed_at=None).exists():
        actions.confirm_refund(made, by=second_payer())
    return made


def _submit(made: Case) -> Case:
    payments.submit_due()
    return made


def refuse_payments(placed: Order, answer: str = SandboxBehaviour.Answer.REFUSE, times: int = 1) -> None:
    """Let the provider answer like this for the payments of an order."""
    for row in placed.payments.all():
        SandboxBehaviour.objects.update_or_create(
            payment=row.external_id, defaults={"answer": answer, "times": times}
        )


def _pay_in_vain(made: Case) -> Case:
    refuse_payments(made.order)
    return _submit(_pay(made))


Way = Callable[[Case], Case]
_TO_APPROVED: list[Way] = [_approve]
_TO_AWAITING: list[Way] = [*_TO_APPROVED, _instruct]
_TO_TRANSIT: list[Way] = [*_TO_AWAITING, _ship]
_TO_RECEIVED: list[Way] = [*_TO_TRANSIT, _receive]
_TO_INSPECTING: list[Way] = [*_TO_RECEIVED, _start]
_TO_DUE: list[Way] = [*_TO_INSPECTING, _pass]

WAYS: dict[str, list[Way]] = {
    CaseStatus.SUBMITTED: [],
    CaseStatus.INFO_REQUIRED: [
        lambda made: actions.request_info(
            made, question="A photo of the label, please.", by=staff(Role.AGENT)
        )
    ],
    CaseStatus.APPROVED: _TO_APPROVED,
    CaseStatus.AWAITING_RETURN: _TO_AWAITING,
    CaseStatus.RETURN_IN_TRANSIT: _TO_TRANSIT,
    CaseStatus.RECEIVED: _TO_RECEIVED,
    CaseStatus.INSPECTING: _TO_INSPECTING,
    CaseStatus.INSPECTION_DISPUTE: [*_TO_INSPECTING, _fail],
    CaseStatus.RETURNED_TO_CUSTOMER: [*_TO_INSPECTING, _fail, _send_back],
    CaseStatus.AWAITING_REFUND: _TO_DUE,
    CaseStatus.REFUNDING: [*_TO_DUE, _pay],
    CaseStatus.REFUND_FAILED: [*_TO_DUE, _pay_in_vain],
    CaseStatus.COMPLETED: [*_TO_DUE, _pay, _submit],
    CaseStatus.REJECTED: [
        lambda made: actions.refuse(made, reason="used", text="Worn.", by=staff(Role.AGENT))
    ],
    CaseStatus.CANCELLED: [lambda made: actions.withdraw(made, by=made.customer)],
}
"""The verbs that lead to each status that people can bring about; no service centre is needed on the way."""
