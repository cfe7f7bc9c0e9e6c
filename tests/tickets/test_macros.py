"""Macros: written by leads, used with a reply, alone, and on many tickets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import issue_token
from accounts.models import Language, User
from core import events
from core.dispatch import drain
from core.errors import Refused
from core.models import Event, OutgoingMail
from tests import build
from tickets import actions
from tickets.automation.steps import parse_steps
from tickets.macros import changing, choosing, using
from tickets.macros.defaults import MACROS, ensure_macros
from tickets.models import Macro, Message, Ticket
from tickets.placeholders import check
from tickets.states import Priority, TicketStatus, TicketType

URGENT = {"do": "set_priority", "priority": 4}
COMPLAINT = {"do": "set_type", "type": "complaint"}
SOLVE = {"do": "solve"}


@pytest.fixture(autouse=True)
def no_macros(db: None) -> None:
    Macro.objects.all().delete()


@pytest.fixture
def write(lea: User) -> Callable[..., Macro]:
    """A macro of Lea's."""

    def write(code: str = "sorry", **fields: Any) -> Macro:
        given = {
            "name_en": code.title(),
            "name_zh": f"宏 {code}",
            "body_en": "Sorry, {{ customer.name }}.",
            "body_zh": "抱歉，{{ customer.name }}。",
            **fields,
        }
        return changing.add_macro(code=code, **given, by=lea)

    return write


def address(ticket: Ticket, tail: str = "") -> str:
    return f"/console/tickets/{ticket.number}/{tail}"


def answer(page: Client, ticket: Ticket, body: str = "Sorry.", **more: Any) -> Any:
    ticket.refresh_from_db()
    return page.post(address(ticket, "reply/"), {"body": body, "version": ticket.version, "key": "k", **more})


def keys(macro: Macro) -> list[str]:
    return [one.key for one in choosing.offered(macro)]


# --- defaults ----------------------------------------------------------------------------------------


def test_a_fresh_installation_has_macros_that_could_be_saved_by_hand(db: None, lea: User) -> None:
    ensure_macros(Macro.objects)
    assert Macro.objects.count() == len(MACROS) >= 12
    for macro in Macro.objects.all():
        check(macro.body_en)
        check(macro.body_zh)
        changing.require_whole(macro.body_en, macro.body_zh, changing.check_steps(macro.steps))
    ensure_macros(Macro.objects)
    assert Macro.objects.count() == len(MACROS)


# --- writing -----------------------------------------------------------------------------------------


def test_every_change_is_an_event_that_keeps_the_former_text(write: Callable[..., Macro], lea: User) -> None:
    macro = write(steps=[URGENT])
    changing.edit_macro(macro, body_en="So sorry.", by=lea)
    changing.edit_macro(macro, body_en="So sorry.", by=lea)
    changing.switch_macro(macro, on=False, by=lea)
    changing.switch_macro(macro, on=False, by=lea)
    changing.remove_macro(macro, by=lea)
    changing.remove_macro(macro, by=lea)
    told = list(events.history(macro))
    assert [event.kind for event in told] == [
        "macro.added",
        "macro.edited",
        "macro.switched_off",
        "macro.removed",
    ]
    assert told[1].data["was"]["body_en"] == "Sorry, {{ customer.name }}."
    assert told[1].data["now"]["body_en"] == "So sorry."
    assert told[3].data["was"]["steps"] == [URGENT]
    assert {event.actor_id for event in told} == {lea.pk}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body_en": "{{ order.nmber }}"}, "Did you mean “{{ order.number }}”"),
        ({"body_zh": ""}, "both languages"),
        ({"body_en": "", "body_zh": ""}, "says something or does something"),
        ({"steps": [{"do": "dance"}]}, "Step 1"),
        ({"steps": [{"do": "reply", "en": "a", "zh": "b"}]}, "text of the macro, not a step"),
    ],
)
def test_what_nobody_could_use_is_not_stored(
    write: Callable[..., Macro], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=r".") as wrong:
        write(**fields)
    assert said in str(wrong.value)
    assert not Macro.objects.exists()


