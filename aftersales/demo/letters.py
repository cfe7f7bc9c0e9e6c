"""Two mailboxes, and mails of today: two that ask something, one without a sender, one of a machine."""

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from accounts.models import Language, User
from aftersales.demo.stories import Scene, Story, photo
from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.actions.mailboxes import save_mailbox
from channels.email.states import Fetching
from channels.models import Mailbox
from core import clock, inline
from customers.models import Customer
from orders.models import Shop
from tickets import actions as tickets
from tickets.models import Ticket

ASKED = {
    True: ("灯罩有裂纹", "您好，收到的灯罩有一道裂纹，可以换一个吗？\n\n发自我的iPhone"),
    False: ("Shade with a crack", "Hello, the shade has a crack. Can I get another?\n\nSent from my iPhone"),
}
"""Subject and text, in Chinese or not."""

ANSWER = {
    True: "您好，请对照这张图确认裂纹的位置：\n{}\n确认后我们马上为您换新。",
    False: "Hello, is the crack where this picture shows it?\n{}\nThen a new shade is on its way.",
}

Letter = tuple[str, str, str, dict[str, str]]
"""Sender, subject, text and headers of its own."""

ODD: tuple[Letter, ...] = (
    ("undisclosed", "Anfrage / Enquiry", "Please call me back about my lamp.", {}),
    ("news@trade-fair.example", "Lighting fair", "Visit us in hall 4.", {"List-Id": "<fair.example>"}),
)


def _set_up_mailboxes(shops: Mapping[str, Shop], by: User) -> None:
    """One for each shop, under its own name; their mail is handed over by a mail server."""
    told = (
        ("CNY", "客服邮箱", "service@lamps.example", "拾光好物 客服", Language.CHINESE),
        ("USD", "Service", "hello@shiguang.example", "Shiguang Home", Language.ENGLISH),
    )
    for currency, name, address, sender, language in told:
        box = Mailbox(
            name=name,
            address=address,
            fetching=Fetching.PIPE,
            language=language,
            shop=shops[currency],
            from_name=sender,
            is_default=currency == "USD",
        )
        save_mailbox(box, secret="", by=by)


def arriving(scene: Scene, customers: list[Customer]) -> Story:
    """They come in one after the other; what was asked first is answered with a picture in the text."""
    _set_up_mailboxes(scene.shops, scene.staff["admin"])
    yield clock.now() + timedelta(minutes=1)
    asking = {customer.country == "CN": customer for customer in customers if customer.email}
    asked: list[Letter] = [
        (f"{one.name} <{one.email}>", *ASKED[chinese], {}) for chinese, one in asking.items()
    ]
    for number, (sender, subject, text, headers) in enumerate((*asked, *ODD)):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "service@lamps.example", subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<letter-{number}@demo.example>"
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        row, _new = land(mail.as_bytes(), source=Fetching.PIPE)
        row = work(row)
        yield clock.now() + timedelta(minutes=7)
        if number == 0 and row.ticket is not None:
            _answer(scene, row.ticket)
            yield clock.now() + timedelta(minutes=2)


def _answer(scene: Scene, ticket: Ticket) -> None:
    picture = photo(scene, ticket.customer)
    body = ANSWER[ticket.language == Language.CHINESE].format(inline.mark(picture.name))
    tickets.reply(ticket, body=body, by=scene.staff["agent"], attachments=[picture])
