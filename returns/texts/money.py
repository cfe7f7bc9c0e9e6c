"""What customers hear about their money."""

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Both, Context, Part, Text, Value, Wording
from returns.texts.values import AMOUNT, DAY, OF_CASE, fact

ABOUT = _("Refunds and vouchers")


def _in_kind(given: Context) -> str:
    return "\n".join(
        f"- {what}: {worth}" + (f" ({units})" if units else "") for what, worth, units in given["in_kind"]
    )


COMPLETED = Text(
    key="returns.completed",
    about=ABOUT,
    name=_("Refunded"),
    when=_("When a case is complete and money went back."),
    values=(
        *OF_CASE,
        fact("amount", _("what was refunded"), AMOUNT),
        Value(
            "in_kind_list",
            _("what was given back in points or credit, one a line"),
            _in_kind,
            Both("- Points: €2.00 (200)", "- 积分: ¥20.00 (2000)"),
        ),
    ),
    parts=(
        Part("refunded", _("When it went back the way it was paid"), lambda given: not given["by_hand"]),
        Part(
            "transferred",
            _("When it was transferred by hand"),
            lambda given: bool(given["by_hand"]),
            shown=False,
        ),
        Part(
            "in_kind",
            _("When points or credit were given back"),
            lambda given: bool(given["in_kind"]),
            shown=False,
        ),
    ),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Refunded: {{ amount }}",
        """\
Hello {{ customer.name }},

{{ refunded }} {{ transferred }} Depending on your bank it takes some days until you see it. With this your return is complete.

{{ in_kind }}

See your request: {{ link }}""",
        {
            "refunded": "we have refunded {{ amount }} for your return {{ case.number }}, the way you paid.",
            "transferred": "we have transferred {{ amount }} to you for your return {{ case.number }}.",
            "in_kind": """\
Of this we gave back as what it was:
{{ in_kind_list }}""",
        },
    ),
    zh=Wording(
        "[{{ ticket.number }}] 已退款：{{ amount }}",
        """\
{{ customer.name }}，您好：

{{ refunded }}{{ transferred }}到账时间视银行而定，可能需要几天。您的退货至此完成。

{{ in_kind }}

查看您的申请: {{ link }}""",
        {
            "refunded": "我们已为您的退货 {{ case.number }} 按原支付方式退款 {{ amount }}。",
            "transferred": "我们已为您的退货 {{ case.number }} 转账 {{ amount }}。",
            "in_kind": """\
其中按原有形式退回的有：
{{ in_kind_list }}""",
        },
    ),
)

REFUND_FAILED = Text(
    key="returns.refund_failed",
    about=ABOUT,
    name=_("Refund delayed"),
    when=_("When the payment provider refused a refund."),
    values=(*OF_CASE, fact("amount", _("what is to be refunded"), AMOUNT)),
    required=("link",),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Your refund for {{ case.number }} is delayed",
        """\
Hello {{ customer.name }},

your refund of {{ amount }} did not go through: the payment provider refused it. You need not do anything. We try again or pay you in another way, and write to you when it is done.

See your request: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 您的退款有延误（{{ case.number }}）",
        """\
{{ customer.name }}，您好：

您的退款 {{ amount }} 没有成功：支付渠道拒绝了付款。您无需操作，我们会重试或以其他方式付款，办好后写信告诉您。

查看您的申请: {{ link }}""",
    ),
)

VOUCHER_EXPIRES = Text(
    key="returns.voucher_expires",
    about=ABOUT,
    name=_("Voucher ends soon"),
    when=_("Some days before a voucher that nobody has used ends."),
    values=(
        *OF_CASE,
        fact("code", _("code of the voucher"), Both("THANKS-7Q2F", "THANKS-7Q2F")),
        fact("amount", _("what it is worth"), Both("€10.00", "¥50.00")),
        fact("until", _("until when it is valid"), DAY),
    ),
    required=("code", "until"),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] Your voucher is valid until {{ until }} ({{ case.number }})",
        """\
Hello {{ customer.name }},

your voucher worth {{ amount }} has not been used yet:

{{ code }}

You can use it in the shop until {{ until }}.

See your request: {{ link }}""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 您的代金券有效期至 {{ until }} ({{ case.number }})",
        """\
{{ customer.name }}，您好：

您有一张价值 {{ amount }} 的代金券尚未使用：

{{ code }}

您可在 {{ until }} 前在店铺中使用。

查看您的申请: {{ link }}""",
    ),
)

TEXTS = (COMPLETED, REFUND_FAILED, VOUCHER_EXPIRES)
