"""Chats of the demo shop: one that went well, one in the middle, one that waits for somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from accounts.models import User
from aftersales.demo.cast import EN, ZH
from channels.actions import chat, chat_desk
from channels.models import ChatSession
from core import clock
from customers.models import Customer

AGO = timedelta(hours=2)
TAKE_CHATS = ("agent", "agent2", "lead")


def tell(staff: Mapping[str, User], customers: Sequence[Customer], now: datetime) -> None:
    """Somebody was helped a while ago; it stands before the present, so that its mails are long read."""
    with clock.stopped(now - AGO):
        for key in TAKE_CHATS:
            chat_desk.set_available(staff[key], on=True, by=staff[key])
        _went_well(staff["agent"], next(one for one in customers if one.language == ZH))


def begin_now(staff: Mapping[str, User], customers: Sequence[Customer]) -> None:
    """Two customers are in the chat at this moment."""
    _in_the_middle(staff["agent"], next(one for one in customers if one.language == EN))
    _begin("guest", "Does the floor lamp come with a bulb?", EN, name="Robin")


def _went_well(agent: User, customer: Customer) -> None:
    session = _begin("thanks", "你好，请问台灯的保修期是多久？", ZH, customer=customer)
    chat_desk.answer(session, body="您好，台灯保修两年，从签收之日起计算。", key="demo-thanks-2", by=agent)
    chat.send(session, body="明白了，谢谢！", key="demo-thanks-3")
    chat.end(session, by=customer)
    chat.rate(session, score=5, comment="回复很快", by=customer)


def _in_the_middle(agent: User, customer: Customer) -> None:
    session = _begin("parcel", "Hi, can I still change the delivery address?", EN, customer=customer)
    chat_desk.answer(session, body="Let me look. Which order is it?", key="demo-parcel-2", by=agent)
    chat.send(session, body="The desk lamp from last week.", key="demo-parcel-3")


def _begin(
    key: str, body: str, language: str, *, customer: Customer | None = None, name: str = ""
) -> ChatSession:
    beginning = chat.Beginning(
        visitor=f"demo-{key}",
        key=f"demo-{key}",
        message_key=f"demo-{key}-1",
        body=body,
        language=language,
        customer=customer,
        name=name,
        page="/",
    )
    return chat.start(beginning)
