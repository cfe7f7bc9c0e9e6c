"""What customers hear about their warranties and withdrawals."""

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core import clock, dates
from core.texts.declaring import Both, Context, Text, Value, Wording
from returns.texts.values import fact
from tickets.texts import CUSTOMER_NAME, LINK, NAME_LENGTH

ABOUT = _("Warranty and withdrawal")


def _device(given: Context) -> str:
    warranty = given["warranty"]
    return f"{warranty.title} ({warranty.serial_no})" if warranty.serial_no else str(warranty.title)


OF_WARRANTY = (
    CUSTOMER_NAME,
    Value(
        "warranty.number",
        _("number of the warranty"),
        lambda given: given["warranty"].number,
        Both("G-118", "G-118"),
    ),
    Value(
        "device",
        _("the device with its serial number"),
        _device,
        Both("Desk lamp (SN-20394)", "台灯 (SN-20394)"),
    ),
    LINK,
)

WARRANTY_VERIFIED = Text(
    key="returns.warranty_verified",
    about=ABOUT,
    name=_("Device registered"),
    when=_("When the proof of purchase of a registered device fits."),
    values=(
        *OF_WARRANTY,
        Value(
            "ends_on",
            _("until when it is in warranty"),
            lambda given: dates.day(given["warranty"].ends_on, clock.now()),
            Both("23 November 2028", "2028年11月23日"),
        ),
    ),
    required=("ends_on", "link"),
    in_subject=("warranty.number",),
    en=Wording(
        "[{{ warranty.number }}] Your device is registered",
        """\
Hello {{ customer.name }},

{{ device }}

Your proof of purchase fits. The device is in warranty until {{ ends_on }}.

My warranties: {{ link }}""",
    ),
    zh=Wording(
        "[{{ warranty.number }}] 您的设备已登记",
        """\
{{ customer.name }}，您好：

{{ device }}

您的购买凭证已核实，设备保修至 {{ ends_on }}。

我的保修: {{ link }}""",
    ),
)

WARRANTY_ENDED = Text(
    key="returns.warranty_ended",
    about=ABOUT,
    name=_("Warranty ended"),
    when=_("When a warranty becomes void."),
    values=(
        *OF_WARRANTY,
        Value(
            "reason",
            _("why it ended"),
            lambda given: str(given["warranty"].get_void_reason_display()),
            Both("The goods were returned", "商品已退回"),
        ),
    ),
    required=("reason", "link"),
    in_subject=("warranty.number",),
    en=Wording(
        "[{{ warranty.number }}] Your warranty has ended",
        """\
Hello {{ customer.name }},

{{ device }}

The warranty is void: {{ reason }}. If this is not right, please answer this mail.

My warranties: {{ link }}""",
    ),
    zh=Wording(
        "[{{ warranty.number }}] 您的保修已终止",
        """\
{{ customer.name }}，您好：

{{ device }}

保修已作废：{{ reason }}。如有疑问，请回复本邮件。

我的保修: {{ link }}""",
    ),
)


def _ticket_number(given: Context) -> str:
    """The number by which an answer finds its place; the withdrawal's own before there is a ticket."""
    withdrawal = given["withdrawal"]
    return str(withdrawal.ticket.number if withdrawal.ticket else withdrawal.number)


def _declaration(given: Context) -> str:
    """All that the law wants confirmed, as in the document beside it."""
    sheet, colon = given["sheet"], pgettext("after a name", ": ")
    facts = (f"{name}{colon}{value}" for name, value in sheet.facts)
    blocks = ([sheet.opening], facts, [sheet.items_title, *sheet.items], sheet.closing)
    return "\n\n".join("\n".join(block) for block in blocks)


WITHDRAWAL = Text(
    key="returns.withdrawal",
    about=ABOUT,
    name=_("Acknowledgement of a withdrawal"),
    when=_("As soon as a customer has withdrawn from a contract; the law asks for it without delay."),
    values=(
        Value(
            "customer.name",
            _("customer’s name"),
            lambda given: Truncator(given["withdrawal"].name).chars(NAME_LENGTH),
            Both("Carol", "王芳"),
        ),
        Value("ticket.number", _("ticket number"), _ticket_number, Both("T-1042", "T-1042")),
        Value(
            "withdrawal.number",
            _("number of the withdrawal"),
            lambda given: given["withdrawal"].number,
            Both("W-208", "W-208"),
        ),
        Value(
            "title",
            _("what it is, as the law calls it"),
            lambda given: given["sheet"].title,
            Both("Acknowledgement of your withdrawal", "撤回合同确认函"),
        ),
        Value(
            "declaration",
            _("everything that was declared, when, and on what basis"),
            _declaration,
            Both(
                "We have received this declaration of withdrawal from a contract:\n\nNumber: W-208\nOrder: SO-2044\n\n"
                "I withdraw from the contract for the whole order:\n1 × Desk lamp (LAMP-1)",
                "我们已收到以下撤回合同的声明：\n\n编号：W-208\n订单：SO-2044\n\n本人就整个订单撤回合同：\n1 × 台灯 (LAMP-1)",
            ),
        ),
        fact("link", _("the address of the page where it goes on"), LINK.example),
    ),
    required=("declaration", "link"),
    in_subject=("ticket.number", "title"),
    en=Wording(
        "[{{ ticket.number }}] {{ title }} {{ withdrawal.number }}",
        """\
Hello {{ customer.name }},

{{ declaration }}

The same stands in the attached document. What happens next we write to you separately.

See your withdrawal: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ title }} {{ withdrawal.number }}",
        """\
{{ customer.name }}，您好：

{{ declaration }}

附件文件内容与此相同。后续安排我们会另行通知您。

查看撤回: {{ link }}""",
    ),
)

TEXTS = (WARRANTY_VERIFIED, WARRANTY_ENDED, WITHDRAWAL)
