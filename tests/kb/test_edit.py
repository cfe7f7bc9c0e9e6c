"""Changing an article."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from core import events
from core.actors import SYSTEM
from core.errors import Refused
from core.search import query
from kb import actions
from kb.models import Article, ArticleTranslation
from kb.rules import Text
from tests import build

NEW = Text("Send it back", "Within 30 days", "Use a strong box.")


def test_an_edit_changes_text_search_and_version(article: Article, alice: User) -> None:
    edited = actions.edit(article, texts={"en": NEW}, version=1, by=alice)
    assert edited.version == 2
    text = edited.translations.get(language="en")
    assert (text.title, text.body) == ("Send it back", "Use a strong box.")
    assert ArticleTranslation.objects.filter(search=query("strong box")).exists()
    assert not ArticleTranslation.objects.filter(search=query("pack well")).exists()


def test_a_language_that_is_not_given_stays(article: Article, alice: User) -> None:
    before = article.translations.get(language="zh-hans").body
    actions.edit(article, texts={"en": NEW}, version=1, by=alice)
    assert article.translations.get(language="zh-hans").body == before


def test_an_edit_keeps_history_of_what_changed_only(article: Article, alice: User) -> None:
    same = article.translations.get(language="zh-hans")
    actions.edit(
        article, texts={"en": NEW, "zh-hans": Text(same.title, same.summary, same.body)}, version=1, by=alice
    )
    kept = list(article.versions.values_list("number", "language", "actor_name"))
    assert kept == [(2, "en", "Alice"), (1, "en", ""), (1, "zh-hans", "")]


def test_saving_without_a_change_changes_nothing(article: Article, alice: User) -> None:
    text = article.translations.get(language="en")
    before = events.history(article).count()
    same = Text(text.title, text.summary, text.body)
    assert actions.edit(article, texts={"en": same}, version=1, by=alice).version == 1
    assert events.history(article).count() == before


def test_an_edit_of_an_older_version_is_refused(article: Article, alice: User) -> None:
    actions.edit(article, texts={"en": NEW}, version=1, by=alice)
    with pytest.raises(Refused) as refused:
        actions.edit(article, texts={"en": Text("A", "B", "C")}, version=1, by=build.user("Lea"))
    assert (refused.value.code, refused.value.facts) == ("article.changed_meanwhile", {"actor": "Alice"})
    assert article.translations.get(language="en").title == "Send it back"


def test_an_empty_text_takes_a_language_away_and_history_remembers(article: Article, alice: User) -> None:
    actions.edit(article, texts={"zh-hans": Text()}, version=1, by=alice)
    assert [text.language for text in article.translations.all()] == ["en"]
    gone = article.versions.get(number=2)
    assert (gone.language, gone.title, gone.body) == ("zh-hans", "", "")


def test_the_last_text_cannot_be_taken_away(article: Article, alice: User) -> None:
    with pytest.raises(Refused, match=r"article\.no_text"):
        actions.edit(article, texts={"en": Text(), "zh-hans": Text()}, version=1, by=alice)
    assert article.translations.count() == 2


def test_moving_to_another_shelf_is_an_edit_without_texts(article: Article, alice: User) -> None:
    shelf = build.category("payment")
    edited = actions.edit(article, texts={}, category=shelf, visibility="staff", version=1, by=alice)
    assert (edited.category, edited.visibility, edited.version) == (shelf, "staff", 2)
    assert events.history(article).last().data == {"languages": [], "version": 2}  # type: ignore[union-attr]


def test_reverting_brings_both_languages_back_and_history_grows(article: Article, alice: User) -> None:
    before = {text.language: text.title for text in article.translations.all()}
    actions.edit(article, texts={"en": NEW, "zh-hans": Text()}, version=1, by=alice)
    actions.revert(article, number=1, version=2, by=alice)
    assert {text.language: text.title for text in article.translations.all()} == before
    assert article.versions.filter(number=3).count() == 2


def test_reverting_takes_a_language_away_that_came_later(alice: User) -> None:
    row = build.article(zh=None)
    actions.edit(row, texts={"zh-hans": Text("标题", "", "正文")}, version=1, by=alice)
    actions.revert(row, number=1, version=2, by=alice)
    assert [text.language for text in row.translations.all()] == ["en"]


def test_reverting_on_top_of_an_unseen_change_is_refused(article: Article, alice: User) -> None:
    actions.edit(article, texts={"en": NEW}, version=1, by=alice)
    with pytest.raises(Refused, match=r"article\.changed_meanwhile"):
        actions.revert(article, number=1, version=1, by=alice)


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_is_kept_and_one_is_refused() -> None:
    row = build.article()

    def save(title: str) -> str:
        try:
            actions.edit(row, texts={"en": Text(title, "", "Body")}, version=1, by=SYSTEM)
            return title
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(save, ["First", "Second"]))
    assert outcomes.count("article.changed_meanwhile") == 1
    assert row.translations.get(language="en").title in outcomes
    row.refresh_from_db()
    assert row.version == 2
