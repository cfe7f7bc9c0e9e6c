"""What readers say about an article."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core import events
from core.actors import SYSTEM
from core.errors import Refused
from customers.models import Customer
from kb import actions
from kb.models import Article, SearchLog
from tests import build


def counts(article: Article) -> tuple[int, int, int]:
    article.refresh_from_db()
    return article.helpful, article.unhelpful, article.solved


def rate(article: Article, visitor: str = "browser:1", **thought: bool) -> None:
    actions.rate(article, visitor=visitor, language="en", by=SYSTEM, **{"helpful": True, **thought})


def test_a_rating_counts_once_per_reader(article: Article) -> None:
    rate(article)
    rate(article)
    rate(article, "browser:2")
    assert counts(article) == (2, 0, 0)
    assert [event.kind for event in events.history(article)].count("article.rated") == 2


def test_a_second_thought_replaces_the_first(article: Article) -> None:
    rate(article)
    rate(article, helpful=False)
    assert counts(article) == (0, 1, 0)
    rate(article, solved=True)
    assert counts(article) == (1, 0, 1)
    rate(article, helpful=False)
    assert counts(article) == (0, 1, 0)


def test_what_did_not_help_did_not_solve_anything(article: Article) -> None:
    rate(article, helpful=False, solved=True)
    assert counts(article) == (0, 1, 0)


def test_a_customer_is_remembered_with_the_rating(article: Article, carol: Customer) -> None:
    feedback = actions.rate(
        article, visitor=f"customer:{carol.pk}", helpful=True, language="zh-hans", by=carol
    )
    assert (feedback.customer, feedback.language) == (carol, "zh-hans")


def test_a_comment_belongs_to_a_rating(article: Article) -> None:
    with pytest.raises(Refused, match=r"article\.not_rated"):
        actions.comment(article, visitor="browser:1", text="Where is the label?", by=SYSTEM)
    rate(article, helpful=False)
    for _ in range(2):
        actions.comment(article, visitor="browser:1", text="Where is the label?", by=SYSTEM)
    assert article.feedback.get().comment == "Where is the label?"
    assert [event.kind for event in events.history(article)].count("article.commented") == 1


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_count_as_one() -> None:
    article = build.article()

    def click(_number: int) -> None:
        try:
            rate(article)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(click, range(6)))
    assert counts(article) == (1, 0, 0)


@pytest.mark.django_db
def test_searches_are_remembered_without_empty_ones() -> None:
    actions.log_search("  where is\x00 my  parcel ", language="en", results=0, source="portal")
    actions.log_search(" \x00 ", language="en", results=0, source="portal")
    (entry,) = SearchLog.objects.all()
    assert (entry.query, entry.results) == ("where is my parcel", 0)
