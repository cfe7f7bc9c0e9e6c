"""Articles by API."""

from typing import Any

import pytest
from django.test import Client

from accounts import actions as accounts
from accounts.models import User
from core.actors import SYSTEM
from kb.models import Article, SearchLog
from kb.states import ArticleStatus
from tests import build


def api(user: User | None) -> Client:
    """A client that carries the user's token."""
    if user is None:
        return Client()
    _token, text = accounts.issue_token(user, name="shop", by=SYSTEM)
    return Client(headers={"Authorization": f"Token {text}"})


def get(user: User | None, path: str, status: int = 200) -> Any:
    answer = api(user).get(f"/api/v1/articles/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_without_a_token_nothing_is_told(article: Article) -> None:
    get(None, "", 401)
    get(None, "search/?q=return", 401)


def test_the_list_holds_what_is_published_with_titles_in_all_languages(wei: User, article: Article) -> None:
    build.article(status=ArticleStatus.DRAFT)
    (row,) = get(wei, "")["results"]
    assert row["slug"] == article.slug
    assert row["url"] == f"http://testserver/help/returns/{article.slug}/"
    assert [text["language"] for text in row["texts"]] == ["en", "zh-hans"]
    assert "body" not in row["texts"][0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=退货", {"public", "internal"}),
        ("?visibility=public", {"public"}),
        ("?status=draft", {"draft"}),
        ("?category=nowhere", set()),
        ("?language=zh-hans", {"public", "internal"}),
    ],
)
def test_the_list_is_filtered(alice: User, query: str, expected: set[str]) -> None:
    build.article(slug="public")
    build.article(slug="internal", visibility="staff")
    build.article(slug="draft", status=ArticleStatus.DRAFT)
    assert {row["slug"] for row in get(alice, query)["results"]} == expected


def test_a_wrong_filter_is_refused_in_the_envelope(alice: User, db: None) -> None:
    assert get(alice, "?status=nonsense", 400)["code"] == "invalid"


def test_drafts_are_for_writers(alice: User, wei: User) -> None:
    row = build.article(status=ArticleStatus.DRAFT)
    assert get(alice, f"{row.slug}/")["status"] == "draft"
    get(wei, f"{row.slug}/", 404)
    assert get(wei, "?status=draft")["results"] == []


def test_one_article_comes_whole_and_clean(wei: User) -> None:
    row = build.article()
    english = get(wei, f"{row.slug}/")["texts"][0]
    assert (english["body"], english["html"]) == (
        "Pack it well and send it.",
        "<p>Pack it well and send it.</p>\n",
    )


def test_a_search_answers_by_rank_in_the_language_asked_for(wei: User, article: Article) -> None:
    found = get(wei, "search/?q=return&language=zh-hans")
    assert found["exact"]
    (row,) = found["results"]
    assert (row["language"], row["title"]) == ("zh-hans", "Return an item（中文）")
    assert row["url"].endswith(f"/{article.slug}/?lang=zh-hans")
    assert SearchLog.objects.get().source == SearchLog.Source.API


def test_a_search_for_customers_leaves_internal_articles_out(wei: User) -> None:
    build.article(visibility="staff")
    assert get(wei, "search/?q=return&audience=public")["results"] == []


def test_a_search_needs_words(wei: User) -> None:
    assert "q" in get(wei, "search/", 400)["fields"]


def test_lists_ask_equally_often_however_long_they_are(wei: User, django_assert_num_queries: Any) -> None:
    client = api(wei)
    client.get("/api/v1/articles/")
    for expected in (3, 12):
        while Article.objects.count() < expected:
            build.article()
        with django_assert_num_queries(3):
            assert len(client.get("/api/v1/articles/").json()["results"]) == expected
