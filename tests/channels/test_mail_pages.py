"""The pages and endpoints about mail: what was put aside is seen and decided; mailboxes are looked after."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from channels.actions.suppression import suppress
from channels.email.states import Fetching, MailState
from channels.models import IncomingMail, Mailbox
from core import dispatch, mail
from core.models import OutgoingMail, SuppressedAddress
from customers.models import Customer
from tests import build
from tests.channels.mails import deliver, raw
from tickets import actions, addressing
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

LIST = "/console/incoming-mail/"


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def office(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def address(row: IncomingMail, verb: str = "") -> str:
    return f"{LIST}{row.uuid}/" + (f"{verb}/" if verb else "")


# --- what was put aside ------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_and_why(desk: Client) -> None:
    deliver(raw(sender="nobody", subject="From nobody"))
    deliver(raw(subject="A newsletter", headers={"Precedence": "bulk"}))
    quarantine, ignored = text(desk.get(LIST)), text(desk.get(f"{LIST}?show=ignored"))
    assert "From nobody" in quarantine
    assert "A newsletter" not in quarantine
    assert "No sender whom one could answer" in quarantine
    assert "A newsletter" in ignored
    assert "Sent to many" in ignored
    assert "A newsletter" not in text(desk.get(f"{LIST}?show=all&from=eve@example.com"))


def test_a_mail_is_shown_safely(desk: Client) -> None:
    html = "<p>Look</p><script>alert(1)</script><img src='https://evil.example/x.gif'>"
    row = deliver(raw("Look <b>here</b>", html=html, sender="carol@example.com"))
    page = text(desk.get(address(row)))
    assert "Look &lt;b&gt;here&lt;/b&gt;" in page
    assert "alert(1)" not in page
    assert "evil.example" not in page
    assert "Sender not verified" in page


def test_the_original_can_be_saved(desk: Client) -> None:
    content = raw("Hello")
    answer = desk.get(address(deliver(content), "raw"))
    assert answer.content == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_mail_is_taken_in_on_a_ticket(desk: Client, carol: Customer) -> None:
    ticket, row = build.ticket(customer=carol), deliver(raw("It was me", headers={"Precedence": "bulk"}))
    answer = desk.post(address(row, "take-in"), {"number": ticket.number.lower()})
    assert answer["Location"] == f"/console/tickets/{ticket.number}/#newest"
    assert ticket.messages.last().body == "It was me"  # type: ignore[union-attr]
    assert "What to do with it" not in text(desk.get(address(row)))


def test_a_mail_is_taken_in_on_a_new_ticket(desk: Client) -> None:
    desk.post(address(deliver(raw(headers={"Precedence": "bulk"})), "take-in"), {"number": ""})
    assert Ticket.objects.get().channel == "email"


def test_a_wrong_number_is_said_and_kept(desk: Client) -> None:
    row = deliver(raw(headers={"Precedence": "bulk"}))
    answer = desk.post(address(row, "take-in"), {"number": "T-1"})
    assert answer.status_code == 422
    assert "There is no ticket T-1." in text(answer)
    assert 'value="T-1"' in text(answer)


def test_without_a_sender_a_ticket_has_to_be_named(desk: Client) -> None:
    answer = desk.post(address(deliver(raw(sender="nobody")), "take-in"), {"number": ""})
    assert answer.status_code == 409
    assert "Name the ticket" in text(answer)


def test_a_mail_is_discarded(desk: Client) -> None:
    row = deliver(raw(headers={"Precedence": "bulk"}))
    desk.post(address(row, "discard"))
    row.refresh_from_db()
    assert row.state == MailState.DISCARDED


@pytest.mark.parametrize("sender", ["carol@example.com", "nobody"])
def test_a_mail_a_colleague_discarded_meanwhile_is_not_taken_in(
    desk: Client, carol: Customer, sender: str
) -> None:
    ticket = build.ticket(customer=carol)
    row = deliver(raw(sender=sender, headers={"Precedence": "bulk"}))
    desk.post(address(row, "discard"))
    answer = desk.post(address(row, "take-in"), {"number": ticket.number})
    assert answer.status_code == 409
    assert "This mail was discarded." in text(answer)
    row.refresh_from_db()
    assert row.state == MailState.DISCARDED
    assert ticket.messages.count() == 1


def test_managers_read_and_do_not_decide(client: Client, mara: User) -> None:
    client.force_login(mara)
    row = deliver(raw(headers={"Precedence": "bulk"}))
    assert "What to do with it" not in text(client.get(address(row)))
    assert client.post(address(row, "take-in")).status_code == 403


# --- on the ticket -----------------------------------------------------------------------------------


def test_the_ticket_leads_to_quotation_and_original(desk: Client) -> None:
    quoted = "Thanks\n\nOn Mon, 23 Nov 2026 at 10:00, Lamps <s@localhost> wrote:\n> quoted words\n"
    row = deliver(raw(quoted, files=(("plan.zip", "application/zip", b"PK\x03\x04"),)))
    assert row.ticket is not None
    assert row.message is not None
    page = text(desk.get(f"/console/tickets/{row.ticket.number}/"))
    part = f"/console/tickets/{row.ticket.number}/messages/{row.message.pk}/mail/"
    assert part in page
    assert "quoted words" not in page
    assert "plan.zip" in page
    shown = text(desk.get(part))
    assert "quoted words" in shown
    assert "plan.zip" in shown
    assert address(row, "raw") in shown
    assert desk.get(part.replace(str(row.message.pk), "999999")).status_code == 404


def test_a_reply_shows_how_its_mail_fared(desk: Client, alice: User) -> None:
    row = deliver(raw())
    assert row.ticket is not None
    page = f"/console/tickets/{row.ticket.number}/"
    actions.reply(row.ticket, body="Hello", by=alice, external_id="held:1")
    dispatch.drain()
    assert "By e-mail, on its way" in text(desk.get(page))
    assert text(desk.get(page)).count("Quoted text and original") == 1  # the customer's mail, not our reply
    suppress("carol@example.com", reason="by_hand", by=alice)
    mail.send_due()
    assert "Mail to this address came back" in text(desk.get(page))
    OutgoingMail.objects.update(state="bounced", because="", last_error="550 no such user")
    assert "550 no such user" in text(desk.get(page))


def test_customers_do_not_see_how_mails_fared(client: Client, alice: User) -> None:
    row = deliver(raw())
    assert row.ticket is not None
    actions.reply(row.ticket, body="Hello", by=alice)
    dispatch.drain()
    from tickets.access import link_token

    page = text(client.get(f"/requests/open/{link_token(row.ticket)}/", follow=True))
    assert "Hello" in page
    assert "on its way" not in page
    assert "Quoted text and original" not in page


def test_the_customers_page_says_that_mail_came_back(desk: Client, carol: Customer, alice: User) -> None:
    part = f"/console/customers/{carol.number}/mail/"
    assert "Nothing is sent" not in text(desk.get(part))
    suppress(carol.email, reason="hard_bounce", detail="550", by=alice)
    assert f"Nothing is sent to {carol.email}" in text(desk.get(part))


# --- mailboxes and addresses -------------------------------------------------------------------------

IMAP = {
    "name": "Service",
    "address": "service@lamps.example",
    "fetching": "imap",
    "host": "imap.lamps.example",
    "port": "",
    "security": "tls",
    "username": "service",
    "secret": "lamp-keeper",
    "folder": "INBOX",
    "language": "en",
    "team": "",
    "is_active": "on",
}


def test_a_mailbox_is_set_up_and_its_password_never_shown(office: Client) -> None:
    answer = office.post("/console/mailboxes/new/", IMAP)
    box = Mailbox.objects.get()
    assert answer["Location"] == f"/console/mailboxes/{box.uuid}/"
    page = text(office.get(answer["Location"]))
    assert "lamp-keeper" not in page
    assert box.sealed_secret not in page
    office.post(answer["Location"], {**IMAP, "name": "Sales", "secret": ""})
    changed = Mailbox.objects.get()
    assert (changed.name, bool(changed.sealed_secret)) == ("Sales", True)
    assert "service@lamps.example" in text(office.get("/console/mailboxes/"))


@pytest.mark.parametrize("missing", ["host", "username", "secret"])
def test_what_a_call_needs_is_asked_for(office: Client, missing: str) -> None:
    answer = office.post("/console/mailboxes/new/", {**IMAP, missing: ""})
    assert answer.status_code == 422
    assert "Without this nobody can call there." in text(answer)
    assert not Mailbox.objects.exists()


def test_an_address_has_one_mailbox(office: Client) -> None:
    office.post("/console/mailboxes/new/", IMAP)
    assert office.post("/console/mailboxes/new/", IMAP).status_code == 422


def test_a_failed_try_is_said(office: Client) -> None:
    office.post("/console/mailboxes/new/", {**IMAP, "host": "127.0.0.1", "port": "1", "security": "none"})
    box = Mailbox.objects.get()
    answer = office.post(f"/console/mailboxes/{box.uuid}/test/", follow=True)
    assert "The mail server does not let us in" in text(answer)


def test_a_mailbox_that_is_pushed_to_makes_its_own_secret(office: Client) -> None:
    office.post("/console/mailboxes/new/", {**IMAP, "fetching": "webhook", "host": "", "secret": ""})
    box = Mailbox.objects.get()
    assert box.sealed_secret
    assert f"/api/v1/mailboxes/{box.uuid}/mail/" in text(office.get(f"/console/mailboxes/{box.uuid}/"))


def test_an_address_is_entered_and_taken_off_again(desk: Client) -> None:
    desk.post("/console/suppressions/", {"address": "Gone@Example.com"})
    row = SuppressedAddress.objects.get()
    assert row.address == "gone@example.com"
    assert "gone@example.com" in text(desk.get("/console/suppressions/?q=gone"))
    assert "gone@example.com" not in text(desk.get("/console/suppressions/?q=other"))
    desk.post(f"/console/suppressions/{row.pk}/lift/")
    assert not SuppressedAddress.objects.exists()
    assert desk.post("/console/suppressions/", {"address": "x"}).status_code == 422


# --- other systems -----------------------------------------------------------------------------------


def api(user: User) -> Client:
    _row, token = issue_token(user, name="test", by=user)
    return Client(headers={"authorization": f"Token {token}"})


def test_mails_are_listed_and_decided_by_api(alice: User) -> None:
    system = api(alice)
    row = deliver(raw("It was me", headers={"Precedence": "bulk"}))
    (listed,) = system.get("/api/v1/incoming-mail/?state=ignored").json()["results"]
    assert (listed["uuid"], listed["reason"], "text" in listed) == (str(row.uuid), "bulk", False)
    whole = system.get(f"/api/v1/incoming-mail/{row.uuid}/").json()
    assert "It was me" in whole["text"]
    assert system.get(f"/api/v1/incoming-mail/{row.uuid}/raw/").content.startswith(b"From:")
    wrong = system.post(
        f"/api/v1/incoming-mail/{row.uuid}/take-in/", {"ticket": "T-1"}, content_type="application/json"
    )
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["ticket"])
    taken = system.post(f"/api/v1/incoming-mail/{row.uuid}/take-in/", {}, content_type="application/json")
    assert taken.json()["ticket"] == Ticket.objects.get().number
    refused = system.post(f"/api/v1/incoming-mail/{row.uuid}/discard/")
    assert (refused.status_code, refused.json()["code"]) == (409, "mail.taken")


def test_mailboxes_are_looked_after_by_api(ada: User) -> None:
    system = api(ada)
    given = {name: value for name, value in IMAP.items() if name not in ("port", "team", "is_active")}
    made = system.post("/api/v1/mailboxes/", given, content_type="application/json")
    assert made.status_code == 201
    assert "secret" not in made.json()
    there = f"/api/v1/mailboxes/{made.json()['uuid']}/"
    changed = system.patch(there, {"fetching": "pipe"}, content_type="application/json")
    assert (changed.json()["fetching"], Mailbox.objects.get().fetching) == ("pipe", Fetching.PIPE)
    assert (
        system.patch(there, {"fetching": "imap", "host": ""}, content_type="application/json").status_code
        == 400
    )


def test_addresses_are_entered_and_lifted_by_api(alice: User) -> None:
    system = api(alice)
    entered = system.post(
        "/api/v1/suppressions/", {"address": "gone@example.com"}, content_type="application/json"
    )
    assert (entered.status_code, entered.json()["reason"]) == (201, "by_hand")
    assert len(system.get("/api/v1/suppressions/?address=Gone@example.com").json()["results"]) == 1
    assert system.delete("/api/v1/suppressions/gone@example.com/").status_code == 204
    assert not SuppressedAddress.objects.exists()


def test_a_message_without_a_mail_says_so(desk: Client, carol: Customer) -> None:
    ticket = build.ticket(customer=carol, channel="email", external_id="from-elsewhere")
    message = Message.objects.get(ticket=ticket)
    shown = desk.get(f"/console/tickets/{ticket.number}/messages/{message.pk}/mail/")
    assert "There is no original" in text(shown)
    assert addressing.reply_address(ticket)
