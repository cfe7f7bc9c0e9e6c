"""Mailboxes that let us in by leave of their provider: asked for, renewed, lost, asked for again."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import connections
from django.test import Client

from accounts.models import User
from aftersales.embedded.pair import free_ports
from channels import health, sending, sweeps
from channels.actions import mail_grants
from channels.actions.mailboxes import SignIn, save_mailbox, send_test, try_mailbox
from channels.email import oauth
from channels.email.states import Fetching, Security
from channels.models import ChannelAlarm, Mailbox, MailGrant
from core import clock, events
from core.errors import Refused
from core.models import OutgoingMail
from tests.channels.mails import raw
from tests.channels.post_offices import Imap, Pop, PostOffice
from tests.channels.providers import CLIENT, CLIENT_SECRET, Provider
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    one = Provider()
    settings.MAIL_PROVIDERS = {"microsoft": one.settings}
    yield one
    one.stop()


@pytest.fixture(params=[Imap, Pop], ids=["IMAP", "POP3"])
def office(request: pytest.FixtureRequest, provider: Provider) -> Iterator[PostOffice]:
    one = PostOffice(request.param)
    one.tokens = provider.tokens
    yield one
    one.stop()


@pytest.fixture
def imap(provider: Provider) -> Iterator[PostOffice]:
    one = PostOffice(Imap)
    one.tokens = provider.tokens
    yield one
    one.stop()


def mailbox(office: PostOffice | None, by: User, **given: Any) -> Mailbox:
    kind = Fetching.POP if office and "Pop" in repr(office._server.RequestHandlerClass) else Fetching.IMAP
    fields = {
        "name": "Service",
        "address": "service@lamps.example",
        "fetching": kind,
        "host": "127.0.0.1",
        "port": office.port if office else 1,
        "security": Security.NONE,
        "username": "service@lamps.example",
        **given,
    }
    sign_in = SignIn("microsoft", CLIENT, CLIENT_SECRET, "lamps.example")
    return save_mailbox(Mailbox(**fields), secret="", by=by, sign_in=sign_in)


def granted(box: Mailbox, provider: Provider, by: User) -> MailGrant:
    verifier = oauth.new_verifier()
    back = provider.says_yes(mail_grants.sign_in_address(box, state="s", verifier=verifier))
    return mail_grants.give(box, code=back["code"], verifier=verifier, by=by)


def later(**span: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**span), tick=False)


# --- the way there and back --------------------------------------------------------------------------


@pytest.fixture
def admin(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def test_somebody_signs_in_and_mail_comes(
    admin: Client, ada: User, provider: Provider, imap: PostOffice
) -> None:
    imap.put(raw("One"))
    box = mailbox(imap, ada)
    there = admin.get(f"/console/mailboxes/{box.uuid}/sign-in/")
    assert there["Location"].startswith(provider.settings["authorize"].format(tenant="lamps.example"))
    assert "client_id=client-of-ours" in there["Location"]
    assert CLIENT_SECRET not in there["Location"]
    back = admin.get("/console/mailboxes/signed-in/", provider.says_yes(there["Location"]))
    assert back["Location"] == f"/console/mailboxes/{box.uuid}/"
    assert "Signed in" in admin.get(back["Location"]).content.decode()
    assert sweeps.fetch_mail(clock.now()) == 1
    assert Ticket.objects.get().messages.get().body == "One"
    assert any(line.startswith("AUTHENTICATE XOAUTH2") for line in imap.commands)
    assert [event.kind for event in events.timeline(box)] == ["mailbox.made", "mailbox.granted"]


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}])
def test_an_answer_nobody_asked_for_changes_nothing(
    admin: Client, ada: User, provider: Provider, change: dict[str, str]
) -> None:
    box = mailbox(None, ada)
    there = admin.get(f"/console/mailboxes/{box.uuid}/sign-in/")
    back = provider.says_yes(there["Location"])
    page = admin.get("/console/mailboxes/signed-in/", {**back, **change}, follow=True)
    assert "was not begun here" in page.content.decode()
    assert not provider.asked
    again = admin.get("/console/mailboxes/signed-in/", back, follow=True)
    assert "was not begun here" in again.content.decode()  # what went wrong once is begun anew
    assert not MailGrant.objects.get().is_given


def test_an_answer_that_comes_too_late_or_in_another_browser_is_none(
    admin: Client, ada: User, provider: Provider
) -> None:
    box = mailbox(None, ada)
    back = provider.says_yes(admin.get(f"/console/mailboxes/{box.uuid}/sign-in/")["Location"])
    other = Client()
    other.force_login(ada)
    other.get("/console/mailboxes/signed-in/", back)
    with later(minutes=11):
        admin.get("/console/mailboxes/signed-in/", back)
    assert not provider.asked


def test_a_no_of_the_provider_is_said(admin: Client, ada: User, provider: Provider) -> None:
    box = mailbox(None, ada)
    there = admin.get(f"/console/mailboxes/{box.uuid}/sign-in/")["Location"]
    state = provider.says_yes(there)["state"]
    told = {"error": "access_denied", "error_description": "<b>The owner said no.</b>", "state": state}
    page = admin.get("/console/mailboxes/signed-in/", told, follow=True).content.decode()
    assert "The owner said no." in page
    assert "<b>The owner" not in page


def test_the_code_is_worth_nothing_without_the_secret_of_the_sign_in(ada: User, provider: Provider) -> None:
    box = mailbox(None, ada)
    back = provider.says_yes(mail_grants.sign_in_address(box, state="s", verifier=oauth.new_verifier()))
    with pytest.raises(Refused, match=r"mailbox\.not_granted"):
        mail_grants.give(box, code=back["code"], verifier=oauth.new_verifier(), by=ada)
    assert not MailGrant.objects.get().is_given


def test_leave_for_an_hour_is_not_enough(ada: User, provider: Provider) -> None:
    provider.answers.append((200, b'{"access_token": "a", "expires_in": 3600}'))
    with pytest.raises(Refused, match=r"mailbox\.not_lasting"):
        granted(mailbox(None, ada), provider, ada)


def test_tokens_are_kept_sealed(ada: User, provider: Provider) -> None:
    grant = granted(mailbox(None, ada), provider, ada)
    stored = f"{grant.sealed_access}{grant.sealed_refresh}{grant.sealed_client_secret}"
    assert not any(one in stored for one in ("access-1", "refresh-1", CLIENT_SECRET))


# --- before every call -------------------------------------------------------------------------------


def test_a_token_that_holds_is_used_again(ada: User, provider: Provider, office: PostOffice) -> None:
    box = mailbox(office, ada)
    granted(box, provider, ada)
    office.put(raw("One"))
    assert sweeps.fetch_mail(clock.now()) == 1
    assert len(provider.asked) == 1


@pytest.mark.parametrize("rotates", [True, False])
def test_it_is_renewed_before_it_ends(
    ada: User, provider: Provider, office: PostOffice, rotates: bool
) -> None:
    box = mailbox(office, ada)
    granted(box, provider, ada)
    provider.rotates = rotates
    for turn in range(3):
        provider.tokens.clear()
        office.put(raw(f"Mail {turn}", message_id=f"<m{turn}@example.com>"))
        with later(minutes=56 * (turn + 1)):
            assert sweeps.fetch_mail(clock.now()) == 1
    assert [asked["grant_type"] for asked in provider.asked[1:]] == ["refresh_token"] * 3


def test_a_token_the_mail_server_dislikes_is_renewed_for_the_next_call(
    ada: User, provider: Provider, office: PostOffice
) -> None:
    box = mailbox(office, ada)
    granted(box, provider, ada)
    provider.tokens.clear()
    office.put(raw("One"))
    assert sweeps.fetch_mail(clock.now()) == 0
    box.refresh_from_db()
    assert box.failures == 1
    with later(minutes=3):
        assert sweeps.fetch_mail(clock.now()) == 1


def test_a_refused_renewal_is_trouble_at_once_and_told_once(
    ada: User, provider: Provider, imap: PostOffice, client: Client
) -> None:
    box = mailbox(imap, ada)
    granted(box, provider, ada)
    provider.refresh = "taken back"
    for minutes in (60, 70, 80):
        with later(minutes=minutes):
            sweeps.fetch_mail(clock.now())
    assert len(provider.asked) == 2  # a no is not asked for again
    assert [event.kind for event in events.timeline(box)].count("mailbox.grant_lost") == 1
    health.raise_alarms(clock.now())
    assert OutgoingMail.objects.filter(to=ada.email, about__startswith="channelalarm:").count() == 1
    client.force_login(ada)
    page = client.get(f"/console/mailboxes/{box.uuid}/").content.decode()
    assert "does not let us in any more" in page
    assert "AADSTS" in page
    assert "Sign in again" in client.get("/console/mailboxes/").content.decode()
    provider.refresh = ""
    granted(box, provider, ada)
    health.raise_alarms(clock.now())
    assert not ChannelAlarm.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    "answer", [(503, b"busy"), (200, b"<html>"), (200, b"[]"), (400, b'{"error": "temporarily_unavailable"}')]
)
def test_a_provider_out_of_order_is_asked_again(
    ada: User, provider: Provider, imap: PostOffice, answer: tuple[int, bytes]
) -> None:
    box = mailbox(imap, ada)
    granted(box, provider, ada)
    imap.put(raw("One"))
    provider.answers.append(answer)
    with later(minutes=60):
        assert sweeps.fetch_mail(clock.now()) == 0
    box.refresh_from_db()
    assert "could not be asked" in box.last_error
    with later(minutes=65):
        assert sweeps.fetch_mail(clock.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_renew_once(ada: User, provider: Provider, together: Callable[..., list[Any]]) -> None:
    box = mailbox(None, ada)
    granted(box, provider, ada)
    MailGrant.objects.update(access_until=clock.now())
    done = together(*[lambda: mail_grants.access(box)] * 4)
    assert set(done) == {"access-2"}
    assert len(provider.asked) == 2


@pytest.mark.django_db(transaction=True)
def test_a_no_to_the_former_leave_does_not_take_the_new_one(
    ada: User, provider: Provider, together: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signs in again at the very moment at which the provider refuses what we had."""
    box = mailbox(None, ada)
    granted(box, provider, ada)
    MailGrant.objects.update(access_until=clock.now())
    provider.refresh, usual, asked = "taken back", provider.answer, threading.Event()

    def answer(given: dict[str, str]) -> tuple[int, bytes]:
        if given["grant_type"] == "refresh_token":
            asked.set()
            _until_somebody_waits()
        return usual(given)

    def sign_in() -> None:
        asked.wait(20)
        granted(box, provider, ada)

    monkeypatch.setattr(provider, "answer", answer)
    refused, _done = together(lambda: mail_grants.access(box), sign_in)
    assert isinstance(refused, oauth.Denied)
    assert MailGrant.objects.get().is_given


