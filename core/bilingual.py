"""Stored texts live in two columns, `x_en` and `x_zh`; readers see the one of their language."""

from typing import Any

from django.utils.translation import get_language

ENGLISH, CHINESE = "en", "zh-hans"
"""The languages the product speaks, as Django names them."""


def is_chinese(language: str | None) -> bool:
    """True for every tag of Chinese ("zh-hans", "zh-CN", "zh")."""
    return (language or "").lower().startswith("zh")


def pick(source: Any, field: str, language: str | None = None) -> str:
    """The text of `field` in `language` (default: the active one), or in the other language if empty."""
    zh, en = getattr(source, f"{field}_zh"), getattr(source, f"{field}_en")
    first, second = (zh, en) if is_chinese(language or get_language()) else (en, zh)
    return str(first or second)