def test_a_code_belongs_to_one_macro(write: Callable[..., Macro]) -> None:
    write()
    with pytest.raises(Refused) as refused:
        write()
    assert (refused.value.code, refused.value.facts) == ("macro.code_taken", {"taken": "sorry"})


# --- choosing ----------------------------------------------------------------------------------------


def test_one_is_offered_those_of_everybody_and_of_the_own_teams(
    write: Callable[..., Macro], alice: User
) -> None:
    mine, others = build.team("mine"), build.team("others", is_default=False)
    alice.teams.add(mine)
    write("all"), write("mine", team=mine), write("others", team=others), write("off", is_active=False)
    assert {macro.code for macro in choosing.macros_for(alice)} == {"all", "mine"}


def test_macros_are_found_by_words_in_both_languages_the_most_used_first(
    write: Callable[..., Macro], alice: User
) -> None:
    write("first"), write("second")
    Macro.objects.filter(code="second").update(uses=3)
    found = choosing.macros_for(alice).most_used_first()
    assert [macro.code for macro in choosing.matching(found, "sorry")] == ["second", "first"]
    assert [macro.code for macro in choosing.matching(found, "抱歉 FIRST")] == ["first"]
    assert not choosing.matching(found, "sorry parcel")


def test_the_list_shows_names_to_the_reader_and_the_text_to_the_customer(
    page: Client, write: Callable[..., Macro], promises: None
) -> None:
    write(steps=[URGENT])
    ticket = build.ticket(customer=build.customer("王芳", language=Language.CHINESE))
    told = page.get(address(ticket, "macros/"), headers={"HX-Request": "true"}).content.decode()
    assert "Sorry" in told
    assert "抱歉，王芳。" in told
    assert "Set the priority to Urgent" in told
    assert "宏 sorry" not in told
    assert "<html" not in told


# --- with a reply ------------------------------------------------------------------------------------


def test_ticked_steps_run_with_the_reply_and_the_use_is_counted(
    page: Client, ticket: Ticket, alice: User, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[URGENT, COMPLAINT])
    sent = answer(page, ticket, macros=["sorry"], steps=keys(macro)[:1])
    assert sent.status_code == 302
    ticket.refresh_from_db()
    macro.refresh_from_db()
    assert (ticket.priority, ticket.type) == (Priority.URGENT, TicketType.ENQUIRY)
    assert (macro.uses, macro.last_used_at is not None) == (1, True)
    used = events.timeline(ticket).get(kind="macro.applied")
    assert (used.actor_id, used.data["steps"]) == (alice.pk, [URGENT])
    assert "used the macro “Sorry”" in page.get(address(ticket)).content.decode()


def test_a_refused_step_refuses_the_sending_and_keeps_what_was_typed(
    page: Client, ticket: Ticket, lea: User, write: Callable[..., Macro]
) -> None:
    actions.assign(ticket, to=lea, by=lea)
    macro = write(steps=[URGENT, {"do": "unassign"}])
    refused = answer(page, ticket, "My words", macros=["sorry"], steps=keys(macro))
    told = refused.content.decode()
    assert refused.status_code == 409
    assert "My words" in told
    assert "somebody else&#x27;s" in told
    assert told.count(f'value="{keys(macro)[0]}" checked') == 1
    ticket.refresh_from_db()
    macro.refresh_from_db()
    assert (ticket.priority, macro.uses) == (Priority.NORMAL, 0)
    assert not ticket.messages.filter(actor_kind="user").exists()


def test_a_step_that_was_changed_meanwhile_is_not_taken_unseen(
    page: Client, ticket: Ticket, lea: User, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[COMPLAINT])
    stale = keys(macro)
    changing.edit_macro(macro, steps=[SOLVE], by=lea)
    refused = answer(page, ticket, macros=["sorry"], steps=stale)
    assert refused.status_code == 409
    assert "was changed while you were writing" in refused.content.decode()
    assert "Solve" in refused.content.decode()
    assert answer(page, ticket, macros=["sorry"]).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_a_macro_of_another_team_lends_nobody_its_steps(
    page: Client, ticket: Ticket, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[URGENT], team=build.team("others", is_default=False))
    assert answer(page, ticket, macros=["sorry"], steps=keys(macro)).status_code == 409


