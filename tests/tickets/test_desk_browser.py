"""The desk as agents use it: keys, tabs, drafts in danger, news that arrive."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from tests import build
from tickets import actions
from tickets.macros.changing import add_macro
from tickets.models import Macro, Ticket
from tickets.states import TicketStatus

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(visit: Callable[..., "Page"], live_server: Any, promises: None) -> "Page":
    """Alice's browser."""
    client = Client()
    client.force_login(build.user("Alice"))
    page = visit()
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def test_walking_the_queue_and_answering_with_the_keyboard(desk: "Page") -> None:
    first, second = build.ticket(subject="First"), build.ticket(subject="Second")
    desk.goto("/console/?queue=all")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("o")
    desk.wait_for_url(f"**/console/tickets/{second.number}/**")
    desk.keyboard.press("r")
    desk.keyboard.type("On its way.")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("Your reply is on its way.").wait_for()
    assert second.messages.filter(body="On its way.").exists()
    assert not first.messages.filter(actor_kind="user").exists()


def test_a_note_is_a_key_away_and_does_not_reach_the_customer(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    assert desk.get_by_placeholder("Only colleagues read this").is_hidden()
    desk.keyboard.press("n")
    desk.keyboard.type("Difficult one")
    desk.get_by_role("button", name="Save note").click()
    desk.get_by_text("Noted, for us only.").wait_for()
    assert ticket.messages.get(body="Difficult one").visibility == "internal"


def test_sending_and_solving_at_once(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    desk.get_by_label("Reply", exact=True).last.fill("Done.")
    desk.get_by_label("Send and …").click()
    desk.get_by_role("button", name="Send and solve").click()
    desk.get_by_text("Your reply is on its way.").wait_for()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SOLVED


def test_a_reply_that_crossed_is_shown_what_came_in_between(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    actions.receive(ticket, body="Never mind!", by=ticket.customer, channel="portal")
    box = desk.locator("#reply-body")
    box.fill("Please send it back.")
    desk.get_by_role("button", name="Send reply").click()
    desk.get_by_role("alert").get_by_text("Never mind!").wait_for()
    assert box.input_value() == "Please send it back."
    desk.get_by_role("button", name="Send reply").click()
    desk.get_by_text("Your reply is on its way.").wait_for()


def test_ticking_shows_what_can_be_done_with_many(desk: "Page") -> None:
    tickets = [build.ticket() for _ in range(2)]
    desk.goto("/console/?queue=unassigned")
    bulk = desk.get_by_role("group", name="Ticked tickets")
    assert bulk.is_hidden()
    for ticket in tickets:
        desk.get_by_label(f"Tick {ticket.number}").check()
    assert bulk.get_by_text("2", exact=True).is_visible()
    bulk.get_by_role("button", name="Assign").click()
    desk.get_by_text("2 tickets done.").wait_for()
    assert Ticket.objects.filter(assignee__name="Alice").count() == 2


def test_filters_take_effect_at_once(desk: "Page") -> None:
    build.ticket(subject="By phone", channel="phone")
    build.ticket(subject="By portal")
    desk.goto("/console/?queue=all")
    desk.get_by_label("Channel").select_option("phone")
    desk.wait_for_url("**channel=phone**")
    assert desk.get_by_text("By portal").count() == 0
    assert desk.get_by_text("By phone").is_visible()


def test_a_deadline_opens_its_explanation(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    desk.locator(".deadline-link").first.click()
    desk.get_by_role("dialog").get_by_text("Working time that counted").wait_for()


def test_the_caret_stays_where_somebody_works_with_the_keys(desk: "Page") -> None:
    ticket, other = build.ticket(), build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    add = desk.locator(".linked__add > summary")
    add.focus()
    desk.keyboard.press("Enter")
    number = desk.locator(".linked__add #id_other")
    number.fill("T-99999")
    desk.locator(".linked__add button").focus()
    desk.keyboard.press("Enter")  # refused: the panel comes anew
    expect(number).to_be_focused()
    number.fill(other.number)
    desk.locator(".linked__add button").focus()
    desk.keyboard.press("Enter")  # done: the page comes anew, the form is folded again
    take_away = desk.get_by_label(f"Take the link to {other.number} away")
    take_away.wait_for()
    expect(add).to_be_focused()


def test_a_dialog_that_was_fetched_begins_with_its_first_field(desk: "Page") -> None:
    ticket = build.ticket()
    alice = User.objects.get(name="Alice")
    actions.assign(ticket, to=alice, by=alice)
    desk.goto(f"/console/tickets/{ticket.number}/")
    more = desk.get_by_label("More", exact=True).last
    more.click()
    desk.get_by_role("link", name="Hand over").click()
    expect(desk.locator("dialog[open] #hand_over_to")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_news_arrive_without_loading_the_page(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    actions.receive(ticket, body="Any news?", by=ticket.customer, channel="portal")
    desk.evaluate("htmx.trigger('#poller', 'fetch')")
    desk.get_by_text("Any news?").first.wait_for()
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert desk.locator("#reply-version").input_value() == str(fresh.version)


@pytest.fixture
def macro(db: None) -> Macro:
    """A text with a gap on tickets without an order, and a step that makes it urgent."""
    Macro.objects.all().delete()
    return add_macro(
        code="late",
        name_en="Parcel late",
        name_zh="包裹延误",
        body_en="Sorry, {{ customer.name }}: order {{ order.number }} is late.",
        body_zh="抱歉，{{ customer.name }}：订单 {{ order.number }} 延误了。",
        steps=[{"do": "set_priority", "priority": 4}, {"do": "set_type", "type": "logistics"}],
        by=build.user("Lea", role="lead"),
    )


def test_a_macro_is_a_key_away_and_its_gap_is_filled_in_at_once(desk: "Page", macro: Macro) -> None:
    ticket = build.ticket(customer=build.customer("Carol"))
    desk.goto(f"/console/tickets/{ticket.number}/")
    desk.keyboard.press("m")
    desk.get_by_role("button", name="Parcel late").wait_for()
    desk.keyboard.type("late")
    desk.keyboard.press("Enter")
    box = desk.locator("#reply-body")
    assert box.input_value().strip() == "Sorry, Carol: order [order number?] is late."
    desk.keyboard.type("SO-8")
    assert box.input_value().strip() == "Sorry, Carol: order SO-8 is late."
    desk.get_by_label("Set the type to Logistics").uncheck()
    desk.get_by_role("button", name="Send reply").click()
    desk.get_by_text("Your reply is on its way.").wait_for()
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.type) == (4, "enquiry")
    assert ticket.messages.filter(body="Sorry, Carol: order SO-8 is late.").exists()


def test_a_macro_goes_to_the_caret_and_only_found_ones_are_listed(desk: "Page", macro: Macro) -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    box = desk.locator("#reply-body")
    box.fill("Hello.")
    desk.get_by_role("link", name="Macro", exact=True).click()
    search = desk.get_by_placeholder("Words of its name or text")
    search.fill("refund")
    desk.get_by_text("No macro has these words").wait_for()
    search.fill("延误")
    desk.get_by_role("button", name="Parcel late").wait_for()
    search.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert box.input_value().startswith("Hello.\n\nSorry, ")
    desk.get_by_label("Leave its steps out").click()
    assert desk.locator("[data-used-macro]").count() == 0
