"""What we write to customers about their requests, and the values that every text about a request has."""

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core import durations
from core.texts.declaring import Both, Context, Part, Text, Value, Wording

NAME_LENGTH = 40
"""A name that somebody typed is no place for a letter of their own."""

EXAMPLE_LINK = f"{settings.PUBLIC_URL}/requests/AbC3dEf/"


def _order_number(given: Context) -> str:
    order = given["ticket"].order
    return order.number if order else ""


def _shop_name(given: Context) -> str:
    order = given["ticket"].order
    return order.shop.name if order else ""


CUSTOMER_NAME = Value(
    "customer.name",
    _("customer’s name"),
    lambda given: Truncator(given["customer"].display_name).chars(NAME_LENGTH),
    Both("Carol", "王芳"),
)
TICKET_NUMBER = Value(
    "ticket.number", _("ticket number"), lambda given: given["ticket"].number, Both("T-1042", "T-1042")
)
TICKET_SUBJECT = Value(
    "ticket.subject",
    _("subject of the request"),
    lambda given: given["ticket"].subject,
    Both("The lamp flickers", "台灯闪烁"),
)
ORDER_NUMBER = Value(
    "order.number", _("order number, if there is an order"), _order_number, Both("SO-2044", "SO-2044")
)
SHOP_NAME = Value(
    "shop.name", _("name of the shop, if there is an order"), _shop_name, Both("Larch Lamps", "落叶松灯具")
)
LINK = Value(
    "link",
    _("the address of the page where it goes on"),
    lambda given: given["link"],
    Both(EXAMPLE_LINK, EXAMPLE_LINK),
)

OF_REQUEST = (CUSTOMER_NAME, TICKET_NUMBER, TICKET_SUBJECT, ORDER_NUMBER, SHOP_NAME, LINK)
"""Values of every text about a request, where the sender gives `ticket`, `customer` and `link`."""


def _reopen_days(given: Context) -> str:
    return durations.day_pattern(given["reopen_days"]) % {"count": given["reopen_days"]}


REOPEN_DAYS = Value(
    "reopen_days",
    _("how long it can be reopened, such as “14 days”"),
    _reopen_days,
    Both("14 days", "14 天"),
)

OPENED = Text(
    key="tickets.opened",
    about=_("Requests"),
    name=_("Request received"),
    when=_("As soon as a request has arrived, unless it came by chat or telephone."),
    # Anybody may type anybody's address into a form: what we send there says nothing of their making.
    values=(
        CUSTOMER_NAME,
        TICKET_NUMBER,
        LINK,
        Value(
            "promised",
            _("by when a person answers"),
            lambda given: given.get("promised") or "",
            Both(
                "Monday, 23 November 2026, 15:00 (Europe/Berlin)",
                "2026年11月23日星期一 15:00 (Asia/Shanghai)",
            ),
        ),
    ),
    parts=(
        Part(
            "promise",
            _("When an answer is promised by a certain time"),
            lambda given: bool(given.get("promised")),
        ),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] We have your request",
        """\
Hello {{ customer.name }},

your request has arrived and has the number {{ ticket.number }}. {{ promise }}

You can follow it, add something and send photos on its own page:

See your request: {{ link }}""",
        {"promise": "A person answers you by {{ promised }}."},
    ),
    zh=Wording(
        "[{{ ticket.number }}] 已收到您的申请",
        """\
{{ customer.name }}，您好：

您的申请已收到，编号为 {{ ticket.number }}。{{ promise }}

您可以在申请页面查看进度、补充说明或上传照片：

查看您的申请: {{ link }}""",
        {"promise": "客服人员将在 {{ promised }} 之前回复您。"},
    ),
)

