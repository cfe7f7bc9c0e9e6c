"""What people write in the demo shop, in both languages. Pairs are (Chinese, English)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tickets.states import Channel, Priority, TicketType

Pair = tuple[str, str]


@dataclass(frozen=True)
class Talk:
    """A conversation: what the customer asks, what the agent answers, what the customer says then."""

    type: str
    subject: Pair
    body: Pair
    answer: Pair
    thanks: Pair
    channel: str = Channel.PORTAL
    priority: int = Priority.NORMAL
    note: Pair | None = None


TALKS: Sequence[Talk] = (
    Talk(
        TicketType.LOGISTICS,
        ("快递三天没有更新了", "My parcel has not moved for three days"),
        (
            "物流信息从周二起就停在分拨中心，一直没有更新，麻烦帮忙查一下，包裹是不是丢了？",
            "The tracking has been stuck at the sorting hub since Tuesday. Could you find out whether it is lost?",
        ),
        (
            "您好，已经联系快递核实：包裹在分拨中心被错分，今天已重新发出，预计后天送达。给您带来不便非常抱歉。",
            "I checked with the carrier: your parcel went to the wrong hub and left again this morning. It should reach you the day after tomorrow. I am sorry for the wait.",
        ),
        ("好的，谢谢，收到了。", "It arrived today, thank you."),
        note=("快递工单已登记，明天再确认一次。", "Trace opened with the carrier, check again tomorrow."),
    ),
    Talk(
        TicketType.LOGISTICS,
        ("显示签收但我没收到", "Marked as delivered, but I have nothing"),
        (
            "物流显示昨天下午已经签收，可是我和家人都没有收到，门卫也说没有。",
            "The carrier says it was delivered yesterday afternoon. Neither we nor the neighbours have it.",
        ),
        (
            "您好，快递员确认放在了小区东门的驿站，取件码已短信发给您。如果仍未找到，我们为您补发。",
            "The driver left it at the parcel shop on the corner and forgot the card. If it is not there, we send a new one.",
        ),
        ("找到了，在驿站。", "Found it at the parcel shop."),
        channel=Channel.EMAIL,
        priority=Priority.HIGH,
    ),
    Talk(
        TicketType.ORDER,
        ("想修改收货地址", "Can I still change the address?"),
        (
            "我刚下单，地址写成了老家，可以改成公司地址吗？",
            "I just ordered and picked my old address. Can you send it to my office instead?",
        ),
        (
            "已经为您修改好收货地址，请在订单页核对一下。",
            "Done: the order now goes to your office. Please have a look at the order page.",
        ),
        ("看到了，谢谢！", "Perfect, thanks!"),
        channel=Channel.CHAT,
    ),
    Talk(
        TicketType.ORDER,
        ("少发了一件", "One item is missing"),
        (
            "我买了两件，箱子里只有一件，外箱没有破损。",
            "I ordered two, there was only one in the box. The box was not damaged.",
        ),
        (
            "非常抱歉，核对后确实漏发了一件，今天为您补寄，单号稍后发给您。",
            "You are right, we packed one only. The second one leaves today and I will send you its number.",
        ),
        ("收到补寄的了，谢谢。", "The second one arrived."),
        note=("仓库确认漏发，已安排补寄。", "Warehouse confirms: one unit short. Resend arranged."),
    ),
    Talk(
        TicketType.ENQUIRY,
        ("这款灯可以换灯泡吗？", "Can the bulb be replaced?"),
        (
            "请问这款灯的光源坏了以后可以自己更换吗？需要买什么型号？",
            "When the light source wears out, can I replace it myself? Which type do I need?",
        ),
        (
            "可以更换，型号为 E27、不超过 9 瓦的暖白 LED 灯泡。保修期内坏了由我们免费更换。",
            "Yes: any warm-white E27 LED up to 9 W fits. Within the warranty we replace it free of charge.",
        ),
        ("明白了。", "Good to know."),
    ),
    Talk(
        TicketType.ENQUIRY,
        ("发票可以开公司抬头吗", "Invoice with a company name"),
        (
            "上周买的东西想开公司抬头的增值税普通发票，现在还可以开吗？",
            "I need an invoice with our company name and VAT number for last week's order. Is that still possible?",
        ),
        (
            "可以的，请把抬头和税号回复给我，开好后电子发票会发到您的邮箱。",
            "Certainly. Please answer with the company name and VAT number, and the invoice comes by e-mail.",
        ),
        ("发票收到了。", "Received, thank you."),
        channel=Channel.EMAIL,
    ),
    Talk(
        TicketType.ENQUIRY,
        ("充电宝可以带上飞机吗", "May I take the power bank on a plane?"),
        (
            "下周要出差，请问这款充电宝可以随身带上飞机吗？",
            "I am flying next week. Is this power bank allowed in hand luggage?",
        ),
        (
            "可以，额定能量 37 瓦时，低于 100 瓦时的限制，请随身携带，不要托运。",
            "Yes. It has 37 Wh, well below the limit of 100 Wh. Keep it in your hand luggage, not in the hold.",
        ),
        ("谢谢，很清楚。", "Clear, thanks."),
        channel=Channel.CHAT,
    ),
    Talk(
        TicketType.COMPLAINT,
        ("客服承诺的补寄一直没有发", "The replacement you promised never came"),
        (
            "上周说补寄，到现在一点消息都没有，打电话也没有人接，太让人失望了！",
            "You promised a replacement last week. I have heard nothing and nobody answers the phone. This is disappointing.",
        ),
        (
            "非常抱歉让您久等。补寄件已于今天发出并加急配送，同时为您补偿 30 元优惠券。我会一直跟进到您签收。",
            "I am very sorry. The replacement left today by express, and I will follow it until it is in your hands.",
        ),
        ("希望以后不要再这样。", "It came at last. Please do better next time."),
        priority=Priority.HIGH,
        note=("补寄单上周漏单，已反馈仓库。", "The resend was lost between two lists; told the warehouse."),
    ),
    Talk(
        TicketType.COMPLAINT,
        ("收到的商品明显是用过的", "This has clearly been used before"),
        (
            "打开包装发现有使用痕迹，底部还有划痕，这是二手的吧？",
            "There are scratches on the bottom and the seal was open. Somebody has used this before me.",
        ),
        (
            "这确实不应该发生，非常抱歉。我们可以为您全额退款或换一件全新的，邮费由我们承担，请告诉我您的选择。",
            "That must not happen and I apologise. We refund you in full or send a new one, postage on us. Which do you prefer?",
        ),
        ("那就换新的吧，谢谢。", "A new one, please."),
        channel=Channel.PHONE,
        priority=Priority.URGENT,
    ),
    Talk(
        TicketType.FEEDBACK,
        ("包装很用心", "Lovely packaging"),
        (
            "这次的包装没有塑料，拆起来也方便，点赞。希望继续保持。",
            "No plastic and easy to open. Please keep it that way.",
        ),
        ("谢谢您的鼓励，我们会转告包装组的同事！", "Thank you! I have passed it on to our packing team."),
        ("不客气。", "You're welcome."),
    ),
    Talk(
        TicketType.ENQUIRY,
        ("扫地机器人连不上网络", "The robot vacuum does not find my network"),
        (
            "按照说明书操作了好几次，手机一直提示连接失败，家里是新换的路由器。",
            "I followed the manual several times, but the app says that it cannot connect. We have a new router.",
        ),
        (
            "这款机器人只支持 2.4 GHz 网络。请在路由器中把 2.4 GHz 和 5 GHz 分成两个名称，再用 2.4 GHz 连接。",
            "The robot speaks 2.4 GHz only. Give the 2.4 GHz band of the router a name of its own and connect to that one.",
        ),
        ("可以了！", "That did it!"),
    ),
    Talk(
        TicketType.ORDER,
        ("优惠券没有抵扣", "My voucher was not applied"),
        (
            "结算时选了满 200 减 30 的券，付款金额却没有减，麻烦看看。",
            "I entered my voucher at the checkout, but the full price was charged.",
        ),
        (
            "查到是支付时券刚好过期，已为您申请退回 30 元差价，原路返回。",
            "The voucher expired while you were paying. I have asked for the difference to be refunded.",
        ),
        ("收到退款了。", "The difference is back, thank you."),
    ),
)


@dataclass(frozen=True)
class Complaint:
    """Why something is sent back: the code of the reason, and what the customer writes."""

    reason: str
    text: Pair


RETURNS: Sequence[Complaint] = (
    Complaint(
        "damaged",
        ("收到时外壳裂了一道口子，应该是运输途中摔的。", "The casing was cracked when I opened the box."),
    ),
    Complaint(
        "defective",
        ("用了两天就开不了机了，充电也没有反应。", "It worked for two days and does not switch on any more."),
    ),
    Complaint(
        "does_not_fit", ("尺寸比想象的大一些，家里放不下。", "It is bigger than I expected and does not fit.")
    ),
    Complaint(
        "changed_mind", ("买重复了，还没有拆封。", "I bought it twice by mistake. The box is unopened.")
    ),
    Complaint(
        "not_as_described",
        ("颜色和图片差别很大，偏黄。", "The colour is far more yellow than on the picture."),
    ),
    Complaint("wrong_item", ("发错了，我买的是另外一款。", "You sent a different model.")),
)

EXCHANGE: Pair = ("尺码偏小，想换大一码。", "It is too small. I would like one size up, please.")
REPAIR: Pair = ("用着用着突然没电了，换电池也不行。", "It suddenly went dead, and new batteries do not help.")
MISSING: Pair = ("包裹里少了一件。", "One of the items was not in the parcel.")
COMPENSATION: Pair = ("比承诺的时间晚到了五天。", "It came five days later than promised.")
OBJECTION: Pair = (
    "我只是打开包装看了一下，并没有使用过，照片可以证明。",
    "I only opened the box to look at it and never used it; the photos show that.",
)
RULING: Pair = (
    "照片显示商品未使用，同意退货。",
    "The photos show that it was not used. The return is granted.",
)
WORK_DONE: Pair = ("已更换主板上的开关并清洁触点。", "Switch on the main board replaced, contacts cleaned.")


@dataclass(frozen=True)
class Found:
    """What a technician finds: the fault and the part that is needed."""

    text: Pair
    part: Pair


DIAGNOSIS = Found(
    ("主板上的开关烧坏，需要更换。", "The switch on the main board is burnt and has to be replaced."),
    ("开关", "Switch"),
)

REVIEW_COMMENTS: Mapping[int, Sequence[Pair]] = {
    5: (
        ("回复很快，处理得很满意。", "Quick and friendly, thank you."),
        ("退款到账很快，点赞。", "The money was back in no time."),
        ("", ""),
    ),
    4: (("解决了，就是等得稍微久了点。", "Solved, though it took a little while."), ("", "")),
    3: (("一般吧。", "It was all right."),),
    2: (("来回说了好几遍才弄明白。", "I had to explain the same thing several times."),),
    1: (("等了太久，没有人主动联系我。", "Far too slow, and nobody told me what was going on."),),
}

LOOKING: Pair = (
    "您的退货申请已收到，我正在核对订单和照片，48 小时内给您答复。",
    "Thank you, I have your request in front of me and am checking the order. You hear from me within 48 hours.",
)
APPROVED: Pair = (
    "退货申请已通过，请按页面上的地址寄回商品，并填写快递单号。收到并检查无误后会尽快为您退款。",
    "Your return is approved. The address is on your request's page; please enter the tracking number there.",
)
REFUSAL: Pair = (
    "已超过签收后的退货期限，商品也已使用，因此无法退货。如有质量问题，仍可申请保修。",
    "The return window has passed and the item has been used. The warranty still covers faults.",
)
EVIDENCE_QUESTION: Pair = (
    "请补充一张商品问题部位的清晰照片，最好同时拍到包装上的面单。",
    "Please add a sharp photo of the fault, ideally with the label of the parcel in it.",
)
EVIDENCE_ANSWER: Pair = ("照片补上了，请看。", "Here is the photo.")
VISIT_NOTE: Pair = ("客户对后续处理表示认可。", "The customer is happy with how it ended.")
MISSED_NOTE: Pair = ("电话无人接听。", "Nobody answered the phone.")


def say(pair: Pair, language: str) -> str:
    """The text in a language."""
    return pair[0] if language.startswith("zh") else pair[1]
