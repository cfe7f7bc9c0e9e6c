"""Mails of today: two that ask something, one that nobody can be answered, one that a machine sent."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from aftersales.demo.stories import Story
from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.email.states import Fetching
from core import clock
from customers.models import Customer

ASKED = {
    True: ("灯罩有裂纹", "您好，收到的灯罩有一道裂纹，可以换一个吗？\n\n发自我的iPhone"),
    False: ("Shade with a crack", "Hello, the shade has a crack. Can I get another?\n\nSent from my iPhone"),
}
"""Subject and text, in Chinese or not."""

Letter = tuple[str, str, str, dict[str, str]]
"""Sender, subject, text and headers of its own."""

ODD: tuple[Letter, ...] = (
    ("undisclosed", "Anfrage / Enquiry", "Please call me back about my lamp.", {}),
    ("news@trade-fair.example", "Lighting fair", "Visit us in hall 4.", {"List-Id": "<fair.example>"}),
)


def arriving(customers: list[Customer]) -> Story:
    """They come in one after the other."""
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
        work(row)
        yield clock.now() + timedelta(minutes=7)