REPLY = Text(
    key="tickets.reply",
    about=_("Requests"),
    name=_("Answer to a request"),
    when=_("With every answer that goes to the customer by mail."),
    values=(
        *OF_REQUEST,
        Value(
            "answer",
            _("what was written"),
            lambda given: given["message"].body,
            Both(
                "Thank you for the photos. A new shade is on its way to you.",
                "感谢您提供照片，我们已为您寄出新的灯罩。",
            ),
        ),
        Value(
            "agent.name", _("who wrote it"), lambda given: given["message"].actor_name, Both("Alice", "小艾")
        ),
        Value(
            "files",
            _("files that are too large for a mail, one a line"),
            lambda given: "\n".join(file.name for file in given["left"]),
            Both("assembly.mp4", "安装视频.mp4"),
        ),
        REOPEN_DAYS,
    ),
    parts=(
        Part(
            "only_files",
            _("When nothing was written, only files were sent"),
            lambda given: not given["message"].body,
            shown=False,
        ),
        Part(
            "large_files",
            _("When files are too large for a mail"),
            lambda given: bool(given["left"]),
            shown=False,
        ),
        Part(
            "solved",
            _("When the request was solved with it"),
            lambda given: bool(given["solved"]),
            shown=False,
        ),
    ),
    required=("answer", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] {{ ticket.subject }}",
        """\
Hello {{ customer.name }},

{{ answer }}

{{ only_files }}

{{ large_files }}

{{ agent.name }}

{{ solved }}

Read and answer: {{ link }}""",
        {
            "only_files": "We have sent you files. You see them on the page of your request.",
            "large_files": """\
These files are too large for a mail; you find them on the page of your request:
{{ files }}""",
            "solved": "With this we consider your request solved. If it is not, write to us within {{ reopen_days }} and we go on with it.",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ ticket.subject }}",
        """\
{{ customer.name }}，您好：

{{ answer }}

{{ only_files }}

{{ large_files }}

{{ agent.name }}

{{ solved }}

查看并回复: {{ link }}""",
        {
            "only_files": "我们给您发送了文件，请在申请页面查看。",
            "large_files": """\
以下文件过大，无法随邮件发送，请在您的申请页面查看：
{{ files }}""",
            "solved": "至此您的申请已处理完毕。如仍未解决，请在 {{ reopen_days }}内留言，我们会继续处理。",
        },
    ),
)

SOLVED = Text(
    key="tickets.solved",
    about=_("Requests"),
    name=_("Request solved"),
    when=_("When we solve a request without writing an answer with it."),
    values=(*OF_REQUEST, REOPEN_DAYS),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Solved: {{ ticket.subject }}",
        """\
Hello {{ customer.name }},

we consider your request {{ ticket.number }} solved. If it is not, write to us within {{ reopen_days }} and we go on with it.

See your request: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 已解决：{{ ticket.subject }}",
        """\
{{ customer.name }}，您好：

您的申请 {{ ticket.number }} 已处理完毕。如仍未解决，请在 {{ reopen_days }}内留言，我们会继续处理。

查看您的申请: {{ link }}""",
    ),
)

MAILED_NEWS = Text(
    key="tickets.mailed_news",
    about=_("Requests"),
    name=_("Below what is told by mail"),
    when=_(
        "Around each mail that tells what happened: below it stands where its reader chooses what to be told."
    ),
    values=(
        Value(
            "subject",
            _("subject of what is told"),
            lambda given: given["subject"],
            Both("[T-1042] Your refund is on its way", "[T-1042] 您的退款已发出"),
        ),
        Value(
            "text",
            _("what is told"),
            lambda given: given["text"],
            Both("Hello Carol,\n\nwe have refunded $25.00.", "王芳，您好：\n\n我们已为您退款 ¥180.00。"),
        ),
        Value(
            "choices",
            _("the address of the page of these choices"),
            lambda given: given["choices"],
            Both(
                f"{settings.PUBLIC_URL}/requests/news/AbC3dEf/",
                f"{settings.PUBLIC_URL}/requests/news/AbC3dEf/",
            ),
        ),
    ),
    required=("text", "choices"),
    in_subject=("subject",),
    en=Wording("{{ subject }}", "{{ text }}\n\nWhat we tell you, and how, you choose at {{ choices }}"),
    zh=Wording("{{ subject }}", "{{ text }}\n\n您可以在这里选择接收哪些通知以及接收方式 {{ choices }}"),
)

TEXTS = (OPENED, REPLY, SOLVED, MAILED_NEWS)
