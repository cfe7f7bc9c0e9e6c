"""Who sees which article, on every surface."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.rights import Role
from customers.access import Portal
from customers.models import Customer
from kb.access import articles_for, articles_of
from kb.models import Article
from kb.states import ArticleStatus, Visibility
from tests import build

pytestmark = pytest.mark.django_db

EVERY = [(status, visibility) for status in ArticleStatus.values for visibility in Visibility.values]


@pytest.fixture
def shelf(db: None) -> None:
    """An article of every state for every kind of reader; its address says which."""
    for status, visibility in EVERY:
        build.article("Word", status=status, visibility=visibility, slug=f"{status}-{visibility}")


def addresses(articles: object) -> set[str]:
    return {row.slug for row in articles}  # type: ignore[attr-defined]


PUBLISHED = {"published-public", "published-customers", "published-staff"}


def test_strangers_read_what_is_published_for_everybody(shelf: None) -> None:
    assert addresses(articles_of(Portal())) == {"published-public"}


def test_guests_with_an_order_are_strangers_here(shelf: None) -> None:
    assert addresses(articles_of(Portal(orders=frozenset({1})))) == {"published-public"}


def test_customers_read_a_little_more(shelf: None, carol: Customer) -> None:
    assert addresses(articles_of(Portal(customer=carol))) == {"published-public", "published-customers"}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.FINANCE, Role.FOLLOW_UP])
def test_staff_read_all_that_is_published(shelf: None, role: str) -> None:
    assert addresses(articles_for(build.user("Wei", role=role))) == PUBLISHED


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.ADMINISTRATOR])
def test_writers_see_drafts_and_the_archive(shelf: None, role: str) -> None:
    assert len(addresses(articles_for(build.user("Alice", role=role)))) == len(EVERY)


def test_who_has_left_sees_nothing(shelf: None) -> None:
    assert not articles_for(build.user("Gone", is_active=False))


@pytest.mark.parametrize(("status", "visibility"), EVERY)
def test_a_stranger_finds_no_page_of_what_is_not_for_strangers(
    client: Client, status: str, visibility: str
) -> None:
    row = build.article("Word", status=status, visibility=visibility)
    path = f"/help/{row.category.slug}/{row.slug}/"
    expected = 200 if (status, visibility) == ("published", "public") else 404
    assert client.get(path).status_code == expected
    assert client.post(f"{path}rate/", {"answer": "yes"}).status_code == (302 if expected == 200 else 404)
    assert client.post(f"{path}comment/", {"comment": "x"}).status_code == (302 if expected == 200 else 404)


@pytest.mark.parametrize(
    "page", ["/help/", "/help/returns/", "/help/search/?q=word", "/help/suggest/?q=word", "/help/popular/"]
)
def test_no_list_of_the_help_centre_shows_more(client: Client, shelf: None, page: str) -> None:
    shown = client.get(page).content.decode()
    assert "/help/returns/published-public/" in shown
    for status, visibility in EVERY:
        if (status, visibility) != ("published", "public"):
            assert f"{status}-{visibility}" not in shown


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [("alice", 200, 200), ("mara", 200, 403), ("wei", 403, 403), ("", 302, 302)],
)
def test_the_desk_opens_by_right(
    client: Client, request: pytest.FixtureRequest, article: Article, name: str, reads: int, writes: int
) -> None:
    if name:
        client.force_login(request.getfixturevalue(name))
    base = f"/console/kb/{article.slug}/"
    for page in ("/console/kb/", base, f"{base}versions/", "/console/kb/suggestions/?q=return"):
        assert client.get(page).status_code == reads, page
    for page in ("/console/kb/new/", f"{base}edit/"):
        assert client.get(page).status_code == writes, page
    typed = writes if name else 403  # whoever is signed out is shown what was typed
    assert client.post("/console/kb/preview/", {"body_en": "x"}).status_code == typed


@pytest.mark.parametrize("verb", ["publish", "withdraw", "archive", "restore", "revert"])
def test_readers_at_the_desk_change_nothing(client: Client, mara: User, article: Article, verb: str) -> None:
    client.force_login(mara)
    assert client.post(f"/console/kb/{article.slug}/{verb}/").status_code == 403
    article.refresh_from_db()
    assert (article.status, article.version) == (ArticleStatus.PUBLISHED, 1)


def test_a_draft_is_not_there_for_staff_who_do_not_write(client: Client, mara: User) -> None:
    row = build.article(status=ArticleStatus.DRAFT)
    client.force_login(mara)
    assert client.get(f"/console/kb/{row.slug}/").status_code == 404
    assert row.slug not in client.get("/console/kb/").content.decode()
