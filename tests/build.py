"""Plain builders of rows. What a test does not say is ordinary; every call makes rows of its own."""

from collections.abc import Callable
from itertools import count
from typing import Any

from accounts.models import Team, User
from accounts.rights import Role
from core import clock
from core.actors import SYSTEM
from core.numbers import next_number
from customers.actions.people import index
from customers.models import ContactPoint, Customer
from kb import actions as kb_actions
from kb.models import Article, Category
from kb.rules import Text
from kb.states import ArticleStatus
from orders.actions import place_order
from orders.drafts import LineDraft, PaymentDraft
from orders.models import Order, Shop
from tickets import actions
from tickets.models import Ticket
from tickets.states import Channel, TicketStatus

_serial = count(1)


def user(name: str = "Alice", *, role: str = Role.AGENT, **fields: Any) -> User:
    """A member of staff who can be signed in with `client.force_login`."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}{next(_serial)}@staff.example")
    return User.objects.create_user(email, name=name, role=role, **fields)


def team(code: str = "support", **fields: Any) -> Team:
    """A team; the default one unless said otherwise."""
    return Team.objects.create(
        **{"code": code, "name_en": code, "name_zh": code, "is_default": True, **fields}
    )


def customer(name: str = "Carol", *, email: str | None = None, **fields: Any) -> Customer:
    """A customer with a primary e-mail address; `email=""` for one without."""
    row = Customer.objects.create(
        **{"number": next_number("C"), "name": name, "created_at": clock.now(), **fields}
    )
    address = f"{name.lower()}{next(_serial)}@example.com" if email is None else email
    if address:
        ContactPoint.objects.create(
            customer=row, kind=ContactPoint.Kind.EMAIL, value=address, normalized=address, is_primary=True
        )
    index(row)
    return row


def category(slug: str = "returns", **fields: Any) -> Category:
    """A shelf of the help centre; the same one for the same slug."""
    names = {"name_en": slug.title(), "name_zh": f"{slug}分类", **fields}
    return Category.objects.get_or_create(slug=slug, defaults=names)[0]


def article(
    title: str = "Return an item", *, status: str = ArticleStatus.PUBLISHED, **fields: Any
) -> Article:
    """A help article in both languages; `zh=None` or `en=None` leaves one out, `shelf` is a category slug."""
    english = fields.pop("en", Text(title, "How to send something back.", "Pack it well and send it."))
    chinese = fields.pop("zh", Text(f"{title}（中文）", "如何退货。", "请妥善包装后寄回。"))
    texts = {"en": english, "zh-hans": chinese}
    shelf = category(fields.pop("shelf", "returns"))
    row = kb_actions.create(
        **{
            "category": shelf,
            "texts": {language: text for language, text in texts.items() if text},
            "by": SYSTEM,
            **fields,
        }
    )
    if status == ArticleStatus.PUBLISHED:
        kb_actions.publish(row, by=SYSTEM)
    elif status == ArticleStatus.ARCHIVED:
        kb_actions.archive(row, by=SYSTEM)
    return Article.objects.get(pk=row.pk)


def order(*, customer: Customer, number: str | None = None, **fields: Any) -> Order:
    """A paid order of one lamp, not delivered yet, in a shop of the tests."""
    shop, _ = Shop.objects.get_or_create(code="lamps", defaults={"name": "Lamps & More", "currency": "EUR"})
    placed, _ = place_order(
        shop,
        number or f"SO-{next(_serial):05}",
        **{
            "customer": customer,
            "placed_at": clock.now(),
            "lines": [LineDraft(sku="LAMP-1", title="Desk lamp", quantity=2, unit_price=4500)],
            "payment": PaymentDraft(),
            "by": SYSTEM,
            **fields,
        },
    )
    return placed


def ticket(*, status: str = TicketStatus.NEW, **fields: Any) -> Ticket:
    """A ticket of a customer, moved by its verbs to `status`."""
    buyer = fields.pop("customer", None) or customer()
    opened, _ = actions.open_ticket(
        **{
            "customer": buyer,
            "subject": "Lamp arrived broken",
            "body": "The shade is cracked.",
            "channel": Channel.PORTAL,
            "by": buyer,
            **fields,
        }
    )
    if status != TicketStatus.NEW:
        _WAYS[status](opened)
    return Ticket.objects.get(pk=opened.pk)


_WAYS: dict[str, Callable[[Ticket], Ticket]] = {
    TicketStatus.OPEN: lambda row: actions.resume(row, by=SYSTEM),
    TicketStatus.PENDING_CUSTOMER: lambda row: actions.wait(row, by=SYSTEM),
    TicketStatus.PENDING_THIRD_PARTY: lambda row: actions.wait(row, by=SYSTEM, third_party=True),
    TicketStatus.SOLVED: lambda row: actions.solve(row, by=SYSTEM),
    TicketStatus.CLOSED: lambda row: actions.close(row, by=SYSTEM),
}
