"""The verbs of articles. Each locks, checks, changes, records and returns the fresh row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Language, User
from core import clock, events, search
from core.actors import Actor
from core.errors import Refused
from customers.models import Customer
from kb import markdown, rules
from kb.models import Article, ArticleFeedback, ArticleTranslation, ArticleVersion, Category, SearchLog
from kb.rules import Text, Texts
from kb.states import ArticleStatus, Visibility, may_follow

# --- writing -----------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    category: Category,
    texts: Texts,
    by: Actor,
    slug: str = "",
    visibility: str = Visibility.PUBLIC,
    featured: bool = False,
) -> Article:
    """A new draft with a text in at least one language; without `slug` its address comes from the title."""
    texts = {language: text for language, text in texts.items() if text}
    _check_complete(texts)
    if not texts:
        raise Refused("article.no_text")
    now = clock.now()
    article = Article(
        slug=slug or _free_slug(rules.title_of(texts)),
        category=category,
        visibility=visibility,
        featured=featured,
        author=by if isinstance(by, User) else None,
        created_at=now,
        updated_at=now,
    )
    _insert(article)
    _write(article, texts, by=by, now=now)
    events.record("article.created", article, by=by, title=rules.title_of(texts))
    return article


def _check_complete(texts: Texts) -> None:
    for language, text in texts.items():
        if text and not text.is_complete:
            raise Refused("article.text_unfinished", language=language)


def _free_slug(title: str) -> str:
    wanted = list(islice(rules.slugs(title), 100))
    taken = set(Article.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    return next(slug for slug in wanted if slug not in taken)


def _insert(article: Article) -> None:
    try:
        with transaction.atomic():
            article.save(force_insert=True)
    except IntegrityError:
        raise Refused("article.slug_taken", slug=article.slug) from None


@transaction.atomic
def edit(
    article: Article,
    *,
    texts: Texts,
    version: int,
    by: Actor,
    category: Category | None = None,
    visibility: str | None = None,
    featured: bool | None = None,
) -> Article:
    """Change an article that stands at `version`; what stays as it is makes no version and no event.

    A language missing in `texts` is left alone, an empty text takes that language away.
    """
    article = _locked(article)
    if article.version != version:
        raise Refused("article.changed_meanwhile", actor=_last_writer(article))
    _check_complete(texts)
    old = _texts_of(article)
    changed = {language: text for language, text in texts.items() if text != old.get(language, Text())}
    if not any((old | changed).values()):
        raise Refused("article.no_text")
    details = {"category": category, "visibility": visibility, "featured": featured}
    moved = [name for name, value in details.items() if value is not None and getattr(article, name) != value]
    if not changed and not moved:
        return article
    now = clock.now()
    for name in moved:
        setattr(article, name, details[name])
    article.version, article.updated_at = article.version + 1, now
    article.save(update_fields=[*moved, "version", "updated_at"])
    _write(article, changed, by=by, now=now)
    events.record("article.edited", article, by=by, languages=sorted(changed), version=article.version)
    return article


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",)).select_related("category").get(pk=article.pk)


def _last_writer(article: Article) -> str:
    latest = article.versions.first()
    return latest.actor_name if latest else ""


def _texts_of(article: Article) -> dict[str, Text]:
    return {text.language: Text(text.title, text.summary, text.body) for text in article.translations.all()}


def _write(article: Article, texts: Texts, *, by: Actor, now: datetime) -> None:
    """Put texts in place, with their search tokens, and keep how they are now for the history."""
    gone = [language for language, text in texts.items() if not text]
    article.translations.filter(language__in=gone).delete()
    ArticleTranslation.objects.bulk_create(
        _translations(article, texts, now),
        update_conflicts=True,
        unique_fields=["article", "language"],
        update_fields=["title", "summary", "body", "search", "updated_at"],
    )
    ArticleVersion.objects.bulk_create(
        ArticleVersion(
            article=article,
            number=article.version,
            language=language,
            title=text.title,
            summary=text.summary,
            body=text.body,
            actor_kind=by.actor_kind,
            actor_id=by.pk,
            actor_name=by.display_name,
            at=now,
        )
        for language, text in texts.items()
    )


def _translations(article: Article, texts: Texts, now: datetime) -> Iterator[ArticleTranslation]:
    for language, text in texts.items():
        if text:
            yield ArticleTranslation(
                article=article,
                language=language,
                title=text.title,
                summary=text.summary,
                body=text.body,
                search=search.vector(text.title, text.summary, markdown.plain(text.body)),
                updated_at=now,
            )


@transaction.atomic
def revert(article: Article, *, number: int, version: int, by: Actor) -> Article:
    """Bring back the texts as they were after edit `number`; the history grows by this edit."""
    texts = {language: _as_of(article, language, number) for language in Language.values}
    return edit(article, texts=texts, version=version, by=by)


def _as_of(article: Article, language: str, number: int) -> Text:
    row = article.versions.filter(language=language, number__lte=number).first()
    return Text(row.title, row.summary, row.body) if row else Text()


# --- states ------------------------------------------------------------------------------------------


@transaction.atomic
def publish(article: Article, *, by: Actor) -> Article:
    """Let its readers find it."""
    article = _locked(article)
    if article.status == ArticleStatus.PUBLISHED:
        return article
    if not may_follow(article.status, ArticleStatus.PUBLISHED):
        raise Refused("article.cannot_publish", status=article.status)
    article.published_at = clock.now()
    article.save(update_fields=["published_at"])
    _become(article, ArticleStatus.PUBLISHED)
    events.record("article.published", article, by=by)
    return article


@transaction.atomic
def withdraw(article: Article, *, by: Actor) -> Article:
    """Take a published article back to draft; readers no longer find it."""
    article = _locked(article)
    if article.status == ArticleStatus.DRAFT:
        return article
    if article.status != ArticleStatus.PUBLISHED:
        raise Refused("article.cannot_withdraw", status=article.status)
    _become(article, ArticleStatus.DRAFT)
    events.record("article.withdrawn", article, by=by)
    return article


@transaction.atomic
def archive(article: Article, *, by: Actor) -> Article:
    """Put an article away; its history stays."""
    article = _locked(article)
    if article.status == ArticleStatus.ARCHIVED:
        return article
    _become(article, ArticleStatus.ARCHIVED)
    events.record("article.archived", article, by=by)
    return article


@transaction.atomic
def restore(article: Article, *, by: Actor) -> Article:
    """Bring an article back from the archive, as a draft."""
    article = _locked(article)
    if article.status == ArticleStatus.DRAFT:
        return article
    if article.status != ArticleStatus.ARCHIVED:
        raise Refused("article.cannot_restore", status=article.status)
    _become(article, ArticleStatus.DRAFT)
    events.record("article.restored", article, by=by)
    return article


def _become(article: Article, status: str) -> None:
    article.status, article.updated_at = status, clock.now()
    article.save(update_fields=["status", "updated_at"])


# --- readers -----------------------------------------------------------------------------------------


@transaction.atomic
def rate(
    article: Article, *, visitor: str, helpful: bool, language: str, by: Actor, solved: bool = False
) -> ArticleFeedback:
    """Count what a reader thinks; a second thought of the same reader replaces the first.

    `visitor` names the reader or the browser; `solved` says that nobody needs to be asked any more.
    """
    now = clock.now()
    thought = {"helpful": helpful, "solved": solved and helpful, "language": language, "updated_at": now}
    first = thought | {"customer": by if isinstance(by, Customer) else None, "created_at": now}
    feedback, is_new = ArticleFeedback.objects.get_or_create(article=article, visitor=visitor, defaults=first)
    feedback = ArticleFeedback.objects.select_for_update().get(pk=feedback.pk)
    before = Counts() if is_new else Counts.of(feedback)
    for name, value in thought.items():
        setattr(feedback, name, value)
    after = Counts.of(feedback)
    if before == after:
        return feedback
    feedback.save(update_fields=list(thought))
    Article.objects.filter(pk=article.pk).update(
        helpful=F("helpful") + after.helpful - before.helpful,
        unhelpful=F("unhelpful") + after.unhelpful - before.unhelpful,
        solved=F("solved") + after.solved - before.solved,
    )
    events.record("article.rated", article, by=by, helpful=feedback.helpful, solved=feedback.solved)
    return feedback


@dataclass(frozen=True)
class Counts:
    """What one reader adds to the counters of an article."""

    helpful: int = 0
    unhelpful: int = 0
    solved: int = 0

    @classmethod
    def of(cls, feedback: ArticleFeedback) -> "Counts":
        return cls(int(feedback.helpful), int(not feedback.helpful), int(feedback.solved))


@transaction.atomic
def comment(article: Article, *, visitor: str, text: str, by: Actor) -> ArticleFeedback:
    """Add a reader's words to the reader's rating; without a rating there is nothing to add to."""
    feedback = ArticleFeedback.objects.select_for_update().filter(article=article, visitor=visitor).first()
    if feedback is None:
        raise Refused("article.not_rated")
    if feedback.comment == text:
        return feedback
    feedback.comment, feedback.updated_at = text, clock.now()
    feedback.save(update_fields=["comment", "updated_at"])
    events.record("article.commented", article, by=by, helpful=feedback.helpful)
    return feedback


def log_search(text: str, *, language: str, results: int, source: str) -> None:
    """Remember what was looked for, for the list of what is missing; an empty search says nothing."""
    words = " ".join(text.replace("\x00", "").split())[:200]
    if words:
        SearchLog.objects.create(
            query=words, language=language, results=results, source=source, at=clock.now()
        )
