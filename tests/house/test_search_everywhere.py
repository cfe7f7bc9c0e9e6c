"""One box, everything: what a search means stands beside the tickets it finds, as far as one may see it."""

from django.test import Client

from accounts.models import User
from core import clock
from core.actors import SYSTEM
from customers.actions import add_contact
from tests import build
from tests.returns import shop

KINDS = ("customers", "orders", "cases", "warranties", "articles")


def found(client: Client, kind: str, text: str) -> str:
    answer = client.get(f"/console/search/{kind}/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_number_an_address_and_words_find_what_they_mean(client: Client, lea: User) -> None:
    build.article()
    case = shop.case(shop.order(delivered_at=clock.now(), placed_at=clock.now()))
    buyer = case.customer
    add_contact(buyer, kind="email", value="carol.hughes@example.com", by=SYSTEM)
    client.force_login(lea)
    assert case.number in found(client, "cases", case.number)
    assert case.number in found(client, "cases", "carol.hughes@example.com")
    assert buyer.number in found(client, "customers", "carol.hughes@example.com")
    assert case.order.number in found(client, "orders", "carol.hughes@example.com")
    assert case.order.number in found(client, "orders", case.order.number)
    assert "kb" in found(client, "articles", "return")


def test_nothing_found_is_no_panel(client: Client, lea: User) -> None:
    client.force_login(lea)
    for kind in KINDS:
        assert not found(client, kind, "nothing-like-this").strip()
        assert not found(client, kind, "").strip()
    assert "Nothing found here." in client.get("/console/search/orders/", {"q": "x"}).content.decode()


def test_who_may_not_see_people_finds_none(client: Client, wei: User) -> None:
    client.force_login(wei)
    assert client.get("/console/search/customers/", {"q": "carol"}).status_code == 403
    assert client.get("/console/search/cases/", {"q": "carol"}).status_code == 200


def test_the_search_of_the_inbox_shows_all_of_them(client: Client, lea: User) -> None:
    client.force_login(lea)
    page = client.get("/console/", {"q": "退货"}).content.decode()
    for kind in KINDS:
        assert f"/console/search/{kind}/?q=%E9%80%80%E8%B4%A7" in page
    assert "/console/search/" not in client.get("/console/").content.decode()


def test_of_many_some_are_shown_and_the_list_has_the_rest(client: Client, lea: User) -> None:
    buyer = build.customer("Greta", email="greta@example.org")
    for _ in range(7):
        shop.order(customer=buyer)
    client.force_login(lea)
    page = found(client, "orders", "greta@example.org")
    assert page.count('class="row"') == 5
    assert "/console/orders/?q=greta%40example.org" in page
