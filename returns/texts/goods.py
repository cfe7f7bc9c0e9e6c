"""What customers hear about goods that arrived, went back or never came, and about every other step."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.texts.declaring import Both, Context, Part, Text, Value, Wording
from returns.states import CaseStatus
from returns.texts.values import ABOUT_CASES, AMOUNT, DAY, OF_CASE, fact, has_day, quoted


def _waited_for_evidence(given: Context) -> bool:
    return bool(given["waited_for"] == CaseStatus.INFO_REQUIRED)


def _missing(given: Context) -> str:
    units = given["missing"]
    return ngettext("%(count)s unit", "%(count)s units", units) % {"count": units} if units else ""


RECEIVED = Text(
    key="returns.received",
    about=ABOUT_CASES,
    name=_("Parcel received"),
    when=_("When the goods of a return have arrived, or count as arrived."),
    values=(
        *OF_CASE,
        Value(
            "missing", _("how many units are missing, such as “2 units”"), _missing, Both("1 unit", "1 件")
        ),
    ),
    parts=(
        Part("incomplete", _("When something is missing"), lambda given: bool(given["missing"]), shown=False),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Your parcel for {{ case.number }} has arrived",
        """\
Hello {{ customer.name }},

we have received the goods of your return {{ case.number }} and look at them now. You hear from us as soon as the refund is on its way.

{{ incomplete }}

See your request: {{ link }}""",
        {
            "incomplete": "{{ missing }} of your return did not arrive with the parcel. If the rest is still on its way, there is nothing to do; otherwise please tell us."
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] 您的包裹已到（{{ case.number }}）",
        """\
{{ customer.name }}，您好：

我们已收到您退货 {{ case.number }} 的商品，正在检查。退款办理后我们会马上告诉您。

{{ incomplete }}

查看您的申请: {{ link }}""",
        {"incomplete": "您退货中的 {{ missing }}商品不在包裹里。如果仍在路上，您无需处理；否则请告诉我们。"},
    ),
)

DEDUCTION_OFFERED = Text(
    key="returns.deduction_offered",
    about=ABOUT_CASES,
    name=_("Reduced refund offered"),
    when=_("When goods came back worth less and we offer a reduced refund."),
    values=(
        *OF_CASE,
        quoted(
            "finding",
            _("what we found"),
            lambda given: given["note"].splitlines(),
            Both("> The shade is scratched.", "> 灯罩有划痕。"),
        ),
        fact("amount", _("what we offer to refund"), AMOUNT),
        fact("deduction", _("how much less that is"), Both("€10.00", "¥80.00")),
    ),
    required=("finding", "amount", "deduction", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Your answer, please: the refund for {{ case.number }}",
        """\
Hello {{ customer.name }},

the goods you sent back did not arrive in the state we expected:

{{ finding }}

We offer you a refund of {{ amount }}, which is {{ deduction }} less for the lost value. You can accept it on the page of your request. If you do not agree, write to us there; we can also send the goods back to you.

Answer the offer: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 请答复：{{ case.number }} 的退款",
        """\
{{ customer.name }}，您好：

您寄回的商品与我们预期的状况不符：

{{ finding }}

因价值损失扣减 {{ deduction }}，我们提议退款 {{ amount }}。您可以在申请页面接受；如果不同意，请在那里给我们留言，我们也可以把商品寄回给您。

答复提议: {{ link }}""",
    ),
)

SENT_BACK = Text(
    key="returns.sent_back",
    about=ABOUT_CASES,
    name=_("Goods sent back to the customer"),
    when=_("When goods that we do not keep are on their way back."),
    values=(
        *OF_CASE,
        fact("carrier", _("who carries the parcel"), Both("DHL", "顺丰")),
        fact("tracking_number", _("tracking number"), Both("JJD000390007", "SF1380077012")),
    ),
    required=("tracking_number", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Goods of {{ case.number }} are on their way back to you",
        """\
Hello {{ customer.name }},

we have sent goods back to you with {{ carrier }}, tracking number {{ tracking_number }}.

See your request: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ case.number }} 的商品正在退回给您",
        """\
{{ customer.name }}，您好：

我们已通过{{ carrier }}把商品寄回给您，运单号 {{ tracking_number }}。

查看您的申请: {{ link }}""",
    ),
)

CLOSED = Text(
    key="returns.closed",
    about=ABOUT_CASES,
    name=_("Case closed because nothing came"),
    when=_("When what we waited for did not come in time."),
    values=OF_CASE,
    parts=(
        Part("no_evidence", _("When we waited for photos or an explanation"), _waited_for_evidence),
        Part(
            "no_parcel",
            _("When we waited for the parcel"),
            lambda given: not _waited_for_evidence(given),
            shown=False,
        ),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] {{ case.number }} is closed",
        """\
Hello {{ customer.name }},

{{ no_evidence }} {{ no_parcel }} While the period to return lasts you can request it again.

See your request: {{ link }}""",
        {
            "no_evidence": "we have closed your return {{ case.number }}, because what we asked you for did not arrive in time.",
            "no_parcel": "we have closed your return {{ case.number }}, because no tracking number of your parcel reached us in time. Have you sent the goods already? Then write to us, with the tracking number.",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ case.number }} 已关闭",
        """\
{{ customer.name }}，您好：

{{ no_evidence }}{{ no_parcel }}在退货期内您可以重新申请。

查看您的申请: {{ link }}""",
        {
            "no_evidence": "我们已关闭您的退货 {{ case.number }}，因为没有及时收到我们请您补充的内容。",
            "no_parcel": "我们已关闭您的退货 {{ case.number }}，因为没有及时收到包裹的运单号。如果您已寄出，请联系我们并提供运单号。",
        },
    ),
)

NEWS = Text(
    key="returns.news",
    about=ABOUT_CASES,
    name=_("News of a case"),
    when=_(
        "At every other step of a return, an exchange, a repair or a compensation that the customer should know."
    ),
    values=(
        *OF_CASE,
        fact(
            "news.title",
            _("what is new, in a few words"),
            Both("Your repair is done", "维修已完成"),
            key="title",
        ),
        fact(
            "news.text",
            _("what is new, in a sentence; sometimes empty"),
            Both("The lamp is on its way to you with DHL.", "台灯正由顺丰寄给您。"),
            key="text",
        ),
        fact("due", _("by when the customer has to answer"), DAY),
    ),
    parts=(Part("answer_by", _("When the customer has to answer by a certain time"), has_day, shown=False),),
    required=("news.title", "news.text", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] {{ news.title }} ({{ case.number }})",
        """\
Hello {{ customer.name }},

news of your request {{ case.number }} ({{ case.kind }}):

{{ news.title }}

{{ news.text }}

{{ items }}

{{ answer_by }}

See your request: {{ link }}""",
        {"answer_by": "Please answer by {{ due }}."},
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ news.title }} ({{ case.number }})",
        """\
{{ customer.name }}，您好：

您的申请 {{ case.number }}（{{ case.kind }}）有新进展：

{{ news.title }}

{{ news.text }}

{{ items }}

{{ answer_by }}

查看您的申请: {{ link }}""",
        {"answer_by": "请在 {{ due }} 前答复。"},
    ),
)

TEXTS = (RECEIVED, DEDUCTION_OFFERED, SENT_BACK, CLOSED, NEWS)
