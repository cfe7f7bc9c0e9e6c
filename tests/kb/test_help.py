"""The help centre as readers use it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article, SearchLog
from kb.rules import Text
from tests import build

pytestmark = pytest.mark.django_db

Queries = Callable[..., CaptureQueriesContext]
HTMX = {"HX-Request": "true"}


def page(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_shelves_show_how_many_articles_one_may_read(client: Client, article: Article) -> None:
    build.article("Secret", visibility="staff")
    build.category("empty")
    shown = page(client, "/help/")
    assert "1 article" in shown
    assert "/help/empty/" not in shown


def test_an_article_is_read_in_the_language_of_the_reader(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/"
    assert "Pack it well" in page(client, path)
    assert "请妥善包装后寄回" in page(client, path, "zh-hans")


def test_each_language_has_an_address_of_its_own(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/"
    shown = page(client, f"{path}?lang=zh-hans")
    assert "请妥善包装后寄回" in shown
    assert f'hreflang="en" href="http://testserver{path}?lang=en"' in shown
    assert f'hreflang="zh-hans" href="http://testserver{path}?lang=zh-hans"' in shown
    assert client.get(f"{path}?lang=zh-hans")["Content-Language"] == "zh-hans"


def test_the_language_menu_leads_back_without_the_language_in_the_address(
    client: Client, article: Article
) -> None:
    path = f"/help/returns/{article.slug}/"
    assert f'name="next" value="{path}"' in page(client, f"{path}?lang=zh-hans")


def test_an_unknown_language_in_the_address_changes_nothing(client: Client, article: Article) -> None:
    assert "Pack it well" in page(client, f"/help/returns/{article.slug}/?lang=xx")


def test_a_text_that_is_missing_is_shown_in_the_other_language_with_a_notice(client: Client) -> None:
    row = build.article(zh=None)
    shown = page(client, f"/help/returns/{row.slug}/", "zh-hans")
    assert "Pack it well" in shown
    assert 'lang="en"' in shown
    assert 'hreflang="zh-hans"' not in shown


def test_an_article_on_another_shelf_is_found_from_its_old_address(client: Client, article: Article) -> None:
    answer = client.get(f"/help/payment/{article.slug}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/help/returns/{article.slug}/")


def test_what_is_typed_as_html_is_shown_as_text(client: Client) -> None:
    row = build.article(en=Text("<i>Title</i>", "<i>Summary</i>", "<script>alert(1)</script>"), zh=None)
    shown = (
        page(client, f"/help/returns/{row.slug}/")
        + page(client, "/help/search/?q=alert")
        + page(client, "/help/")
    )
    assert "<script>alert" not in shown
    assert "<i>" not in shown


def test_a_search_marks_its_hits_and_is_remembered(client: Client, article: Article) -> None:
    shown = page(client, "/help/search/?q=returned")
    assert "<mark>Return</mark> an item" in shown
    (entry,) = SearchLog.objects.all()
    assert (entry.query, entry.language, entry.results, entry.source) == ("returned", "en", 1, "portal")


def test_a_search_is_shown_as_it_was_typed_and_never_as_html(client: Client, article: Article) -> None:
    shown = page(client, "/help/search/?q=%3Cscript%3Ereturn%3C/script%3E%27%22")
    assert "<script>return" not in shown


def test_a_search_without_a_result_says_what_to_do_next(client: Client, article: Article) -> None:
    shown = page(client, "/help/search/?q=spaceship")
    assert "Nothing found" in shown
    assert "/contact/?subject=spaceship" in shown
    assert 'value="spaceship"' in page(client, "/contact/?subject=spaceship")
    assert SearchLog.objects.get().results == 0


def test_an_empty_search_leads_to_the_help_centre(client: Client, db: None) -> None:
    assert client.get("/help/search/?q=+")["Location"] == "/help/"
    assert not SearchLog.objects.exists()


def test_a_new_shop_says_how_to_reach_people(client: Client, db: None) -> None:
    assert "There are no help articles yet" in page(client, "/help/")


def test_suggestions_read_the_fields_of_a_form(client: Client, article: Article) -> None:
    answer = client.get("/help/suggest/?subject=I want to return this&body=please", headers=HTMX)
    assert f"/help/returns/{article.slug}/" in answer.content.decode()
    assert client.get("/help/suggest/?subject=", headers=HTMX).content.decode().strip() == ""


# --- saying whether it helped ------------------------------------------------------------------------


def test_a_browser_rates_once_and_is_thanked(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/"
    for _ in range(2):
        assert client.post(f"{path}rate/", {"answer": "yes"})["Location"] == f"{path}#feedback"
    article.refresh_from_db()
    assert article.helpful == 1
    assert "This solved it" in page(client, path)
    assert "Was this article helpful?</h2>" in page(Client(), path)


def test_this_solved_it_is_counted(client: Client, article: Article) -> None:
    answer = client.post(f"/help/returns/{article.slug}/rate/", {"answer": "solved"}, headers=HTMX)
    article.refresh_from_db()
    assert (article.helpful, article.solved) == (1, 1)
    assert "Good to hear" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_who_was_not_helped_is_asked_what_is_missing(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/"
    answer = client.post(f"{path}rate/", {"answer": "no"}, headers=HTMX)
    assert "What is missing?" in answer.content.decode()
    answer = client.post(f"{path}comment/", {"comment": "Where is the label?"}, headers=HTMX)
    assert "Thank you for your comment" in answer.content.decode()
    assert article.feedback.get().comment == "Where is the label?"


def test_an_empty_comment_is_asked_for_again(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/"
    client.post(f"{path}rate/", {"answer": "no"})
    answer = client.post(f"{path}comment/", {"comment": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_a_comment_without_a_rating_is_refused_in_words(client: Client, article: Article) -> None:
    answer = client.post(f"/help/returns/{article.slug}/comment/", {"comment": "x"}, headers=HTMX)
    assert answer.status_code == 409


def test_nonsense_is_no_rating(client: Client, article: Article) -> None:
    assert (
        client.post(f"/help/returns/{article.slug}/rate/", {"answer": "?"}, headers=HTMX).status_code == 422
    )
    article.refresh_from_db()
    assert article.ratings == 0


def test_rating_without_end_is_stopped(client: Client, article: Article) -> None:
    path = f"/help/returns/{article.slug}/rate/"
    answers = [client.post(path, {"answer": "yes"}, headers=HTMX) for _ in range(61)]
    assert {answer.status_code for answer in answers} == {200, 409}
    assert "tried too often" in answers[-1].content.decode()


# --- how much it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 12])
def test_pages_ask_the_database_equally_often_however_full_they_are(
    client: Client, django_assert_num_queries: Queries, count: int
) -> None:
    for number in range(count):
        build.article(f"Return {number}")
    for path, queries in PAGE_QUERIES.items():
        with django_assert_num_queries(queries):
            page(client, path)


PAGE_QUERIES = {
    "/help/": 3,
    "/help/returns/": 3,
    "/help/returns/return-1/": 4,
    "/help/search/?q=return": 4,
    "/help/suggest/?q=return": 3,
}
