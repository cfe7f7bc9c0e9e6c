"""Label, guide and customs note: right words, right address, right clock, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Language, User
from core.errors import Refused
from customers.models import Customer
from orders.models import Order
from returns import actions
from returns.actions import DeclaredGood
from returns.customs import crosses_border, declaration
from returns.models import Case
from returns.papers import papers
from returns.states import CaseStatus
from tests import build
from tests.returns import shop
from tests.returns.papers import pages
from tests.returns.test_portal import visitor

HOME = {
    "recipient": "Carol",
    "lines": "12 Larch Road",
    "city": "Springfield",
    "region": "IL",
    "country": "US",
}


@pytest.fixture
def order(carol: Customer) -> Order:
    """A lamp that was sent to Carol's house."""
    return shop.order(customer=carol, ship_to={**HOME, "postcode": "62701"})


def sent(order: Order, **centre: Any) -> Case:
    """A case whose customer knows where to send it."""
    shop.centre(**centre)
    return shop.case(order, status=CaseStatus.AWAITING_RETURN)


def test_guide_and_label_say_all_that_is_needed(order: Order) -> None:
    case = sent(order, country="US", hours_en="Mon to Fri, 9 to 17", phone="+1 217 555 0100")
    guide, label = pages(papers(case))
    for said in (
        "How to send it back",
        case.number,
        order.number,
        "Wednesday, 11 March 2026, 21:00 (America/New_York)",
        "18 Wensan Road",
        "Open: Mon to Fri, 9 to 17",
        "Desk lamp SKU-1",
        "Changed my mind",
        "The postage for sending them back is yours.",
    ):
        assert said in guide
    for said in ("Returns desk", "+1 217 555 0100", "12 Larch Road", "Springfield, IL 62701", "packing slip"):
        assert said in label or said in guide
    assert label.count(case.number) >= 2


def test_papers_speak_the_customer_s_language(order: Order) -> None:
    case = sent(
        order,
        country="US",
        city="杭州",
        lines="文三路18号",
        recipient="售后中心",
        hours_zh="周一至周五 9–17 点",
    )
    case.ticket.language = Language.CHINESE
    guide, label = pages(papers(case))
    for said in ("如何寄回", "文三路18号", "周一至周五 9–17 点", "不想要了", "2026年3月11日"):
        assert said in guide
    assert "售后中心" in label


def test_before_the_approval_there_is_nothing_to_print(order: Order) -> None:
    with pytest.raises(Refused, match=r"case\.no_label_yet"):
        papers(shop.case(order))


def test_inside_a_country_customs_are_not_asked(order: Order) -> None:
    case = sent(order, country="US")
    assert not crosses_border(case)
    assert len(pages(papers(case))) == 2


def test_over_a_border_goes_a_note_for_customs(order: Order, alice: User) -> None:
    case = sent(order, country="CN")
    drafted = declaration(case)
    assert (drafted.value, drafted.goods[0].description, drafted.is_written) == (100_00, "Desk lamp", False)
    line = case.lines.get()
    good = DeclaredGood(line.pk, "Desk lamp, LED", 80_00, hs_code="940521", origin="CN")
    actions.declare_customs(case, goods=[good], eori="DE123456789", note="Bought in 2026", by=alice)
    guide, label, note = pages(papers(case))
    assert "Returned goods, no sale" in label
    assert "customs note outside" in guide
    for said in (
        "Desk lamp, LED",
        "940521",
        "China",
        "$80.00",
        "DE123456789",
        "Bought in 2026",
        "Returned goods",
    ):
        assert said in note
    assert declaration(case).is_written


def test_a_note_in_chinese_has_an_english_twin(order: Order) -> None:
    case = sent(order, country="CN")
    case.ticket.language = Language.CHINESE
    *_others, chinese, english = pages(papers(case))
    assert "海关" in chinese
    assert "Customs note" in english


def test_codes_are_remembered_for_the_same_goods(order: Order, alice: User, carol: Customer) -> None:
    case = sent(order, country="CN")
    good = DeclaredGood(case.lines.get().pk, "Lamp", 80_00, hs_code="940521", origin="CN")
    actions.declare_customs(case, goods=[good], by=alice)
    other = sent(shop.order(customer=carol))
    assert [(each.hs_code, each.origin) for each in declaration(other).goods] == [("940521", "CN")]


@pytest.mark.parametrize("lines", [[], [0], "twice"])
def test_every_item_is_declared_once(order: Order, alice: User, lines: Any) -> None:
    case = sent(order)
    key = case.lines.get().pk
    goods = [DeclaredGood(line, "Lamp", 1) for line in ([key, key] if lines == "twice" else lines)]
    with pytest.raises(Refused, match=r"case\.customs_lines"):
        actions.declare_customs(case, goods=goods, by=alice)


def test_what_is_finished_is_declared_no_more(order: Order, alice: User) -> None:
    case = shop.case(order, status=CaseStatus.CANCELLED)
    with pytest.raises(Refused, match=r"case\.finished"):
        actions.declare_customs(case, goods=[], by=alice)