def test_a_reply_that_is_sent_twice_takes_its_steps_once(
    page: Client, ticket: Ticket, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[{"do": "add_note", "text": "Once"}])
    version = ticket.version
    for _ in range(2):
        sent = page.post(
            address(ticket, "reply/"),
            {"body": "Sorry.", "version": version, "key": "k", "macros": ["sorry"], "steps": keys(macro)},
        )
        assert sent.status_code == 302
    macro.refresh_from_db()
    assert ticket.messages.filter(body="Once").count() == 1
    assert macro.uses == 1


def test_whoever_gets_the_reply_gets_no_second_mail_that_it_is_solved(
    page: Client, ticket: Ticket, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[SOLVE])
    answer(page, ticket, "All done.", macros=["sorry"], steps=keys(macro))
    drain()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SOLVED
    assert OutgoingMail.objects.filter(text__contains="All done.").count() == 1
    assert not OutgoingMail.objects.filter(key__startswith="ticket.solved").exists()


@pytest.mark.django_db(transaction=True)
def test_uses_at_the_same_time_are_all_counted(
    promises: None, alice: User, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[URGENT])
    tickets = [build.ticket() for _ in range(8)]

    def use(ticket: Ticket) -> None:
        try:
            using.apply(macro, ticket, by=alice)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, tickets))
    macro.refresh_from_db()
    assert macro.uses == 8


# --- gaps --------------------------------------------------------------------------------------------


def test_a_reply_with_a_gap_is_asked_about_and_can_be_sent_all_the_same(page: Client, ticket: Ticket) -> None:
    asked = answer(page, ticket, "Your order [order number?] is on its way.")
    assert asked.status_code == 422
    told = asked.content.decode()
    assert "Something is missing here: [order number?]" in told
    assert 'name="with_gaps"' in told
    assert "is on its way." in told
    assert answer(page, ticket, "Your order [order number?] is on its way.", with_gaps="1").status_code == 302


def test_a_reply_without_a_gap_is_not_asked_about(page: Client, ticket: Ticket) -> None:
    assert answer(page, ticket, "Is this [yours]? {{ order.number }}").status_code == 302


# --- without scripts ---------------------------------------------------------------------------------


def test_without_scripts_the_reply_goes_to_the_list_and_comes_back_with_the_macro(
    page: Client, ticket: Ticket, write: Callable[..., Macro]
) -> None:
    macro = write(steps=[URGENT])
    carried = {"body": "Hello!", "key": "k7", "version": ticket.version, "q": "sorry"}
    listed = page.post(address(ticket, "macros/"), carried)
    assert 'value="Hello!"' in listed.content.decode()
    back = page.post(address(ticket, "macros/"), {**carried, "insert": "sorry"})
    told = back.content.decode()
    assert back.status_code == 200
    assert "Hello!\n\nSorry, Carol." in told
    assert 'value="k7"' in told
    assert f'value="{keys(macro)[0]}" checked' in told
    assert not Message.objects.filter(actor_kind="user").exists()


# --- alone and on many -------------------------------------------------------------------------------


def test_a_macro_is_applied_alone(page: Client, ticket: Ticket, write: Callable[..., Macro]) -> None:
    write("urgent", body_en="", body_zh="", steps=[URGENT])
    assert page.post(address(ticket, "macros/urgent/apply/")).status_code == 302
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert not ticket.messages.filter(actor_kind="user").exists()


def test_a_text_with_a_gap_is_not_sent_unasked(
    ticket: Ticket, alice: User, write: Callable[..., Macro]
) -> None:
    macro = write(body_en="Order {{ order.number }}", steps=[URGENT])
    with pytest.raises(Refused) as refused:
        using.apply(macro, ticket, by=alice)
    assert refused.value.facts == {"gaps": "[order number?]"}
    using.apply(macro, ticket, by=alice, with_gaps=True)
    assert ticket.messages.filter(body="Order [order number?]").exists()


