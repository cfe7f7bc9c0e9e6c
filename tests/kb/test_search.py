"""Finding articles."""

import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import search
from kb.access import articles_for
from kb.models import Article, ArticleTranslation
from kb.rules import Text
from kb.search import find, matching, suggest
from kb.states import ArticleStatus
from tests import build


@pytest.fixture
def shelf(db: None) -> None:
    build.article(
        "Return an item",
        en=Text("Return an item", "Send it back within 30 days.", "Pack it, print the label."),
        zh=Text("如何申请退货", "三十天内可以寄回。", "打包后打印面单。"),
    )
    build.article(
        "Exchange",
        en=Text("Exchange for another size", "We swap sizes for free.", "You do not pay twice."),
        zh=Text("如何换货", "换尺码免费。", "无需再次付款。退货也可以。"),
    )
    build.article(
        "Refund times",
        en=Text("When do I get my money?", "Refund times by payment method.", "Cards take five days."),
        zh=None,
    )


def titles(text: str, language: str = "en") -> list[str]:
    return [found.text.title for found in find(Article.objects.published(), text, language=language).rows]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("return", "en", ["Return an item"]),
        ("退货", "zh-hans", ["如何申请退货", "如何换货"]),
        ("退貨", "zh-hans", ["如何申请退货", "如何换货"]),
        ("换货", "zh-hans", ["如何换货"]),
        ("退货", "en", ["Return an item", "Exchange for another size"]),
        ("refunds", "zh-hans", ["When do I get my money?"]),
        ("siz", "en", ["Exchange for another size"]),
    ],
)
def test_searches_find_in_both_languages_and_show_the_reader_s(
    shelf: None, text: str, language: str, expected: list[str]
) -> None:
    assert titles(text, language) == expected


def test_a_title_counts_more_than_a_body(shelf: None) -> None:
    assert titles("退货", "zh-hans")[0] == "如何申请退货"


def test_helpful_articles_rise(db: None) -> None:
    for slug in ("one", "two", "three"):
        build.article(slug=slug, en=Text("Warranty", "", f"Word for {slug}"), zh=None)
    Article.objects.filter(slug="three").update(helpful=40)
    Article.objects.filter(slug="two").update(unhelpful=40)
    found = find(Article.objects.published(), "warranty", language="en")
    assert found.rows[0].article.slug == "three"


def test_hits_are_marked_in_title_and_excerpt(shelf: None) -> None:
    (found,) = find(Article.objects.published(), "label", language="en").rows
    assert [piece.text for piece in found.excerpt if piece.hit] == ["label"]


def test_an_excerpt_is_the_passage_with_the_hit_else_the_summary(shelf: None) -> None:
    (found,) = find(Article.objects.published(), "twice", language="en").rows
    assert "".join(piece.text for piece in found.excerpt) == "You do not pay twice."
    (found,) = find(Article.objects.published(), "换货", language="en").rows
    assert "".join(piece.text for piece in found.excerpt) == "We swap sizes for free."


def test_without_an_exact_hit_the_closest_are_offered(shelf: None) -> None:
    findings = find(Article.objects.published(), "return my spaceship", language="en")
    assert not findings.exact
    assert findings.hits == 0
    assert findings.rows[0].text.title == "Return an item"


def test_nothing_is_found_for_nothing(shelf: None) -> None:
    for text in ("", "  ", "spaceship", "？！"):
        assert find(Article.objects.published(), text, language="en").rows == []


def test_suggestions_come_from_a_whole_sentence(shelf: None) -> None:
    found = suggest(Article.objects.published(), "你好，我买的鞋子太大了，请问怎么换货？", language="zh-hans")
    assert found[0].text.title == "如何换货"
    found = suggest(Article.objects.published(), "I would like to return this lamp, please", language="en")
    assert [row.text.title for row in found] == ["Return an item"]


def test_only_articles_the_reader_may_see_are_found(shelf: None) -> None:
    build.article(status=ArticleStatus.DRAFT, en=Text("Secret return", "", "Body"), zh=None)
    assert titles("secret") == []
    assert [row.slug for row in matching(articles_for(build.user("Alice")), "secret")] == ["secret-return"]
    assert not matching(articles_for(build.user("Wei", role="warehouse")), "secret")


def test_lists_find_an_article_by_its_address(shelf: None) -> None:
    row = build.article(slug="odd-address", en=Text("Title", "", "Body"), zh=None)
    assert list(matching(Article.objects.all(), "Odd-Address")) == [row]


@pytest.mark.parametrize("text", ["退货", "换货", "refund"])
def test_the_index_can_answer(shelf: None, text: str) -> None:
    rows = ArticleTranslation.objects.filter(search=search.query(text))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "article_search" in json.dumps(rows.explain(format="json"))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet=st.sampled_from("退货T-1'\x00:*&%(|!"), max_size=20))
def test_no_text_breaks_a_search(text: str) -> None:
    find(Article.objects.published(), text, language="en")
    list(matching(Article.objects.all(), text))