# --- at the doors -------------------------------------------------------------------------------------


def test_customers_print_their_own_label_and_no_other(
    order: Order, carol: Customer, charlie: Customer
) -> None:
    case = sent(order)
    address = f"/returns/{case.number}/label/"
    answer = visitor(carol).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert f'filename="{case.number}.pdf"' in answer["Content-Disposition"]
    assert case.number in pages(answer.content)[0]
    assert visitor(charlie).get(address).status_code == 404
    page = visitor(carol).get(f"/requests/{case.ticket.number}/cases/")
    assert address in page.content.decode()


def test_too_early_leads_back_with_a_word(order: Order, carol: Customer, alice: User, client: Client) -> None:
    case = shop.case(order)
    answer = visitor(carol).get(f"/returns/{case.number}/label/")
    assert answer.url == f"/requests/{case.ticket.number}/"  # type: ignore[attr-defined]
    client.force_login(alice)
    page = client.get(f"/console/cases/{case.number}/label/", follow=True)
    assert "label and guide come with the approval" in page.content.decode()
    headers = {"authorization": f"Token {token(alice)}"}
    refused = client.get(f"/api/v1/cases/{case.number}/label/", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "case.no_label_yet")


def token(member: User) -> str:
    from accounts.actions import issue_token

    return issue_token(member, name="Shop", by=member)[1]


def test_staff_and_systems_print_it_too(order: Order, alice: User, client: Client) -> None:
    case = sent(order)
    client.force_login(alice)
    assert case.number in pages(client.get(f"/console/cases/{case.number}/label/").content)[0]
    headers = {"authorization": f"Token {token(alice)}"}
    answer = client.get(f"/api/v1/cases/{case.number}/label/", headers=headers)
    assert case.number in pages(answer.content)[0]


def test_customs_are_declared_on_a_page(order: Order, alice: User, client: Client) -> None:
    case = sent(order)
    client.force_login(alice)
    address, key = f"/console/cases/{case.number}/customs/", case.lines.get().pk
    assert "drawn from the order" in client.get(address).content.decode()
    told = {
        f"description-{key}": "Lamp",
        f"hs_code-{key}": "9405",
        f"origin-{key}": "CN",
        f"value-{key}": "80.00",
        "purpose": "repair",
        "incoterm": "DDP",
    }
    wrong = client.post(address, told)
    assert wrong.status_code == 422
    assert "6, 8 or 10 digits" in wrong.content.decode()
    assert client.post(address, {**told, f"hs_code-{key}": "940521"}).status_code == 302
    written = declaration(case)
    assert (written.purpose, written.incoterm, written.value) == ("repair", "DDP", 80_00)


def test_customs_are_declared_by_api(order: Order, alice: User, wei: User, client: Client) -> None:
    case = sent(order)
    address = f"/api/v1/cases/{case.number}/customs/"
    headers = {"authorization": f"Token {token(alice)}"}
    assert client.get(address, headers=headers).json()["written"] is False
    good = {"position": 1, "description": "Lamp", "hs_code": "940521", "origin": "cn", "value": "80.00"}
    answer = client.post(address, {"goods": [good]}, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["goods"] == [{**good, "origin": "CN"}]
    unknown = {"goods": [{**good, "position": 9}]}
    refused = client.post(address, unknown, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "case.customs_lines")
    bench = {"authorization": f"Token {token(wei)}"}
    assert client.get(address, headers=bench).status_code == 200
    refused = client.post(address, {"goods": [good]}, content_type="application/json", headers=bench)
    assert refused.status_code == 403


# --- which centre -------------------------------------------------------------------------------------


def test_the_centre_fits_country_goods_and_kind(carol: Customer) -> None:
    from returns.centres import centre_for, fitting

    shop.centre(code="lamps", order=1, serves=["US"], categories=["Lamps"])
    shop.centre(code="repairs", order=2, capabilities=["repair"])
    shop.centre(code="all", order=3, is_active=False)
    rest = shop.centre(code="rest", order=4)
    lamp = shop.case(shop.order(shop.line(category="lamps"), customer=carol))
    chair = shop.case(shop.order(shop.line(category="Chairs"), customer=carol))
    assert [
        str(found.code) for found in (centre_for(lamp.order, lamp), centre_for(chair.order, chair)) if found
    ] == [
        "lamps",
        "rest",
    ]
    assert [found.code for found in fitting("CN", {"Lamps"}, "repair")] == ["repairs", "rest"]
    mixed = shop.order(shop.line(category="Lamps"), shop.line(category="Chairs"), customer=carol)
    both = shop.case(mixed, items=[shop.item(mixed), shop.item(mixed, index=1)])
    assert centre_for(both.order, both) == rest


def test_the_deadline_is_told_by_the_customer_s_clock(carol: Customer, desk: Any) -> None:
    order = shop.order(customer=build.customer("Chen", country="CN"), ship_to={"country": "CN"})
    case = sent(order)
    desk.shift(timedelta(days=1))
    assert "(Asia/Shanghai)" in pages(papers(case))[0]
