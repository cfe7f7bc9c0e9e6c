"""The reasons and policies a fresh installation starts with: configuration that staff change."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from returns.states import CaseKind, Fault

_BACK = [CaseKind.RETURN_REFUND, CaseKind.EXCHANGE]
_PAID_ANYWAY = [CaseKind.REFUND_ONLY, CaseKind.COMPENSATION]

REASONS: tuple[Mapping[str, Any], ...] = (
    {
        "code": "defective",
        "kinds": [*_BACK, CaseKind.REPAIR, *_PAID_ANYWAY],
        "name_en": "Faulty or does not work",
        "name_zh": "质量问题或无法使用",
        "fault_default": Fault.MERCHANT,
        "evidence_required": "photo",
    },
    {
        "code": "damaged",
        "kinds": [*_BACK, CaseKind.REPAIR, CaseKind.RESEND, *_PAID_ANYWAY],
        "name_en": "Arrived damaged",
        "name_zh": "收到时已破损",
        "fault_default": Fault.CARRIER,
        "evidence_required": "photo",
    },
    {
        "code": "wrong_item",
        "kinds": [*_BACK, CaseKind.RESEND, *_PAID_ANYWAY],
        "name_en": "Wrong item sent",
        "name_zh": "商家发错货",
        "fault_default": Fault.MERCHANT,
        "evidence_required": "photo",
    },
    {
        "code": "not_as_described",
        "kinds": [*_BACK, *_PAID_ANYWAY],
        "name_en": "Not as described",
        "name_zh": "与商品描述不符",
        "fault_default": Fault.MERCHANT,
        "evidence_required": "photo",
    },
    {
        "code": "missing_parts",
        "kinds": [*_BACK, CaseKind.RESEND, *_PAID_ANYWAY],
        "name_en": "Parts are missing",
        "name_zh": "少件或缺少配件",
        "fault_default": Fault.MERCHANT,
        "evidence_required": "photo",
    },
    {
        "code": "arrived_late",
        "kinds": [CaseKind.RETURN_REFUND, *_PAID_ANYWAY],
        "name_en": "Arrived too late",
        "name_zh": "送达太晚",
        "fault_default": Fault.CARRIER,
        "shows_on_goods": False,
    },
    {
        "code": "does_not_fit",
        "kinds": _BACK,
        "name_en": "Size or style does not suit",
        "name_zh": "尺寸或款式不合适",
        "fault_default": Fault.CUSTOMER,
    },
    {
        "code": "changed_mind",
        "kinds": [CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY],
        "name_en": "Changed my mind",
        "name_zh": "不想要了（无理由退货）",
        "fault_default": Fault.CUSTOMER,
        "shows_on_goods": False,
    },
    {
        "code": "not_received",
        "kinds": [CaseKind.RESEND, CaseKind.REFUND_ONLY],
        "name_en": "Has not arrived, or not all of it",
        "name_zh": "未收到货或少收",
        "fault_default": Fault.CARRIER,
        "denies_receipt": True,
        "shows_on_goods": False,
    },
    {
        "code": "price_dropped",
        "kinds": [CaseKind.COMPENSATION],
        "name_en": "Became cheaper soon after",
        "name_zh": "买后降价（价保）",
        "fault_default": Fault.MERCHANT,
        "shows_on_goods": False,
    },
    {
        "code": "other",
        "kinds": [*_BACK, CaseKind.REPAIR, CaseKind.RESEND, *_PAID_ANYWAY],
        "name_en": "Something else",
        "name_zh": "其他原因",
        "fault_default": Fault.UNKNOWN,
    },
)

POLICIES: tuple[Mapping[str, Any], ...] = (
    {
        "name_en": "Standard: 30 days to return",
        "name_zh": "标准：30 天退货",
        "window_days": 30,
        "window_mode": "elapsed",
    },
    {
        "name_en": "China: 7 days, no reason needed",
        "name_zh": "中国：七天无理由退货",
        "country": "CN",
        "window_days": 7,
        "window_mode": "cn_next_day",
    },
)

AMOUNTS: tuple[tuple[str, int, int], ...] = (
    ("CNY", 100_000, 200_000),
    ("USD", 15_000, 30_000),
    ("EUR", 15_000, 30_000),
    ("GBP", 12_000, 25_000),
    ("JPY", 20_000, 40_000),
)
"""Currency, what any agent may approve, what one person may pay; minor units."""


def ensure_reasons(reasons: Any) -> None:
    """Store the default reasons that are not there yet; the argument is a manager, of any age of the table."""
    known = {field.name for field in reasons.model._meta.fields}
    for order, reason in enumerate(REASONS, start=1):
        values = {**reason, "kinds": list(reason["kinds"]), "order": order * 10}
        defaults = {name: value for name, value in values.items() if name in known}
        reasons.get_or_create(code=reason["code"], defaults=defaults)


STATUTES: tuple[Mapping[str, Any], ...] = (
    {
        "code": "cn-withdrawal",
        "territory": "CN",
        "right": "withdrawal",
        "name_en": "China: seven days to return without a reason",
        "name_zh": "中国：七日无理由退货",
        "min_days": 7,
        "mode": "cn_next_day",
        "anchor": "delivered",
        "refund_days": 7,
        "exemptions": ["custom_made", "perishable", "sealed_hygiene", "digital"],
        "valid_from": date(2014, 3, 15),
        "source_en": "Consumer Protection Law art. 25; Interim Measures for Seven-Day Returns of Online Purchases art. 6, 7, 10, 13",
        "source_zh": "《消费者权益保护法》第二十五条；《网络购买商品七日无理由退货暂行办法》第六、七、十、十三条",
    },
    {
        "code": "cn-defect",
        "territory": "CN",
        "right": "defect",
        "name_en": "China: seven days to return faulty goods",
        "name_zh": "中国：质量问题七日内退货",
        "min_days": 7,
        "mode": "cn_next_day",
        "anchor": "delivered",
        "freight": "shop",
        "refund_days": 7,
        "exemptions": [],
        "valid_from": date(2014, 3, 15),
        "source_en": "Consumer Protection Law art. 24",
        "source_zh": "《消费者权益保护法》第二十四条",
    },
    {
        "code": "eu-withdrawal",
        "territory": "EU",
        "right": "withdrawal",
        "name_en": "European Union: 14 days to withdraw",
        "name_zh": "欧盟：十四天撤回权",
        "min_days": 14,
        "mode": "eu",
        "anchor": "last_parcel",
        "refunds_shipping": True,
        "refund_days": 14,
        "exemptions": ["custom_made", "perishable", "sealed_hygiene", "digital"],
        "valid_from": date(2014, 6, 13),
        "source_en": "Directive 2011/83/EU art. 9, 13, 14, 16",
        "source_zh": "《消费者权利指令》（2011/83）第 9、13、14、16 条",
    },
    {
        "code": "eu-conformity",
        "territory": "EU",
        "right": "conformity",
        "name_en": "European Union: two years of conformity, repair or replacement first",
        "name_zh": "欧盟：两年符合性保证，先修理或更换",
        "min_days": 730,
        "mode": "cn_next_day",
        "anchor": "delivered",
        "freight": "shop",
        "exemptions": [],
        "valid_from": date(2022, 1, 1),
        "source_en": "Directive (EU) 2019/771 art. 10, 13, 14",
        "source_zh": "《货物买卖指令》（2019/771）第 10、13、14 条",
    },
    {
        "code": "gb-withdrawal",
        "territory": "GB",
        "right": "withdrawal",
        "name_en": "United Kingdom: 14 days to cancel",
        "name_zh": "英国：十四天取消权",
        "min_days": 14,
        "mode": "cn_next_day",
        "anchor": "last_parcel",
        "refunds_shipping": True,
        "refund_days": 14,
        "exemptions": ["custom_made", "perishable", "sealed_hygiene", "digital"],
        "valid_from": date(2014, 6, 13),
        "source_en": "Consumer Contracts Regulations 2013 reg. 28, 30, 34",
        "source_zh": "《2013 年消费者合同条例》第 28、30、34 条",
    },
    {
        "code": "gb-defect",
        "territory": "GB",
        "right": "defect",
        "name_en": "United Kingdom: 30 days to reject faulty goods",
        "name_zh": "英国：三十天内拒收瑕疵商品",
        "min_days": 30,
        "mode": "cn_next_day",
        "anchor": "delivered",
        "freight": "shop",
        "refund_days": 14,
        "exemptions": [],
        "valid_from": date(2015, 10, 1),
        "source_en": "Consumer Rights Act 2015 s. 20, 22",
        "source_zh": "《2015 年消费者权利法》第 20、22 条",
    },
    {
        "code": "us-withdrawal",
        "territory": "US",
        "right": "withdrawal",
        "name_en": "United States: no federal right to return online purchases",
        "name_zh": "美国：网购没有联邦层面的退货权",
        "min_days": 0,
        "mode": "elapsed",
        "anchor": "delivered",
        "fee_allowed": True,
        "exemptions": [],
        "source_en": "16 CFR 429 covers sales at the door only",
        "source_zh": "《联邦法规汇编》第 16 编第 429 部分仅涉及上门推销",
    },
)
"""Rights by country, in their present version. Configuration, not legal advice."""

RISK_RULES: tuple[Mapping[str, Any], ...] = (
    {"flag": "return_rate", "limit": 40, "minimum": 5, "days": 180},
    {"flag": "not_received", "limit": 3, "days": 365},
    {"flag": "value", "limit": 3, "minimum": 5, "days": 180},
    {"flag": "wrong_item", "limit": 2, "days": 365},
    {"flag": "shared_address", "limit": 3, "days": 365},
)


def ensure_law(statutes: Any, risk_rules: Any) -> None:
    """Store the statutory rights and the signs of risk that are not there yet; the arguments are managers."""
    for law in STATUTES:
        if not statutes.filter(code=law["code"]).exists():
            statutes.create(**law)
    for rule in RISK_RULES:
        risk_rules.get_or_create(flag=rule["flag"], defaults=rule)


def ensure_returns(reasons: Any, policies: Any, amounts: Any) -> None:
    """Store the default reasons and policies where there are none yet; the arguments are managers."""
    ensure_reasons(reasons)
    if policies.exists():
        return
    for policy in POLICIES:
        row = policies.create(**policy)
        for currency, agent_limit, one_payer_limit in AMOUNTS:
            amounts.create(
                policy=row, currency=currency, agent_limit=agent_limit, one_payer_limit=one_payer_limit
            )
