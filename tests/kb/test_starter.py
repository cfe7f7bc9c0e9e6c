"""The articles a new shop begins with."""

import re

import pytest
from django.urls import Resolver404, resolve

from accounts.models import User
from core.actors import SYSTEM
from kb import markdown
from kb.models import Article, ArticleVersion, Category
from kb.starter import ARTICLES, CONTENT, SHELVES, load_starter_articles, texts_of
from kb.states import ArticleStatus

LINK = re.compile(r"\]\((/[^)]*)\)")
HAN = re.compile("[\u4e00-\u9fff]")


def test_the_set_is_published_in_both_languages(alice: User) -> None:
    loaded = load_starter_articles(by=alice)
    assert len(loaded) == len(ARTICLES) >= 14
    assert Category.objects.count() == len(SHELVES) == 5
    for article in Article.objects.with_texts():
        assert (article.status, article.author) == (ArticleStatus.PUBLISHED, alice)
        assert article.languages == ["en", "zh-hans"]


def test_loading_twice_changes_nothing_and_keeps_what_staff_wrote(db: None) -> None:
    load_starter_articles(by=SYSTEM)
    Category.objects.update(name_en="Ours")
    versions = ArticleVersion.objects.count()
    assert load_starter_articles(by=SYSTEM) == []
    assert ArticleVersion.objects.count() == versions
    assert set(Category.objects.values_list("name_en", flat=True)) == {"Ours"}


@pytest.mark.parametrize("starter", ARTICLES, ids=lambda starter: starter.slug)
def test_each_text_is_whole_and_in_its_language(starter) -> None:
    texts = texts_of(starter.slug)
    for text in texts.values():
        assert text.is_complete
        assert text.summary
        assert len(text.title) <= 80
        assert len(text.summary) <= 200
        assert len(markdown.contents(text.body)) >= 2
        assert "**" not in markdown.plain(text.body)
    assert not HAN.search(texts["en"].title + texts["en"].summary)
    assert HAN.search(texts["zh-hans"].title)
    sections = {language: len(markdown.contents(text.body)) for language, text in texts.items()}
    assert len(set(sections.values())) == 1


def test_every_file_belongs_to_an_article() -> None:
    slugs = {file.name.split(".")[0] for file in CONTENT.glob("*.md")}
    assert slugs == {starter.slug for starter in ARTICLES}


def test_links_lead_to_pages_and_articles_that_exist() -> None:
    shelves = {f"/help/{row.shelf}/{row.slug}/" for row in ARTICLES}
    for file in CONTENT.glob("*.md"):
        for link in LINK.findall(file.read_text()):
            try:
                resolve(link)
            except Resolver404:
                pytest.fail(f"{file.name}: {link}")
            assert not link.startswith("/help/") or link in shelves, f"{file.name}: {link}"
