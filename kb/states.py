"""Article states and which may follow which: the one table that actions, buttons and the API ask."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ArticleStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("article status", "Draft")
    PUBLISHED = "published", pgettext_lazy("article status", "Published")
    ARCHIVED = "archived", pgettext_lazy("article status", "Archived")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    CUSTOMERS = "customers", _("Signed-in customers")
    STAFF = "staff", _("Staff only")


FOLLOWS: Mapping[str, frozenset[str]] = {
    ArticleStatus.DRAFT: frozenset({ArticleStatus.PUBLISHED, ArticleStatus.ARCHIVED}),
    ArticleStatus.PUBLISHED: frozenset({ArticleStatus.DRAFT, ArticleStatus.ARCHIVED}),
    ArticleStatus.ARCHIVED: frozenset({ArticleStatus.DRAFT}),
}

TONES: Mapping[str, str] = {
    ArticleStatus.DRAFT: "attention",
    ArticleStatus.PUBLISHED: "good",
    ArticleStatus.ARCHIVED: "neutral",
}


def may_follow(now: str, then: str) -> bool:
    """Whether an article in state `now` may go to state `then`."""
    return then in FOLLOWS[now]
