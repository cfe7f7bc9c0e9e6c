"""Writing a new article."""

import pytest

from accounts.models import User
from core import events
from core.errors import Refused
from core.search import query
from kb import actions
from kb.models import ArticleTranslation
from kb.rules import Text, slugs
from kb.states import ArticleStatus
from tests import build

ENGLISH = Text("Return an item", "Within 30 days", "Pack it **well**.")
CHINESE = Text("如何退货", "三十天内", "请妥善包装。")


def test_a_new_article_is_a_draft_of_its_author(alice: User) -> None:
    row = actions.create(category=build.category(), texts={"en": ENGLISH, "zh-hans": CHINESE}, by=alice)
    assert (row.status, row.author, row.version, row.slug) == (
        ArticleStatus.DRAFT,
        alice,
        1,
        "return-an-item",
    )
    assert row.published_at is None
    assert {text.language for text in row.translations.all()} == {"en", "zh-hans"}


def test_the_first_texts_begin_the_history(alice: User) -> None:
    row = actions.create(category=build.category(), texts={"en": ENGLISH, "zh-hans": Text()}, by=alice)
    (version,) = row.versions.all()
    assert (version.number, version.language, version.title) == (1, "en", "Return an item")
    assert version.actor_name == "Alice"


def test_writing_records_one_event_with_the_title(alice: User) -> None:
    row = actions.create(category=build.category(), texts={"en": ENGLISH}, by=alice)
    (event,) = events.history(row)
    assert (event.kind, event.data["title"], event.actor_name) == (
        "article.created",
        "Return an item",
        "Alice",
    )


def test_texts_are_found_by_their_words_in_both_languages(alice: User) -> None:
    actions.create(category=build.category(), texts={"en": ENGLISH, "zh-hans": CHINESE}, by=alice)
    for words, language in [("pack well", "en"), ("退货", "zh-hans"), ("包裝", "zh-hans")]:
        assert ArticleTranslation.objects.get(search=query(words)).language == language


def test_an_article_without_any_text_is_refused(alice: User) -> None:
    with pytest.raises(Refused, match=r"article\.no_text"):
        actions.create(category=build.category(), texts={"en": Text(), "zh-hans": Text()}, by=alice)


@pytest.mark.parametrize("text", [Text("Only a title"), Text(body="Only a body"), Text(summary="x")])
def test_half_a_text_is_refused(alice: User, text: Text) -> None:
    with pytest.raises(Refused, match=r"article\.text_unfinished"):
        actions.create(category=build.category(), texts={"en": text, "zh-hans": CHINESE}, by=alice)


def test_an_address_that_is_taken_is_refused_and_nothing_stays(alice: User) -> None:
    actions.create(category=build.category(), texts={"en": ENGLISH}, slug="returns", by=alice)
    with pytest.raises(Refused) as refused:
        actions.create(category=build.category(), texts={"en": ENGLISH}, slug="returns", by=alice)
    assert (refused.value.code, refused.value.facts) == ("article.slug_taken", {"slug": "returns"})


def test_the_same_title_gets_another_address(alice: User) -> None:
    rows = [actions.create(category=build.category(), texts={"en": ENGLISH}, by=alice) for _ in range(3)]
    assert [row.slug for row in rows] == ["return-an-item", "return-an-item-2", "return-an-item-3"]


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Return an item", "return-an-item"),
        ("如何退货", "article"),
        ("Search", "search-2"),
        ("x" * 200, "x" * 74),
        ("", "article"),
    ],
)
def test_addresses_come_from_titles(title: str, first: str) -> None:
    assert next(slugs(title)) == first
