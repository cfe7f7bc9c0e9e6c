"""Systems through which the customers of the demo shop write, and what came through them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Language, User
from channels import rules
from channels.actions import calling, connecting, taking_in
from channels.actions import templates as message_templates
from channels.connection_states import CallOutcome, DeliveryState, TemplateObstacle
from channels.models import Connection, InboundDelivery, OutboundDelivery
from channels.reading import CallNews, Pulled
from core import clock, dispatch
from orders.models import Shop
from tickets import actions as tickets
from tickets.models import Message
from tickets.states import Channel

ZH, EN = Language.CHINESE, Language.ENGLISH

MARKET_PATHS = {
    "id": "message.id",
    "sender": "from.id",
    "text": "message.text",
    "name": "from.name",
    "order_number": "order.no",
    "files": "message.attachments",
    "receipt_id": "receipt.message",
    "receipt_state": "receipt.state",
}
MARKET_SAMPLE = {
    "message": {
        "id": "1002",
        "text": "Is it in stock?",
        "attachments": [{"url": "https://cdn.example/1.jpg"}],
    },
    "from": {"id": "buyer-7", "name": "Carol"},
    "order": {"no": "SO-1001"},
}
EXCHANGE_PATHS = {
    "id": "call",
    "state": "event",
    "number": "caller",
    "direction": "direction",
    "agent": "agent",
    "seconds": "duration",
}
TALKS = (
    ("buyer-3", "小满", "你好，昨天拍的台灯什么时候发货？"),
    ("buyer-3", "小满", "另外能开发票吗？"),
    ("buyer-9", "Elena", "The charger I ordered does not fit my plug. What can I do?"),
)
TEMPLATES = (
    ("request_solved", "Your request {{1}} is solved. If it is not, write to us here: {{2}}", ""),
    ("we_answered", "Hello {{1}}, we have answered your request {{2}}. Read it here: {{3}}", ""),
    ("refund_paid", "We have refunded {{1}} for {{2}}. It takes some days to arrive.", ""),
    ("parcel_received", "Your parcel for {{1}} has arrived.", TemplateObstacle.NOT_APPROVED),
)
CHOSEN = (
    ("request_solved", "ticket.solved", ["ticket.number", "link"]),
    ("we_answered", "message.sent", ["customer.name", "ticket.number", "link"]),
    ("refund_paid", "case.completed", ["amount", "case.number"]),
)
WECHAT_TEMPLATES = (
    (
        "kJ7mQ2vXb0Rt5nYcLh8sWfD3uEoZ1gPaTi6KxNqVrC4",
        "售后进度通知",
        "服务单号：{{character_string1}}\n服务进度：{{const2}}\n处理时间：{{time3}}",
    ),
    (
        "pB4wSx9LdG2hMzV6yRk0TqJcN8fUe7oAi1WnHt5XrEY",
        "退款成功通知",
        "退款单号：{{character_string1}}\n退款金额：{{amount2}}\n温馨提示：{{thing3}}",
    ),
    (
        "vD8cYn3RqK5tXeH0bZ7jGpLwM1sUo4FiA6hTx2BgCkS",
        "客服回复通知",
        "工单编号：{{character_string1}}\n回复内容：{{thing2}}\n回复时间：{{time3}}",
    ),
)
WECHAT_CHOSEN = (
    ("售后进度通知", "case.received", ["case.number", "=已收到退货", "time"]),
    ("售后进度通知", "ticket.solved", ["ticket.number", "=已解决", "time"]),
    ("退款成功通知", "case.completed", ["case.number", "amount", "=1 至 3 个工作日到账"]),
    ("客服回复通知", "message.sent", ["ticket.number", "answer", "time"]),
)
WECHAT_TALK = ("oDemo-1", "我收到的耳机左边没有声音，请问怎么处理？")
WHATSAPP_TALK = ("4915112345678", "Ben Fischer", "My parcel has been in Leipzig for a week. Is it lost?")


def connected(staff: dict[str, User]) -> Iterator[datetime]:
    """Four connections, what came in through them this morning, and what was answered."""
    market = _market(staff["admin"])
    for number, (sender, name, text) in enumerate(TALKS):
        _came(
            market,
            f"demo-{number}",
            {"message": {"id": str(number), "text": text}, "from": {"id": sender, "name": name}},
        )
    _came(market, "demo-odd", {"message": {"text": "?"}, "from": {}})
    wechat, whatsapp = _messengers(staff["admin"])
    _came_from_wechat(wechat)
    _came_from_whatsapp(whatsapp)
    taking_in.work_due()
    _templates(whatsapp, wechat, staff["admin"])
    _call(staff)
    yield clock.now() + timedelta(minutes=1)
    _answer(
        whatsapp,
        "Thank you for writing! The carrier is looking for it; you hear from us by tomorrow noon.",
        staff,
    )
    _answer(market, "您好，今天下午发出，发票随包裹附上。", staff)
    _told(wechat, whatsapp)


def _market(admin: User) -> Connection:
    return connecting.connect(
        kind="generic",
        slug="market",
        name="Marketplace",
        channel=Channel.SHOP,
        shop=Shop.objects.filter(code="cn").first(),
        language=ZH,
        mapping=MARKET_PATHS,
        sample=json.dumps(MARKET_SAMPLE, indent=2),
        silent_hours=48,
        secrets={},
        by=admin,
    )


def _messengers(admin: User) -> tuple[Connection, Connection]:
    """Accounts that exist in the demo only: nobody answers there."""
    common: dict[str, Any] = {"channel": Channel.SOCIAL, "by": admin}
    wechat = connecting.connect(
        kind="wechat",
        slug="wechat",
        name="微信公众号",
        account="wxdemo0000000000",
        language=ZH,
        window_hours=48,
        carries_news=True,
        secrets={"token": "demo-token", "app_secret": "demo-secret"},
        **common,
    )
    whatsapp = connecting.connect(
        kind="whatsapp",
        slug="whatsapp",
        name="WhatsApp",
        account="100000000000000",
        language=EN,
        window_hours=24,
        trusts_contacts=True,
        carries_news=True,
        business_account="200000000000000",
        secrets={"app_secret": "demo", "verify_token": "demo", "access_token": "demo"},
        **common,
    )
    return wechat, whatsapp


def _templates(whatsapp: Connection, wechat: Connection, admin: User) -> None:
    """What the messengers have approved, and what of it stands for our news."""
    theirs = [
        Pulled(name, "en_US", "UTILITY", body, tuple(rules.GAP.findall(body)), obstacle=obstacle)
        for name, body, obstacle in TEMPLATES
    ]
    listed = [
        Pulled(name, "zh_CN", "", body, tuple(rules.GAP.findall(body)), is_named=True, title=title)
        for name, title, body in WECHAT_TEMPLATES
    ]
    for messenger, pulled, chosen in ((whatsapp, theirs, CHOSEN), (wechat, listed, WECHAT_CHOSEN)):
        rows = {row.title or row.name: row for row in message_templates.keep(messenger, pulled, by=admin)}
        for name, news_code, values in chosen:
            message_templates.choose(rows[name], news_code=news_code, values=values, by=admin)


def _told(*messengers: Connection) -> None:
    """What customers were told by themselves has arrived by now."""
    dispatch.drain()
    for connection in messengers:
        OutboundDelivery.objects.filter(connection=connection, message=None).update(
            state=DeliveryState.READ if connection.kind == "whatsapp" else DeliveryState.DELIVERED,
            sent_at=clock.now(),
        )


def _came(connection: Connection, event: str, data: Any) -> None:
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    InboundDelivery.objects.create(
        connection=connection,
        event_id=event,
        digest="",
        body=body,
        received_at=clock.now(),
        next_attempt_at=clock.now(),
    )


def _came_from_wechat(connection: Connection) -> None:
    sender, text = WECHAT_TALK
    _came(
        connection,
        "24000000000000001",
        f"<xml><FromUserName>{sender}</FromUserName><MsgType>text</MsgType>"
        f"<Content>{text}</Content><MsgId>24000000000000001</MsgId></xml>",
    )


def _came_from_whatsapp(connection: Connection) -> None:
    number, name, text = WHATSAPP_TALK
    value = {
        "metadata": {"phone_number_id": connection.account},
        "contacts": [{"wa_id": number, "profile": {"name": name}}],
        "messages": [{"from": number, "id": "wamid.demo1", "type": "text", "text": {"body": text}}],
    }
    entry = [{"changes": [{"field": "messages", "value": value}]}]
    _came(connection, "demo-1", {"object": "whatsapp_business_account", "entry": entry})


def _call(staff: dict[str, User]) -> None:
    """One call that was written down, one that nobody took."""
    exchange = connecting.connect(
        kind="generic",
        slug="exchange",
        name="Telephone",
        channel=Channel.PHONE,
        language=ZH,
        mapping=EXCHANGE_PATHS,
        secrets={},
        by=staff["admin"],
    )
    calling.note_call(exchange, CallNews("demo-1", "missed", "+86 138 0013 8001", "inbound"))
    calling.log_call(
        by=staff["agent"],
        number="+44 20 7946 0018",
        direction="inbound",
        outcome=CallOutcome.TALKED,
        seconds=260,
        summary="Asked whether a second lamp can go into the same parcel. Told her that it can, until four o'clock.",
        subject="One more lamp into the same parcel",
        concern="Can a second lamp go into the same parcel?",
    )


def _answer(connection: Connection, text: str, staff: dict[str, User]) -> None:
    """Answer what came in last; where a provider would take it, it has been read by now."""
    asked = Message.objects.filter(origin__correspondent__connection=connection).order_by("pk").first()
    if asked is None:
        return
    tickets.reply(asked.ticket, body=text, by=staff["agent"])
    dispatch.drain()
    OutboundDelivery.objects.filter(connection=connection, message__ticket=asked.ticket).update(
        state=DeliveryState.READ if connection.kind == "whatsapp" else DeliveryState.DELIVERED,
        sent_at=clock.now(),
    )