def test_a_macro_is_used_on_many_and_those_that_refuse_are_named(
    page: Client, promises: None, write: Callable[..., Macro]
) -> None:
    write(body_en="Order {{ order.number }}", steps=[URGENT])
    customer = build.customer("Ann")
    ordered = build.ticket(customer=customer, order=build.order(customer=customer, number="SO-9"))
    without = build.ticket()
    told = page.post(
        "/console/inbox/macro/", {"tickets": [ordered.number, without.number], "macro": "sorry"}, follow=True
    ).content.decode()
    assert ordered.messages.filter(body="Order SO-9").exists()
    assert not without.messages.filter(actor_kind="user").exists()
    assert "Something is missing here: [order number?]" in told


def test_ticked_tickets_need_a_macro(page: Client, ticket: Ticket) -> None:
    told = page.post("/console/inbox/macro/", {"tickets": [ticket.number], "macro": ""}, follow=True)
    assert "Choose a macro first." in told.content.decode()


def test_steps_of_somebody_who_left_do_not_hide_the_list(
    page: Client, ticket: Ticket, lea: User, write: Callable[..., Macro]
) -> None:
    write("to-lea", body_en="", body_zh="", steps=[{"do": "assign", "member": lea.email}])
    User.objects.filter(pk=lea.pk).update(is_active=False)
    assert page.get(address(ticket, "macros/")).status_code == 200
    gone = page.post(address(ticket, "macros/to-lea/apply/"), follow=True)
    assert "does not work on tickets any longer" in gone.content.decode()


# --- the pages of leads ------------------------------------------------------------------------------

WRITTEN = {
    "code": "sorry",
    "name_en": "Sorry",
    "name_zh": "致歉",
    "body_en": "Sorry, {{ customer.name }}.",
    "body_zh": "抱歉，{{ customer.name }}。",
    "is_active": "on",
    "team": "",
}


@pytest.fixture
def lead(client: Client, lea: User) -> Client:
    client.force_login(lea)
    return client


def test_a_lead_writes_and_changes_a_macro(lead: Client) -> None:
    given = {**WRITTEN, "step-0-do": "set_priority", "step-0-priority": "4"}
    assert lead.post("/console/macros/new/", given).status_code == 302
    macro = Macro.objects.get()
    assert (macro.steps, macro.body_zh) == ([URGENT], WRITTEN["body_zh"])
    assert lead.post("/console/macros/sorry/", {**given, "name_en": "So sorry"}).status_code == 302
    assert "So sorry" in lead.get("/console/macros/?q=抱歉").content.decode()
    assert "So sorry" not in lead.get("/console/macros/?state=off").content.decode()


def test_an_unknown_placeholder_comes_back_with_what_was_typed(lead: Client) -> None:
    refused = lead.post("/console/macros/new/", {**WRITTEN, "body_zh": "订单 {{ order.nmber }}"})
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "Did you mean “{{ order.number }}”?" in told
    assert "订单 {{ order.nmber }}" in told
    assert not Macro.objects.exists()


def test_steps_come_and_go_without_losing_what_was_typed(lead: Client) -> None:
    more = lead.post("/console/macros/new/", {**WRITTEN, "add_step": "1", "new_step": "add_note"})
    told = more.content.decode()
    assert more.status_code == 200
    assert 'name="step-0-text"' in told
    assert WRITTEN["body_zh"] in told
    two = {
        "step-0-do": "add_note",
        "step-0-text": "Look",
        "step-1-do": "set_priority",
        "step-1-priority": "4",
    }
    fewer = lead.post("/console/macros/new/", {**WRITTEN, **two, "drop_step": "0"}).content.decode()
    assert 'name="step-0-priority"' in fewer
    assert "step-1" not in fewer
    assert '<option value="4" selected>' in fewer


def test_an_unfinished_step_is_named(lead: Client) -> None:
    refused = lead.post("/console/macros/new/", {**WRITTEN, "step-0-do": "add_note", "step-0-text": ""})
    assert refused.status_code == 422
    assert "Look at the steps again." in refused.content.decode()


