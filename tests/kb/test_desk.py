"""Pages and verbs at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article
from kb.rules import Text
from kb.states import ArticleStatus
from tests import build

Queries = Callable[..., CaptureQueriesContext]


def typed(article: Article | None = None, **changes: Any) -> dict[str, Any]:
    """What the editor sends."""
    shelf = article.category if article else build.category()
    return {
        "category": shelf.pk,
        "visibility": "public",
        "version": article.version if article else "",
        "title_en": "Send it back",
        "summary_en": "",
        "body_en": "Line one\r\nLine two",
        "title_zh": "",
        "summary_zh": "",
        "body_zh": "",
        **changes,
    }


def test_a_new_article_is_written_and_published(desk: Client) -> None:
    answer = desk.post("/console/kb/new/", typed(slug=""))
    assert answer["Location"] == "/console/kb/send-it-back/"
    row = Article.objects.get()
    assert row.translations.get().body == "Line one\nLine two"
    desk.post("/console/kb/send-it-back/publish/")
    row.refresh_from_db()
    assert row.status == ArticleStatus.PUBLISHED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body_en": ""}, "Write this too, or leave this language empty."),
        ({"title_zh": "标题"}, "Write this too, or leave this language empty."),
        ({"title_en": "", "body_en": ""}, "Write this too, or leave this language empty."),
        ({"slug": "search"}, "taken by a page of the portal"),
        ({"slug": "a b"}, "letters, numbers, underscores or hyphens"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    desk: Client, changes: dict[str, str], message: str
) -> None:
    answer = desk.post("/console/kb/new/", typed(summary_en="Kept words") | changes)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    assert not Article.objects.exists()


def test_an_article_without_any_text_is_not_saved(desk: Client) -> None:
    answer = desk.post("/console/kb/new/", typed(title_en="", body_en=""))
    assert answer.status_code == 422
    assert "at least one language" in answer.content.decode()


def test_an_address_that_is_taken_is_said_at_the_form(desk: Client, article: Article) -> None:
    answer = desk.post("/console/kb/new/", typed(slug=article.slug))
    assert answer.status_code == 409
    assert "already has the address" in answer.content.decode()


def test_an_edit_on_top_of_an_unseen_one_keeps_what_was_typed(desk: Client, article: Article) -> None:
    desk.post(f"/console/kb/{article.slug}/edit/", typed(article))
    answer = desk.post(f"/console/kb/{article.slug}/edit/", typed(article, title_en="Mine"))
    assert answer.status_code == 409
    assert "has changed this article meanwhile" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()


def test_the_editor_shows_what_is_written(desk: Client, article: Article) -> None:
    page = desk.get(f"/console/kb/{article.slug}/edit/").content.decode()
    for text in article.translations.all():
        assert text.title in page
        assert text.body in page


def test_the_preview_draws_what_is_typed_and_cleans_it(desk: Client) -> None:
    answer = desk.post("/console/kb/preview/", {"body_zh": "**退货** <script>x</script>"})
    assert "<strong>退货</strong>" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_versions_show_what_changed_and_bring_it_back(desk: Client, article: Article) -> None:
    before = article.translations.get(language="en").title
    desk.post(f"/console/kb/{article.slug}/edit/", typed(article))
    page = desk.get(f"/console/kb/{article.slug}/versions/").content.decode()
    assert f'<del class="diff__line">{before}</del>' in page
    assert '<ins class="diff__line">Send it back</ins>' in page
    desk.post(f"/console/kb/{article.slug}/revert/", {"number": 1, "version": 2})
    assert article.translations.get(language="en").title == before


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", {"both", "only-english", "draft"}),
        ("?status=draft", {"draft"}),
        ("?missing=any", {"only-english"}),
        ("?missing=zh-hans", {"only-english"}),
        ("?missing=en", set()),
        ("?q=lamp", {"only-english"}),
        ("?q=nowhere", set()),
        ("?category=payment", {"draft"}),
        ("?visibility=staff", {"both"}),
        ("?status=nonsense&category=nonsense", {"both", "only-english", "draft"}),
    ],
)
def test_the_list_is_filtered_by_its_address(desk: Client, filters: str, expected: set[str]) -> None:
    build.article(slug="both", visibility="staff")
    build.article(slug="only-english", en=Text("About a lamp", "", "x"), zh=None)
    build.article(slug="draft", shelf="payment", status=ArticleStatus.DRAFT)
    page = desk.get(f"/console/kb/{filters}").content.decode()
    shown = {slug for slug in ("both", "only-english", "draft") if f"/console/kb/{slug}/" in page}
    assert shown == expected


def test_a_missing_language_is_flagged(desk: Client) -> None:
    build.article(en=None)
    assert "English missing" in desk.get("/console/kb/").content.decode()


def test_suggestions_are_in_the_language_of_the_customer_with_a_link_to_send(
    desk: Client, article: Article
) -> None:
    title = article.translations.get(language="zh-hans").title
    page = desk.get(
        "/console/kb/suggestions/?q=please return it&language=zh-hans", headers={"HX-Request": "true"}
    )
    assert title in page.content.decode()
    assert f"http://testserver/help/returns/{article.slug}/?lang=zh-hans" in page.content.decode()
    assert "<html" not in page.content.decode()


def test_what_customers_cannot_read_is_suggested_without_a_link_to_send(desk: Client) -> None:
    build.article(visibility="staff")
    page = desk.get("/console/kb/suggestions/?q=return").content.decode()
    assert "Return an item" in page.replace("<mark>", "").replace("</mark>", "")
    assert "data-insert" not in page


def test_nothing_to_suggest_leads_to_all_articles(desk: Client) -> None:
    assert "No article about this yet." in desk.get("/console/kb/suggestions/?q=xyz").content.decode()


@pytest.mark.parametrize("count", [3, 12])
def test_lists_ask_the_database_equally_often_however_long_they_are(
    desk: Client, django_assert_num_queries: Queries, count: int
) -> None:
    for number in range(count):
        build.article(f"Return {number}")
    desk.get("/console/kb/")
    with django_assert_num_queries(DESK_QUERIES["list"]):
        desk.get("/console/kb/")
    with django_assert_num_queries(DESK_QUERIES["suggestions"]):
        desk.get("/console/kb/suggestions/?q=return")
    with django_assert_num_queries(DESK_QUERIES["article"]):
        desk.get("/console/kb/return-1/")


DESK_QUERIES = {"list": 4, "suggestions": 4, "article": 5}
