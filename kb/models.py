"""Help articles in the languages of the shop: where they belong, who may read them, what readers said."""

from collections.abc import Iterable

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Prefetch, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from core import bilingual
from customers.models import Customer
from kb.rules import MAX_SLUG, RESERVED_SLUGS
from kb.states import FOLLOWS, TONES, ArticleStatus, Visibility


def not_reserved(slug: str) -> None:
    """Refuse an address that a page of ours already has."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is taken by a page of the portal."), code="reserved")


class CategoryQuerySet(models.QuerySet["Category"]):
    def with_readable(self, articles: models.QuerySet["Article"]) -> "CategoryQuerySet":
        """Shelves that hold some of `articles`, and how many: `readable`."""
        counted = self.filter(articles__in=articles.order_by()).annotate(readable=Count("articles"))
        return counted.order_by("order", "pk")


class Category(models.Model):
    """A shelf of the help centre."""

    slug = models.SlugField(_("address"), unique=True, validators=[not_reserved])
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    about_en = models.CharField(_("what it is about (English)"), max_length=200, blank=True)
    about_zh = models.CharField(_("what it is about (Chinese)"), max_length=200, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="book-open", help_text=_("A Lucide icon name."))
    order = models.PositiveSmallIntegerField(pgettext_lazy("position", "order"), default=100)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return bilingual.pick(self, "name")

    @property
    def about(self) -> str:
        return bilingual.pick(self, "about")


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        """Articles that readers can find."""
        return self.filter(status=ArticleStatus.PUBLISHED)

    def untranslated(self) -> "ArticleQuerySet":
        """Articles that some language of the shop still lacks; archived ones need none."""
        counted = self.alias(texts=Count("translations", distinct=True))
        return counted.filter(texts__lt=len(Language.values)).exclude(status=ArticleStatus.ARCHIVED)

    def popular_first(self) -> "ArticleQuerySet":
        """What the shop put forward, then what solved and helped most."""
        liked = models.F("helpful") + models.F("solved") - models.F("unhelpful")
        return self.order_by("-featured", liked.desc(), "-published_at", "pk")

    def with_texts(self, *, bodies: bool = False) -> "ArticleQuerySet":
        """All that a list shows of an article, in one more query; `bodies` for pages that show the text."""
        texts = ArticleTranslation.objects.all()
        return self.select_related("category").prefetch_related(
            Prefetch("translations", texts.defer("search") if bodies else texts.defer("search", "body"))
        )


class Article(models.Model):
    """An answer to a question that many ask. `version` grows with every edit."""

    slug = models.SlugField(_("address"), max_length=MAX_SLUG, unique=True, validators=[not_reserved])
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="articles", verbose_name=_("category")
    )
    status = models.CharField(_("status"), max_length=10, choices=ArticleStatus, default=ArticleStatus.DRAFT)
    visibility = models.CharField(
        _("who may read it"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    featured = models.BooleanField(_("shown among the first"), default=False)
    author = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("author"),
    )
    version = models.PositiveIntegerField(default=1)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(
        default=0, help_text=_("Readers who needed nobody any more after reading.")
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ArticleStatus.values), name="article_status_known"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="article_visibility_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="article_latest"),
            models.Index(fields=["status", "category"], name="article_by_category"),
        ]

    def __str__(self) -> str:
        return self.slug

    def text(self, language: str | None = None) -> "ArticleTranslation | None":
        """The text in `language` (default: the active one), else in the other; None before the first text."""
        return in_language(self.translations.all(), language or get_language())

    @property
    def title(self) -> str:
        text = self.text()
        return text.title if text else self.slug

    @property
    def languages(self) -> list[str]:
        return [text.language for text in self.translations.all()]

    @property
    def missing_languages(self) -> list[tuple[str, str]]:
        """Languages of the shop it does not speak yet, with their names."""
        return [(code, str(name)) for code, name in Language.choices if code not in self.languages]

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def next_states(self) -> frozenset[str]:
        return FOLLOWS[self.status]

    @property
    def ratings(self) -> int:
        return self.helpful + self.unhelpful

    @property
    def helpful_share(self) -> int | None:
        """Percent of readers who rated it helpful; None before the first rating."""
        return round(100 * self.helpful / self.ratings) if self.ratings else None


def in_language(texts: Iterable["ArticleTranslation"], language: str | None) -> "ArticleTranslation | None":
    """The one of `texts` to show to a reader of `language`."""
    wanted = Language.CHINESE if bilingual.is_chinese(language) else Language.ENGLISH
    return min(texts, key=lambda text: (text.language != wanted, text.language), default=None)


class ArticleTranslation(models.Model):
    """An article in one language. `body` is Markdown, `search` holds the tokens of all of it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, choices=Language)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    search = SearchVectorField(null=True, editable=False)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="article_once_per_language")
        ]
        indexes = [GinIndex(fields=["search"], name="article_search")]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(models.Model):
    """How a text was after an edit. Append-only; an edit of both languages makes two rows with one number."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=10, choices=Language)
    title = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number", "language"], name="article_version_once_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.language} {self.number}"


class ArticleFeedback(models.Model):
    """What one reader thought of an article; a second thought replaces the first."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    visitor = models.CharField(max_length=64, help_text=_("A customer or a browser, as a key."))
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="article_feedback"
    )
    language = models.CharField(max_length=10, choices=Language)
    helpful = models.BooleanField()
    solved = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "visitor"], name="article_rated_once_per_reader"),
            models.CheckConstraint(condition=Q(helpful=True) | Q(solved=False), name="solved_is_helpful"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {'+' if self.helpful else '-'}"


class SearchLog(models.Model):
    """What was searched for and how much was found; the gaps are what nobody has written yet."""

    class Source(models.TextChoices):
        PORTAL = "portal", _("Help centre")
        CONSOLE = "console", _("Console")
        API = "api", _("API")

    query = models.CharField(max_length=200)
    language = models.CharField(max_length=10, choices=Language)
    results = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=Source)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=Q(results=0), name="search_gaps"),
            models.Index(fields=["at"], name="search_latest"),
        ]

    def __str__(self) -> str:
        return self.query