def test_a_text_is_tried_out_on_a_ticket(lead: Client, ticket: Ticket) -> None:
    typed = {**WRITTEN, "body_en": "For {{ customer.name }}: {{ order.number }}", "body_zh": "{{ x }}"}
    told = lead.post(
        "/console/macros/new/", {**typed, "preview": "1", "ticket": ticket.number}
    ).content.decode()
    assert "For Carol: [order number?]" in told
    assert "is no placeholder" in told
    nothing = lead.post("/console/macros/new/", {**typed, "preview": "1", "ticket": "T-0"}).content.decode()
    assert "There is no ticket T-0." in nothing
    assert not Macro.objects.exists()


def test_a_macro_is_switched_off_and_removed(lead: Client, write: Callable[..., Macro]) -> None:
    write()
    lead.post("/console/macros/sorry/switch/")
    assert not Macro.objects.get().is_active
    lead.post("/console/macros/sorry/remove/")
    assert not Macro.objects.exists()
    assert Event.objects.filter(kind="macro.removed").exists()


# --- for other systems -------------------------------------------------------------------------------


@pytest.fixture
def leads_token(lea: User) -> dict[str, str]:
    _row, text = issue_token(lea, name="shop", by=lea)
    return {"Authorization": f"Token {text}"}


def test_macros_by_api(client: Client, leads_token: dict[str, str], ticket: Ticket) -> None:
    body = {name: WRITTEN[name] for name in ("code", "name_en", "name_zh", "body_en", "body_zh")}
    made = client.post(
        "/api/v1/macros/", {**body, "steps": [URGENT]}, content_type="application/json", headers=leads_token
    )
    assert made.status_code == 201
    listed = client.get(f"/api/v1/macros/?ticket={ticket.number}&q=sorry", headers=leads_token).json()
    (told,) = listed["results"]
    assert told["on_ticket"] == {"text": "Sorry, Carol.", "gaps": []}
    assert told["offered"][0]["said"] == "Set the priority to Urgent"
    changed = client.patch(
        "/api/v1/macros/sorry/", {"body_en": "Oh."}, content_type="application/json", headers=leads_token
    )
    assert (changed.status_code, changed.json()["body_en"]) == (200, "Oh.")
    used = client.post(
        f"/api/v1/tickets/{ticket.number}/macros/sorry/apply/",
        {"steps": []},
        content_type="application/json",
        headers=leads_token,
    )
    assert (used.status_code, used.json()["priority"]) == (200, Priority.NORMAL)
    assert ticket.messages.filter(body="Oh.").exists()
    assert client.delete("/api/v1/macros/sorry/", headers=leads_token).status_code == 204
    assert client.get("/api/v1/macros/sorry/", headers=leads_token).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body_en": "{{ order.nmber }}"}, "body_en"),
        ({"body_zh": ""}, "both languages"),
        ({"steps": [{"do": "dance"}]}, "steps"),
        ({"steps": "solve"}, "steps"),
        ({"code": "no spaces"}, "code"),
        ({"team": "nowhere"}, "team"),
    ],
)
def test_wrong_input_by_api_is_said(
    client: Client, leads_token: dict[str, str], wrong: dict[str, Any], field: str
) -> None:
    body = {name: WRITTEN[name] for name in ("code", "name_en", "name_zh", "body_en", "body_zh")}
    told = client.post(
        "/api/v1/macros/", {**body, **wrong}, content_type="application/json", headers=leads_token
    )
    assert told.status_code == 400
    assert field in told.content.decode()


def test_a_gap_by_api_is_refused_unless_allowed(
    client: Client, token: dict[str, str], ticket: Ticket, write: Callable[..., Macro]
) -> None:
    write(body_en="Order {{ order.number }}")
    url = f"/api/v1/tickets/{ticket.number}/macros/sorry/apply/"
    refused = client.post(url, {}, content_type="application/json", headers=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "macro.has_gaps")
    sent = client.post(url, {"with_gaps": True}, content_type="application/json", headers=token)
    assert sent.status_code == 200


def test_stored_steps_are_the_steps_of_the_desk(write: Callable[..., Macro]) -> None:
    assert [step.action.name for step in parse_steps(write(steps=[SOLVE]).steps)] == ["solve"]