def _until_somebody_waits() -> None:
    """Until a connection of the database waits for a row that another holds."""
    patience = time.monotonic() + 20
    with connections.create_connection("default").cursor() as cursor:
        while time.monotonic() < patience:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
        cursor.connection.close()


def test_another_client_has_to_sign_in_anew(ada: User, provider: Provider) -> None:
    box = mailbox(None, ada)
    granted(box, provider, ada)
    save_mailbox(box, secret="", by=ada, sign_in=SignIn("microsoft", CLIENT, "", "lamps.example"))
    assert MailGrant.objects.get().is_given
    save_mailbox(box, secret="", by=ada, sign_in=SignIn("microsoft", "another", "", "lamps.example"))
    assert not MailGrant.objects.get().is_given
    with pytest.raises(oauth.Denied):
        mail_grants.access(box)
    save_mailbox(box, secret="x", by=ada, sign_in=SignIn())
    assert not MailGrant.objects.exists()


def test_checking_the_connection_says_what_is_wrong(ada: User, provider: Provider, imap: PostOffice) -> None:
    box = mailbox(imap, ada, answers=False)
    with pytest.raises(Refused, match=r"mailbox\.unreachable") as refused:
        try_mailbox(box)
    assert "somebody has to sign in there again" in refused.value.facts["why"]
    granted(box, provider, ada)
    imap.put(raw("One"))
    assert try_mailbox(box).waiting == 1


