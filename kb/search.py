"""Finding articles: for a reader who searches, and for a text that somebody is writing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, Expression, F, FloatField, Q, Value, When
from django.db.models.functions import Cast
from django.utils.text import slugify

from accounts.models import Language
from core import bilingual, clock, search
from core.search import Piece
from kb import markdown
from kb.models import Article, ArticleQuerySet, ArticleTranslation

MAX_FOUND = 20
FRESH = timedelta(days=180)
WORTH_SHOWING = 0.3  # of the best rank; a suggestion far behind the best is noise


@dataclass(frozen=True)
class Found:
    """An article with what to show of it: the text for the reader, hits marked."""

    article: Article
    text: ArticleTranslation
    title: Sequence[Piece]
    excerpt: Sequence[Piece]


@dataclass(frozen=True)
class Findings:
    """What a search found, best first. Not `exact`: nothing has all the words, these have some."""

    rows: Sequence[Found]
    exact: bool

    @property
    def hits(self) -> int:
        """How many articles have all the words."""
        return len(self.rows) if self.exact else 0


def find(articles: ArticleQuerySet, text: str, *, language: str) -> Findings:
    """Articles with all the words of a search, else the ones with some; at most `MAX_FOUND`.

    Both languages are searched and the reader's counts more; each article comes once, in the reader's
    language if it speaks it.
    """
    wanted = search.query(text)
    ranked = _ranked(articles, wanted, language)[:MAX_FOUND] if wanted else []
    if ranked:
        return Findings(_found(ranked, text, language), exact=True)
    some = search.any_of(text)
    ranked = _worthy(_ranked(articles, some, language))[:MAX_FOUND] if some else []
    return Findings(_found(ranked, text, language), exact=False)


def suggest(articles: ArticleQuerySet, text: str, *, language: str, limit: int = 4) -> Sequence[Found]:
    """Articles about what somebody is writing: a subject, a question, a complaint."""
    some = search.any_of(text)
    ranked = _worthy(_ranked(articles, some, language))[:limit] if some else []
    return _found(ranked, text, language)


def matching(articles: ArticleQuerySet, text: str) -> ArticleQuerySet:
    """The articles a search finds, in no order of their own: for lists that have one."""
    wanted = search.query(text)
    if wanted is None:
        return articles
    texts = ArticleTranslation.objects.filter(search=wanted)
    return articles.filter(Q(pk__in=texts.values("article")) | Q(slug=slugify(text)))


@dataclass(frozen=True)
class _Ranked:
    article: int
    rank: float


def _ranked(articles: ArticleQuerySet, wanted: SearchQuery, language: str) -> list[_Ranked]:
    """Articles by rank, each once."""
    rows = (
        ArticleTranslation.objects.filter(article__in=articles.order_by(), search=wanted)
        .annotate(score=_score(wanted, language))
        .order_by("-score", "article_id")
        .values_list("article_id", "score")[: MAX_FOUND * 2]
    )
    best: dict[int, float] = {}
    for article, score in rows:
        best.setdefault(article, score)
    return [_Ranked(article, score) for article, score in best.items()]


def _score(wanted: SearchQuery, language: str) -> Expression:
    """Rank by title, summary and body; the reader's language, helpfulness and youth raise it."""
    ours = Language.CHINESE if bilingual.is_chinese(language) else Language.ENGLISH
    half_a_year_ago = clock.now() - FRESH
    rank = SearchRank(F("search"), wanted, weights=[0.05, 0.1, 0.4, 1.0])
    own_language = _factor(1.5, language=ours)
    fresh = _factor(1.1, article__published_at__gte=half_a_year_ago)
    helpful = Cast(F("article__helpful"), FloatField())
    ratings = Cast(F("article__helpful") + F("article__unhelpful"), FloatField())
    return rank * own_language * fresh * (Value(1.0) + helpful / (ratings + Value(3.0)) * Value(0.5))


def _factor(value: float, **when: object) -> Expression:
    return Case(When(**when, then=Value(value)), default=Value(1.0), output_field=FloatField())


def _worthy(ranked: list[_Ranked]) -> list[_Ranked]:
    return [row for row in ranked if row.rank >= ranked[0].rank * WORTH_SHOWING]


def _found(ranked: Iterable[_Ranked], text: str, language: str) -> list[Found]:
    keys = [row.article for row in ranked]
    articles = Article.objects.filter(pk__in=keys).with_texts(bodies=True).in_bulk() if keys else {}
    return [_shown(articles[key], text, language) for key in keys if key in articles]


def _shown(article: Article, searched: str, language: str) -> Found:
    text = article.text(language)
    if text is None:  # an article has a text from its first version on
        raise LookupError(f"{article} has no text")
    return Found(article, text, search.marked(text.title, searched), _excerpt(text, searched))


def _excerpt(text: ArticleTranslation, searched: str) -> Sequence[Piece]:
    """The summary if it has a hit, else the first passage with one, else the summary."""
    passages = [passage for passage in (text.summary, *markdown.passages(text.body)) if passage]
    excerpts = (search.excerpt(passage, searched) for passage in passages)
    hit = next((pieces for pieces in excerpts if any(piece.hit for piece in pieces)), None)
    return hit or search.excerpt(passages[0] if passages else "", searched)
