"""Several addresses: each ticket is answered from where it came in, and no token crosses to another."""

from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from channels.actions.mailboxes import SignIn, save_mailbox
from channels.email.states import Fetching, Outcome
from channels.models import Mailbox
from core import dispatch, mail, senders
from core.models import OutgoingMail
from customers.models import Customer
from orders.models import Shop
from tests import build
from tests.channels.mails import deliver, raw
from tests.mailbox import Mailbox as PostOffice
from tickets import actions, addressing
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def mailbox(by: User, name: str, **given: Any) -> Mailbox:
    smtp_url = given.pop("smtp_url", "")
    fields = {
        "name": name.title(),
        "address": f"help@{name}.example",
        "fetching": Fetching.PIPE,
        "from_name": f"{name.title()} 客服",
        **given,
    }
    return save_mailbox(Mailbox(**fields), secret="", by=by, smtp_url=smtp_url)


@pytest.fixture
def lamps(ada: User) -> Mailbox:
    return mailbox(ada, "lamps")


@pytest.fixture
def chairs(ada: User) -> Mailbox:
    return mailbox(ada, "chairs")


def answered(ticket: Ticket, by: User, text: str = "Please send a photo.") -> OutgoingMail:
    actions.reply(ticket, body=text, by=by)
    dispatch.drain()
    found = OutgoingMail.objects.filter(text__contains=text).last()
    assert found is not None
    return found


# --- from whom ---------------------------------------------------------------------------------------


def test_a_ticket_is_answered_from_the_mailbox_it_came_into(
    lamps: Mailbox, chairs: Mailbox, alice: User
) -> None:
    row = deliver(raw(to=lamps.address), mailbox=lamps)
    assert row.ticket is not None
    sent = answered(row.ticket, alice)
    composed = mail.compose(sent).message()
    assert composed["From"].endswith("<help@lamps.example>")
    assert "=?utf-8?" in composed["From"]
    assert composed["Reply-To"].startswith(f"help+{row.ticket.number.replace('-', '')}.")
    assert composed["Reply-To"].endswith("@lamps.example")
    assert composed["Message-ID"].endswith("@lamps.example>")
    assert {one.headers["From"] for one in OutgoingMail.objects.filter(about=f"ticket:{row.ticket.pk}")} == {
        sent.headers["From"]
    }  # the acknowledgement too


def test_without_a_mailbox_the_address_it_was_written_to_decides(lamps: Mailbox, chairs: Mailbox) -> None:
    assert deliver(raw(to="Help <HELP@chairs.example>")).mailbox == chairs
    assert deliver(raw(), recipient="help+x@lamps.example").mailbox == lamps
    assert deliver(raw(to="else@example.com")).mailbox is None


def test_new_mails_come_from_the_shops_then_the_teams_then_the_default_mailbox(
    lamps: Mailbox, ada: User, carol: Customer
) -> None:
    bare, order = build.ticket(customer=carol), build.order(customer=carol)
    team = build.team("returns")
    of_team = mailbox(ada, "team", team=team)
    of_shop = mailbox(ada, "shop", shop=order.shop)
    both = build.ticket(customer=carol, order=order)
    actions.assign(both, to=None, team=team, by=ada)
    assert senders.of(both).address == of_shop.address
    teams = build.ticket(customer=carol)
    actions.assign(teams, to=None, team=team, by=ada)
    assert senders.of(teams).address == of_team.address
    assert senders.of(bare) == senders.installation()
    default = mailbox(ada, "default", is_default=True)
    assert senders.of(bare).address == senders.of(None).address == default.address
    default.is_active = False
    default.save()
    assert senders.of(bare) == senders.installation()