# --- sending -----------------------------------------------------------------------------------------


class SmtpOffice:
    """A mail server that lets in whoever has a token."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.taken: list[bytes] = []
        port = free_ports(1)[0]
        self.controller = Controller(self, hostname="127.0.0.1", port=port, auth_require_tls=False)
        self.controller.start()
        self.url = f"smtp://127.0.0.1:{port}"

    async def auth_XOAUTH2(self, server: Any, words: list[str]) -> AuthResult:  # noqa: N802 - its name there
        said = await server.challenge_auth("") if len(words) == 1 else base64.b64decode(words[1])
        if any(f"Bearer {token}\x01".encode() in said for token in self.provider.tokens):
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - its name there
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp_office(provider: Provider, settings: Any) -> Iterator[SmtpOffice]:
    office = SmtpOffice(provider)
    settings.MAIL_PROVIDERS = {"microsoft": {**provider.settings, "smtp": office.url}}
    yield office
    office.controller.stop()


def test_mail_goes_out_with_the_same_leave(ada: User, provider: Provider, smtp_office: SmtpOffice) -> None:
    box = mailbox(None, ada, from_name="Lamps 客服")
    granted(box, provider, ada)
    assert send_test(box, to="ada@example.com", by=ada) == "ada@example.com"
    (taken,) = smtp_office.taken
    assert b"service@lamps.example" in taken
    provider.tokens.clear()
    with pytest.raises(Refused, match=r"mailbox\.not_sending"):
        send_test(box, to="ada@example.com", by=ada)


def test_the_way_out_is_tried_too(ada: User, provider: Provider, smtp_office: SmtpOffice) -> None:
    box = mailbox(None, ada, fetching=Fetching.PIPE)
    granted(box, provider, ada)
    assert try_mailbox(box).sends
    assert sending.line_of("service@lamps.example") is not None
    assert sending.line_of("another@lamps.example") is None
