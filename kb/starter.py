"""The help centre a new shop begins with: shelves and articles in both languages, in kb/content/.

A file is Markdown: the title as "# ...", the summary as "> ...", then the body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Language
from core.actors import Actor
from kb import actions
from kb.models import Article, Category
from kb.rules import Text, Texts
from kb.states import Visibility

CONTENT = Path(__file__).parent / "content"
SUFFIXES: Mapping[str, str] = {Language.ENGLISH: "en", Language.CHINESE: "zh"}

SHELVES: Mapping[str, Mapping[str, Any]] = {
    "orders-and-delivery": {
        "name_en": "Orders and delivery",
        "name_zh": "订单与物流",
        "about_en": "Where parcels are, and what can still be changed",
        "about_zh": "包裹到哪儿了，订单还能怎么改",
        "icon": "truck",
        "order": 10,
    },
    "returns-and-refunds": {
        "name_en": "Returns and refunds",
        "name_zh": "退货与退款",
        "about_en": "How to send things back, how much comes back, and when",
        "about_zh": "怎么退、退多少、多久到账",
        "icon": "undo-2",
        "order": 20,
    },
    "exchange-repair-warranty": {
        "name_en": "Exchange, repair and warranty",
        "name_zh": "换货、维修与保修",
        "about_en": "Another size, a repair, and what is covered",
        "about_zh": "换尺码、送修，以及保修范围",
        "icon": "wrench",
        "order": 30,
    },
    "payment-and-invoices": {
        "name_en": "Payment and invoices",
        "name_zh": "支付与发票",
        "about_en": "Invoices, failed payments and double charges",
        "about_zh": "开发票、支付失败、重复扣款",
        "icon": "receipt-text",
        "order": 40,
    },
    "account-and-privacy": {
        "name_en": "Account and privacy",
        "name_zh": "账户与隐私",
        "about_en": "Signing in, and what happens to your data",
        "about_zh": "登录方式和您的个人信息",
        "icon": "shield-check",
        "order": 50,
    },
}


@dataclass(frozen=True)
class Starter:
    """An article of the set: its shelf, its address, and who it is for."""

    shelf: str
    slug: str
    featured: bool = False
    visibility: str = Visibility.PUBLIC


ARTICLES = (
    Starter("orders-and-delivery", "where-is-my-parcel", featured=True),
    Starter("orders-and-delivery", "delivered-but-not-here"),
    Starter("orders-and-delivery", "change-or-cancel-an-order"),
    Starter("returns-and-refunds", "return-an-item", featured=True),
    Starter("returns-and-refunds", "what-can-be-returned", featured=True),
    Starter("returns-and-refunds", "how-much-do-i-get-back"),
    Starter("returns-and-refunds", "when-do-i-get-my-money", featured=True),
    Starter("returns-and-refunds", "damaged-or-wrong-item", featured=True),
    Starter("returns-and-refunds", "goodwill-and-keep-the-item", visibility=Visibility.STAFF),
    Starter("exchange-repair-warranty", "exchange-for-another-size"),
    Starter("exchange-repair-warranty", "repair-under-warranty"),
    Starter("payment-and-invoices", "get-an-invoice"),
    Starter("payment-and-invoices", "payment-failed-or-charged-twice"),
    Starter("account-and-privacy", "sign-in-without-password"),
    Starter("account-and-privacy", "your-data"),
)


@transaction.atomic
def load_starter_articles(*, by: Actor) -> list[Article]:
    """Publish the starter set and return what is new; articles and shelves that exist stay as they are."""
    shelves = {
        slug: Category.objects.get_or_create(slug=slug, defaults=shelf)[0] for slug, shelf in SHELVES.items()
    }
    known = set(
        Article.objects.filter(slug__in=[row.slug for row in ARTICLES]).values_list("slug", flat=True)
    )
    return [_published(row, shelves[row.shelf], by=by) for row in ARTICLES if row.slug not in known]


def _published(starter: Starter, shelf: Category, *, by: Actor) -> Article:
    article = actions.create(
        category=shelf,
        texts=texts_of(starter.slug),
        slug=starter.slug,
        visibility=starter.visibility,
        featured=starter.featured,
        by=by,
    )
    return actions.publish(article, by=by)


def texts_of(slug: str) -> Texts:
    """The texts of a starter article, from its files."""
    return {
        language: _read((CONTENT / f"{slug}.{suffix}.md").read_text(encoding="utf-8"))
        for language, suffix in SUFFIXES.items()
    }


def _read(written: str) -> Text:
    title, summary, body = written.split("\n\n", maxsplit=2)
    return Text(title.removeprefix("# "), summary.removeprefix("> "), body.strip())