def test_one_is_the_default_and_the_latest_wins(ada: User) -> None:
    first, second = mailbox(ada, "one", is_default=True), mailbox(ada, "two", is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_a_mailbox_that_does_not_answer_leaves_it_to_the_common_address(ada: User, alice: User) -> None:
    silent = mailbox(ada, "silent", answers=False)
    row = deliver(raw(to=silent.address), mailbox=silent)
    assert row.ticket is not None
    sent = answered(row.ticket, alice)
    assert "From" not in sent.headers
    assert sent.headers["Reply-To"].endswith("@localhost")


def test_answers_may_go_to_another_address_and_without_a_plus(ada: User, alice: User) -> None:
    box = mailbox(ada, "qq", reply_address="Antwort@in.qq.example", plus=False)
    row = deliver(raw(to=box.address), mailbox=box)
    assert row.ticket is not None
    assert answered(row.ticket, alice).headers["Reply-To"] == "Antwort@in.qq.example"


# --- answers find back -------------------------------------------------------------------------------


@pytest.mark.parametrize("by_id", [True, False])
def test_an_answer_finds_its_ticket(lamps: Mailbox, alice: User, by_id: bool) -> None:
    row = deliver(raw(to=lamps.address), mailbox=lamps)
    assert row.ticket is not None
    sent = answered(row.ticket, alice)
    headers = {"In-Reply-To": sent.message_id} if by_id else {}
    to = lamps.address if by_id else sent.headers["Reply-To"].upper()
    answer = deliver(raw("Here", to=to, headers=headers, sender="friend@example.net"), mailbox=lamps)
    assert (answer.outcome, answer.ticket) == (Outcome.APPENDED, row.ticket)


def test_a_token_does_not_cross_to_another_address(lamps: Mailbox, chairs: Mailbox, alice: User) -> None:
    row = deliver(raw(to=lamps.address), mailbox=lamps)
    assert row.ticket is not None
    token = addressing.reply_address(row.ticket).partition("@")[0]
    for foreign in ("chairs.example", "localhost", "elsewhere.example"):
        stranger = deliver(raw(to=f"{token}@{foreign}", sender="eve@example.net"), mailbox=chairs)
        assert stranger.ticket != row.ticket
    common = (
        addressing.reply_address(build.ticket(channel="email"))
        .partition("@")[0]
        .replace("aftersales", "help")
    )
    assert addressing.named_by_address(f"{common}@lamps.example", owned={"help@lamps.example"}) is None


def test_a_common_token_does_not_cross_to_a_mailbox(lamps: Mailbox, carol: Customer) -> None:
    ticket = build.ticket(customer=carol, channel="email")
    token = addressing.reply_address(ticket).partition("@")[0].partition("+")[2]
    stranger = deliver(raw(to=f"help+{token}@lamps.example", sender="eve@example.net"))
    assert stranger.ticket != ticket


def test_a_message_id_does_not_cross_to_another_mailbox(lamps: Mailbox, chairs: Mailbox, alice: User) -> None:
    row = deliver(raw(to=lamps.address), mailbox=lamps)
    assert row.ticket is not None
    known = {"In-Reply-To": answered(row.ticket, alice).message_id}
    stranger = deliver(raw(to=chairs.address, headers=known, sender="eve@example.net"), mailbox=chairs)
    assert stranger.ticket != row.ticket
    forged = {"In-Reply-To": known["In-Reply-To"].replace(".", ".x", 2)}
    assert deliver(raw(to=lamps.address, headers=forged, sender="eve@example.net")).ticket != row.ticket
    moved = {"In-Reply-To": known["In-Reply-To"].replace("lamps", "chairs")}
    assert (
        deliver(raw(to=chairs.address, headers=moved, sender="eve@example.net"), mailbox=chairs).ticket
        != row.ticket
    )
    copied = raw(to=f"{chairs.address}, {lamps.address}", headers=known, sender="eve@example.net")
    assert deliver(copied, mailbox=chairs).ticket == row.ticket  # written to both: it was meant for the one


def test_what_was_sent_before_a_mailbox_answered_for_itself_still_finds_back(
    carol: Customer, ada: User, settings: Any
) -> None:
    ticket = build.ticket(customer=carol, channel="email")
    to, known = addressing.reply_address(ticket), addressing.message_id(ticket, "x")
    box = mailbox(ada, "x", address=settings.MAIL_REPLY_ADDRESS)
    assert deliver(raw(to=to, sender="friend@example.net"), mailbox=box).ticket == ticket
    answer = raw("By id", to=box.address, headers={"In-Reply-To": known}, sender="friend@example.net")
    assert deliver(answer, mailbox=box).ticket == ticket


def test_an_address_that_was_changed_is_known_still(lamps: Mailbox, ada: User) -> None:
    row = deliver(raw(to=lamps.address), mailbox=lamps)
    assert row.ticket is not None
    to, known = addressing.reply_address(row.ticket), addressing.message_id(row.ticket, "x")
    lamps.address = "new@lamps.example"
    save_mailbox(lamps, secret="", by=ada)
    assert deliver(raw("One", to=to, sender="friend@example.net")).ticket == row.ticket
    headers = {"In-Reply-To": known}
    assert (
        deliver(raw("Two", headers=headers, sender="pal@example.net", to=lamps.address)).ticket == row.ticket
    )


def test_our_own_mail_coming_back_is_ours(lamps: Mailbox) -> None:
    assert deliver(raw(sender="Help <help@lamps.example>", to="x@example.com")).reason == "own"


# --- through which server ----------------------------------------------------------------------------


def test_mail_of_a_mailbox_goes_through_its_own_server(ada: User, alice: User) -> None:
    office = PostOffice()
    try:
        box = mailbox(ada, "own", smtp_url=office.url)
        row = deliver(raw(to=box.address), mailbox=box)
        assert row.ticket is not None
        answered(row.ticket, alice)
        mail.send_due()
        sent = office.find("Please send a photo.")
        assert sent is not None
        assert sent["From"].addresses[0].addr_spec == box.address
        assert not any("Please send" in one.body for one in django_mail.outbox)
    finally:
        office.stop()


def test_a_server_that_is_gone_keeps_the_mail_waiting(ada: User, alice: User) -> None:
    box = mailbox(ada, "gone", smtp_url="smtp://127.0.0.1:1")
    row = deliver(raw(to=box.address), mailbox=box)
    assert row.ticket is not None
    sent = answered(row.ticket, alice)
    mail.send_due()
    sent.refresh_from_db()
    assert (sent.state, bool(sent.last_error)) == (OutgoingMail.State.QUEUED, True)


# --- the page and the API ----------------------------------------------------------------------------


@pytest.fixture
def office(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


FORM = {
    "name": "Lamps",
    "address": "help@lamps.example",
    "fetching": "pipe",
    "security": "tls",
    "language": "en",
    "answers": "on",
    "is_active": "on",
    "from_name": " Lamps\r\n & More ",
}


def test_the_page_stores_it_and_never_shows_secrets(office: Client) -> None:
    form = {**FORM, "smtp_url": "smtp+tls://me:hush-hush@smtp.example.com:587"}
    answer = office.post("/console/mailboxes/new/", form)
    box = Mailbox.objects.get()
    assert answer["Location"] == f"/console/mailboxes/{box.uuid}/"
    assert (box.from_name, box.plus, bool(box.sealed_smtp)) == ("Lamps & More", False, True)
    assert "hush-hush" not in box.sealed_smtp
    page = office.get(answer["Location"]).content.decode()
    assert "hush-hush" not in page
    assert "smtp.example.com:587" in page  # the example beside the field
    office.post(f"/console/mailboxes/{box.uuid}/", FORM)
    box.refresh_from_db()
    assert box.sealed_smtp
    office.post(f"/console/mailboxes/{box.uuid}/", {**FORM, "no_smtp": "on"})
    box.refresh_from_db()
    assert not box.sealed_smtp


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://h:x", "smtp://h/path"]
)
def test_what_is_no_mail_server_is_said(office: Client, url: str) -> None:
    answer = office.post("/console/mailboxes/new/", {**FORM, "smtp_url": url})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "That is no address of a mail server" in page
    assert 'value="help@lamps.example"' in page


def test_a_provider_needs_a_client_and_brings_its_servers(office: Client) -> None:
    form = {**FORM, "fetching": "imap", "provider": "google"}
    answer = office.post("/console/mailboxes/new/", form)
    assert "does not know who asks" in answer.content.decode()
    office.post("/console/mailboxes/new/", {**form, "client_id": "c", "client_secret": "hush-hush"})
    box = Mailbox.objects.get()
    assert (box.host, box.username, box.grant.provider) == ("imap.gmail.com", box.address, "google")
    page = office.get(f"/console/mailboxes/{box.uuid}/").content.decode()
    assert "hush-hush" not in page
    assert "Nobody has signed in yet" in page
    assert "/console/mailboxes/signed-in/" in page
    away = office.get(f"/console/mailboxes/{box.uuid}/sign-in/")["Location"]
    assert away.startswith("https://accounts.google.com/o/oauth2/v2/auth?")


def test_a_test_mail_is_sent_or_the_reason_said(office: Client, ada: User) -> None:
    box = mailbox(ada, "lamps")
    page = office.post(f"/console/mailboxes/{box.uuid}/send-test/", follow=True).content.decode()
    assert f"A test mail is on its way to {ada.email}." in page
    (sent,) = django_mail.outbox
    assert sent.from_email.endswith("<help@lamps.example>")
    save_mailbox(box, secret="", by=ada, smtp_url="smtp://127.0.0.1:1")
    page = office.post(f"/console/mailboxes/{box.uuid}/send-test/", follow=True).content.decode()
    assert "No mail goes out this way: ConnectionRefusedError" in page
    page = office.post(f"/console/mailboxes/{box.uuid}/test/", follow=True).content.decode()
    assert "No mail goes out this way" in page


def test_the_api_does_the_same(ada: User) -> None:
    _row, token = issue_token(ada, name="test", by=ada)
    api = Client(headers={"authorization": f"Token {token}"})
    shop = Shop.objects.create(code="lamps", name="Lamps", currency="EUR")
    given = {
        "name": "Lamps",
        "address": "help@lamps.example",
        "fetching": "imap",
        "shop": shop.code,
        "from_name": "Lamps",
        "smtp_url": "smtp+tls://me:hush-hush@smtp.example.com",
        "sign_in": {"provider": "microsoft", "client_id": "c", "client_secret": "hush-hush", "tenant": "t"},
    }
    answer = api.post("/api/v1/mailboxes/", given, content_type="application/json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert "hush-hush" not in answer.content.decode()
    assert (told["host"], told["shop"], told["sends_itself"]) == ("outlook.office365.com", "lamps", True)
    assert told["sign_in"] == {
        "provider": "microsoft",
        "client_id": "c",
        "tenant": "t",
        "is_given": False,
        "granted_at": None,
        "refused": "",
    }
    where = f"/api/v1/mailboxes/{told['uuid']}/"
    wrong = api.patch(where, {"smtp_url": "nowhere"}, content_type="application/json")
    assert wrong.status_code == 400
    assert "no address of a mail server" in wrong.content.decode()
    gone = api.patch(
        where, {"smtp_url": None, "sign_in": None, "fetching": "pipe"}, content_type="application/json"
    )
    assert (gone.json()["sign_in"], gone.json()["sends_itself"]) == (None, False)
    assert api.post(f"{where}test/").status_code == 409
    sent = api.post(f"{where}send-test/", {"to": "x@example.com"}, content_type="application/json")
    assert sent.json() == {"to": "x@example.com"}
    assert django_mail.outbox[0].to == ["x@example.com"]


def test_a_mailbox_without_a_grant_needs_no_sign_in(ada: User) -> None:
    box = mailbox(ada, "lamps")
    save_mailbox(box, secret="", by=ada, sign_in=SignIn())
    assert not hasattr(Mailbox.objects.get(), "grant")
