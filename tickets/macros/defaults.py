"""The macros a fresh installation starts with. Everything here is what leads change."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tickets.states import Priority, TicketType


class Draft(NamedTuple):
    """A macro as it is laid down; `en` and `zh` are its texts."""

    code: str
    name_en: str
    name_zh: str
    en: str = ""
    zh: str = ""
    steps: Sequence[dict[str, Any]] = ()


WAIT = {"do": "wait", "for": "customer"}
SOLVE = {"do": "solve"}

MACROS: Sequence[Draft] = (
    Draft(
        "looking-into-it",
        "We are looking into it",
        "正在核实",
        "Hello {{ customer.name }},\n\n"
        "thank you for your message. I am looking into it and will come back to you about {{ ticket.number }} "
        "by {{ due.resolution }} at the latest.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "感谢您的来信。我正在核实您的问题，最迟于 {{ due.resolution }} 前就工单 {{ ticket.number }} 给您答复。\n\n"
        "{{ agent.name }}",
    ),
    Draft(
        "ask-order-number",
        "Ask for the order number",
        "询问订单号",
        "Hello {{ customer.name }},\n\n"
        "to find your purchase I need its order number. It stands in the confirmation we sent you and under "
        "“My orders”. Would you send it to me?\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "为了查到您的购买记录，请告诉我订单号。您可以在订单确认邮件或“我的订单”中找到它。\n\n"
        "{{ agent.name }}",
        [WAIT],
    ),
    Draft(
        "ask-photos",
        "Ask for photos of the damage",
        "请顾客提供损坏照片",
        "Hello {{ customer.name }},\n\n"
        "I am sorry that something is wrong with your order {{ order.number }}. Please send us two or three "
        "photos: the damage up close, the whole article, and the parcel with its label. With them we can "
        "decide at once.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "很抱歉您的订单 {{ order.number }} 出现了问题。请发给我们两三张照片：损坏处的特写、商品整体，以及带面单的外包装。"
        "收到后我们会马上为您处理。\n\n"
        "{{ agent.name }}",
        [WAIT],
    ),
    Draft(
        "parcel-on-its-way",
        "The parcel is on its way",
        "包裹已发出",
        "Hello {{ customer.name }},\n\n"
        "your order {{ order.number }} of {{ order.placed_on }} is on its way with {{ parcel.carrier }}. "
        "You can follow it by its number {{ parcel.tracking_number }}.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "您 {{ order.placed_on }} 的订单 {{ order.number }} 已由 {{ parcel.carrier }} 发出，"
        "运单号 {{ parcel.tracking_number }}，您可以随时查询物流进度。\n\n"
        "{{ agent.name }}",
    ),
    Draft(
        "parcel-late",
        "The parcel is late, we asked the carrier",
        "包裹延误，已催促承运商",
        "Hello {{ customer.name }},\n\n"
        "your parcel {{ parcel.tracking_number }} should have been with you by now; I am sorry. I have asked "
        "{{ parcel.carrier }} to look for it and will write to you as soon as I hear from them. If it does "
        "not turn up we will send it again or give you your money back, as you prefer.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "您的包裹 {{ parcel.tracking_number }} 本应已经送达，非常抱歉。我已请 {{ parcel.carrier }} 查找，"
        "一有消息就告诉您。如果包裹确实丢失，我们会按您的意愿补发或退款。\n\n"
        "{{ agent.name }}",
        [{"do": "wait", "for": "third_party"}],
    ),
    Draft(
        "how-to-return",
        "How to send something back",
        "退货步骤",
        "Hello {{ customer.name }},\n\n"
        "you can send goods of order {{ order.number }} back yourself: open “My orders”, choose the order and "
        "then “Return or exchange”. You get a label and an address there, and see at every step how far we "
        "are.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "您可以自助为订单 {{ order.number }} 办理退货：打开“我的订单”，选择该订单，点“退换货”。"
        "那里会给出寄回地址和面单，每一步的进度也都看得到。\n\n"
        "{{ agent.name }}",
    ),
    Draft(
        "return-arrived",
        "Your return has arrived",
        "退货已收到",
        "Hello {{ customer.name }},\n\n"
        "what you sent back from order {{ order.number }} has arrived. We are inspecting it and will tell you "
        "the result within three working days.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "您寄回的订单 {{ order.number }} 的商品我们已经收到，正在检测，三个工作日内告诉您结果。\n\n"
        "{{ agent.name }}",
    ),
    Draft(
        "exchange-sent",
        "The exchange is on its way",
        "换货已发出",
        "Hello {{ customer.name }},\n\n"
        "the replacement for order {{ order.number }} is on its way with {{ parcel.carrier }}, number "
        "{{ parcel.tracking_number }}. Please tell us if anything is wrong with it.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "订单 {{ order.number }} 的换货商品已由 {{ parcel.carrier }} 发出，运单号 {{ parcel.tracking_number }}。"
        "收到后如有任何问题，请告诉我们。\n\n"
        "{{ agent.name }}",
        [SOLVE],
    ),
    Draft(
        "repair-begun",
        "The repair has begun",
        "已开始维修",
        "Hello {{ customer.name }},\n\n"
        "our workshop has begun to repair your article. This takes about seven working days; we write to you "
        "when it goes back to you, or before that if the repair would cost anything.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "您的商品已开始维修，大约需要七个工作日。修好寄出时我们会通知您；如果维修会产生费用，我们会先征得您的同意。\n\n"
        "{{ agent.name }}",
        [{"do": "wait", "for": "third_party"}],
    ),
    Draft(
        "refund-sent",
        "The refund is on its way",
        "退款已发出",
        "Hello {{ customer.name }},\n\n"
        "we have refunded order {{ order.number }}. The money comes back the way you paid; depending on your "
        "bank this takes up to five working days.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "订单 {{ order.number }} 的退款已经发出，将按原支付方式退回，到账时间视银行而定，一般不超过五个工作日。\n\n"
        "{{ agent.name }}",
        [SOLVE],
    ),
    Draft(
        "after-the-period",
        "The period for returns is over",
        "已过退货期",
        "Hello {{ customer.name }},\n\n"
        "thank you for asking. The period in which order {{ order.number }} of {{ order.placed_on }} could be "
        "returned is over, so I cannot take it back. If something is faulty, though, the warranty holds: tell "
        "me what is wrong and we will find a way.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "感谢您的咨询。您 {{ order.placed_on }} 的订单 {{ order.number }} 已过退货期，无法办理退货。"
        "不过商品如有质量问题，保修仍然有效：请告诉我具体情况，我们一起想办法解决。\n\n"
        "{{ agent.name }}",
    ),
    Draft(
        "sorry",
        "Apologise for a complaint",
        "投诉致歉",
        "Hello {{ customer.name }},\n\n"
        "I am sorry. This is not how it should have gone at {{ shop.name }}, and I understand that you are "
        "annoyed. I am taking care of {{ ticket.number }} myself and will tell you by {{ due.resolution }} "
        "what we do about it.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n"
        "非常抱歉。{{ shop.name }} 本不该让您遇到这样的事，您的不满我完全理解。工单 {{ ticket.number }} 由我亲自跟进，"
        "{{ due.resolution }} 前会告诉您处理办法。\n\n"
        "{{ agent.name }}",
        [
            {"do": "set_type", "type": TicketType.COMPLAINT.value},
            {"do": "set_priority", "priority": Priority.HIGH.value},
        ],
    ),
    Draft(
        "anything-else",
        "Done, is there anything else?",
        "已处理，还有其他问题吗？",
        "Hello {{ customer.name }},\n\n"
        "I believe this is settled. If there is anything else, just answer this message and we go on from "
        "here.\n\n"
        "{{ agent.name }}",
        "{{ customer.name }}，您好：\n\n您的问题应该已经解决了。如果还有其他需要，直接回复这条消息即可，我们会继续跟进。\n\n"
        "{{ agent.name }}",
        [SOLVE],
    ),
    Draft(
        "urgent",
        "Make it urgent",
        "设为紧急",
        steps=[{"do": "set_priority", "priority": Priority.URGENT.value}],
    ),
)


def ensure_macros(macros: Any) -> None:
    """Store the default macros unless there are any; `macros` is a manager."""
    if macros.exists():
        return
    for draft in MACROS:
        named = {name: getattr(draft, name) for name in ("code", "name_en", "name_zh")}
        macros.create(**named, body_en=draft.en, body_zh=draft.zh, steps=list(draft.steps))
