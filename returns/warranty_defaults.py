"""Warranty rules and rights of withdrawal of a fresh installation; staff change them as laws do.

Not legal advice: national law differs, and whoever sells has to look these up for the countries sold to.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from returns.warranty_states import AfterRepair, Start, WarrantyKind
from returns.withdrawal_states import Wording

EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT"),
    *("LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

RULES: tuple[Mapping[str, Any], ...] = (
    {
        "code": "cn-statutory",
        "name_en": "China: one year, repair days added",
        "name_zh": "中国：保修一年，维修时间顺延",
        "kind": WarrantyKind.STATUTORY,
        "countries": ["CN"],
        "months": 12,
        "after_repair": AfterRepair.REPAIR_DAYS,
        "valid_from": date(2014, 3, 15),
        "basis_en": "Three guarantees (repair, exchange, refund) by category of goods",
        "basis_zh": "商品“三包”规定（按品类）",
    },
    {
        "code": "eu-conformity",
        "name_en": "EU: two years of conformity",
        "name_zh": "欧盟：两年符合性保证",
        "kind": WarrantyKind.STATUTORY,
        "countries": list(EU),
        "months": 24,
        "after_repair": AfterRepair.MONTHS_ONCE,
        "repair_months": 12,
        "repair_contracts_from": date(2026, 7, 31),
        "valid_from": date(2022, 1, 1),
        "basis_en": "Directives (EU) 2019/771 and (EU) 2024/1799",
        "basis_zh": "欧盟指令 2019/771 与 2024/1799",
    },
    {
        "code": "uk-conformity",
        "name_en": "United Kingdom: two years without proof",
        "name_zh": "英国：两年内免举证",
        "kind": WarrantyKind.STATUTORY,
        "countries": ["GB"],
        "months": 24,
        "valid_from": date(2015, 10, 1),
        "basis_en": "Consumer Rights Act 2015; claims can be brought for up to six years",
        "basis_zh": "英国《2015 年消费者权益法》；诉讼时效最长六年",
    },
    {
        "code": "us-manufacturer",
        "name_en": "United States: one year from the manufacturer",
        "name_zh": "美国：厂商保修一年",
        "kind": WarrantyKind.MANUFACTURER,
        "countries": ["US"],
        "months": 12,
        "valid_from": date(2000, 1, 1),
        "basis_en": "The manufacturer's own promise; no federal minimum",
        "basis_zh": "厂商承诺；联邦法律无最低期限",
    },
    {
        "code": "manufacturer",
        "name_en": "Manufacturer: one year",
        "name_zh": "厂商保修一年",
        "kind": WarrantyKind.MANUFACTURER,
        "months": 12,
        "starts": Start.DELIVERED,
        "valid_from": date(2000, 1, 1),
        "basis_en": "The manufacturer's own promise",
        "basis_zh": "厂商承诺",
    },
)

RIGHTS: tuple[Mapping[str, Any], ...] = (
    {
        "code": "eu",
        "name_en": "EU: withdraw within 14 days",
        "name_zh": "欧盟：14 天内可撤回合同",
        "countries": list(EU),
        "wording": Wording.WITHDRAW,
        "days": 14,
        "mode": "eu",
        "valid_from": date(2026, 6, 19),
        "basis_en": "Directive 2011/83/EU, articles 9 and 11a",
        "basis_zh": "欧盟指令 2011/83 第 9 条与第 11a 条",
    },
    {
        "code": "uk",
        "name_en": "United Kingdom: cancel within 14 days",
        "name_zh": "英国：14 天内可取消合同",
        "countries": ["GB"],
        "wording": Wording.CANCEL,
        "days": 14,
        "mode": "cn_next_day",
        "valid_from": date(2014, 6, 13),
        "basis_en": "Consumer Contracts Regulations 2013, regulations 29 and 30",
        "basis_zh": "英国《2013 年消费者合同条例》第 29、30 条",
    },
)


def ensure_warranties(rules: Any, rights: Any) -> None:
    """Store the default rules and rights where they are missing; the arguments are managers."""
    for rule in RULES:
        rules.get_or_create(code=rule["code"], defaults=rule)
    for right in RIGHTS:
        rights.get_or_create(code=right["code"], defaults=right)
