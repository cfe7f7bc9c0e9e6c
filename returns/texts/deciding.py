"""What customers hear until a case is decided and the goods are on their way."""

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Both, Part, Text, Wording
from returns.texts.values import ABOUT_CASES, AMOUNT, DAY, OF_CASE, fact, has_day, quoted

SUBMITTED = Text(
    key="returns.submitted",
    about=ABOUT_CASES,
    name=_("Return requested"),
    when=_("As soon as a return was requested, unless it was approved at once."),
    values=(
        *OF_CASE,
        fact("due", _("by when we decide"), DAY),
        fact("amount", _("what would be refunded"), AMOUNT),
    ),
    parts=(
        Part("review", _("When it still has to be decided"), has_day),
        Part("approved", _("When it is approved already"), lambda given: not given["due"], shown=False),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] We have your return request",
        """\
Hello {{ customer.name }},

your return request has arrived and has the number {{ case.number }}:

{{ items }}

{{ review }}
{{ approved }}

Refund once we have the goods back in order: {{ amount }}

See your request: {{ link }}""",
        {
            "review": "We decide by {{ due }}. Please keep the goods until then; you will get the address to send them to with our answer.",
            "approved": "It is approved. You will get the address to send the goods to with our next mail.",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] 我们已收到您的退货申请",
        """\
{{ customer.name }}，您好：

您的退货申请已收到，单号为 {{ case.number }}：

{{ items }}

{{ review }}
{{ approved }}

我们收到完好的商品后退款：{{ amount }}

查看您的申请: {{ link }}""",
        {
            "review": "我们会在 {{ due }} 前决定。在此之前请保留商品；寄回地址会随我们的答复发给您。",
            "approved": "申请已同意。我们会在下一封邮件中告知寄回地址。",
        },
    ),
)

INFO_REQUESTED = Text(
    key="returns.info_requested",
    about=ABOUT_CASES,
    name=_("More is needed to decide"),
    when=_("When somebody asks the customer for photos, a video or an explanation."),
    values=(
        *OF_CASE,
        quoted(
            "question",
            _("what we ask for"),
            lambda given: given["question"].splitlines(),
            Both("> Please send us a photo of the type plate.", "> 请发一张铭牌的照片。"),
        ),
        fact("due", _("by when it has to be there"), DAY),
    ),
    parts=(Part("deadline", _("When it has to be there by a certain time"), has_day),),
    required=("question", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] We need something more for {{ case.number }}",
        """\
Hello {{ customer.name }},

to decide on your return we need something more from you:

{{ question }}

{{ deadline }}

Send it here: {{ link }}""",
        {
            "deadline": "Please send it by {{ due }}; after that we have to close the request. The time we have to decide stands still until then."
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] {{ case.number }} 还需要您补充",
        """\
{{ customer.name }}，您好：

为了决定您的退货，我们还需要您提供：

{{ question }}

{{ deadline }}

在此提交: {{ link }}""",
        {"deadline": "请在 {{ due }} 前发来，逾期我们只能关闭申请。在此之前，我们的审核时间暂停计算。"},
    ),
)

INSTRUCTED = Text(
    key="returns.instructed",
    about=ABOUT_CASES,
    name=_("Approved: how to send it back"),
    when=_("When a return is approved and its address is known."),
    values=(
        *OF_CASE,
        quoted(
            "address",
            _("where to send it"),
            lambda given: given["address"],
            Both(
                "> Larch Lamps, Returns\n> 12 Harbour Road\n> 20457 Hamburg",
                "> 落叶松灯具 退货部\n> 上海市浦东新区海港路 12 号",
            ),
        ),
        fact("due", _("by when it has to be sent"), DAY),
        fact("amount", _("what will be refunded"), AMOUNT),
    ),
    parts=(
        Part("we_pay", _("When we bear the postage"), lambda given: bool(given["shop_pays"])),
        Part(
            "customer_pays",
            _("When the customer bears the postage"),
            lambda given: not given["shop_pays"],
            shown=False,
        ),
    ),
    required=("case.number", "address", "due", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Approved: how to send {{ case.number }} back",
        """\
Hello {{ customer.name }},

your return {{ case.number }} is approved:

{{ items }}

Please send the goods to this address and write {{ case.number }} on the parcel:

{{ address }}

Send them by {{ due }}, and then enter the tracking number on the page of your request. It is your proof, and it lets us tell you when the parcel has arrived. {{ we_pay }} {{ customer_pays }}

Refund once we have the goods back in order: {{ amount }}

Enter the tracking number: {{ link }}""",
        {
            "we_pay": "We bear the postage; keep the receipt.",
            "customer_pays": "The postage for sending them back is yours.",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] 已同意：如何寄回 {{ case.number }}",
        """\
{{ customer.name }}，您好：

您的退货 {{ case.number }} 已同意：

{{ items }}

请将商品寄到以下地址，并在包裹上写明 {{ case.number }}：

{{ address }}

请在 {{ due }} 前寄出，并在申请页面填写运单号。运单号是您的寄件凭证，我们也能据此告知您包裹何时送达。{{ we_pay }}{{ customer_pays }}

我们收到完好的商品后退款：{{ amount }}

填写运单号: {{ link }}""",
        {"we_pay": "运费由我们承担，请保留凭证。", "customer_pays": "寄回的运费由您承担。"},
    ),
)

REFUSED = Text(
    key="returns.refused",
    about=ABOUT_CASES,
    name=_("Return refused"),
    when=_("When we refuse a return."),
    values=(
        *OF_CASE,
        fact(
            "reason",
            _("the reason that was chosen"),
            Both("The period to return it is over", "已超过退货期限"),
        ),
        quoted(
            "explanation",
            _("what was written about it"),
            lambda given: given["text"].splitlines(),
            Both("> The lamp was delivered on 2 September.", "> 台灯已于 9 月 2 日签收。"),
        ),
    ),
    required=("reason", "explanation", "link"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] About your return {{ case.number }}",
        """\
Hello {{ customer.name }},

we are sorry: we cannot accept your return {{ case.number }}.

Reason: {{ reason }}

{{ explanation }}

If you see it differently, or have something to add, write to us on the page of your request. A person reads it.

See your request: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 关于您的退货 {{ case.number }}",
        """\
{{ customer.name }}，您好：

很抱歉，我们不能接受您的退货 {{ case.number }}。

原因：{{ reason }}

{{ explanation }}

如果您有不同意见或需要补充，请在申请页面给我们留言，会有人工阅读。

查看您的申请: {{ link }}""",
    ),
)

TEXTS = (SUBMITTED, INFO_REQUESTED, INSTRUCTED, REFUSED)
