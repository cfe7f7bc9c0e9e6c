"""Originals of mails: kept as long as is set, and for those who have to decide; gone with a person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from time_machine import Traveller

from accounts.actions import issue_token
from accounts.models import User
from channels import sweeps
from channels.actions import mail_keeping, mail_queue
from channels.email.states import MailState, Outcome
from channels.models import IncomingMail
from core import clock, events
from core.errors import Refused
from customers.models import Customer
from tests import build
from tests.channels.mails import deliver, raw

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def on_disk(row: IncomingMail, settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob(str(row.uuid)) if path.is_file()]


def test_after_four_hundred_days_the_original_goes_and_what_it_said_stays(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = deliver(raw("My lamp is broken."))
    assert on_disk(row, settings)
    assert sweeps.delete_originals(NOW + timedelta(days=400)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeps.delete_originals(NOW + timedelta(days=401)) == 1
        assert sweeps.delete_originals(NOW + timedelta(days=402)) == 0
    row.refresh_from_db()
    assert (bool(row.raw), row.raw_gone_at) == (False, NOW)
    assert row.text.strip() == "My lamp is broken."
    assert row.message is not None
    assert not on_disk(row, settings)


def test_the_same_mail_again_is_still_known() -> None:
    content = raw("Once")
    deliver(content)
    sweeps.delete_originals(NOW + timedelta(days=500))
    deliver(content)
    assert IncomingMail.objects.count() == 1


def test_what_nobody_has_decided_on_is_kept_for_ever() -> None:
    waiting = deliver(raw(sender="nobody"))
    ignored = deliver(raw(headers={"Precedence": "bulk"}))
    landed = deliver(raw("later"))
    IncomingMail.objects.filter(pk=landed.pk).update(state=MailState.LANDED, next_attempt_at=NOW)
    assert sweeps.delete_originals(NOW + timedelta(days=5000)) == 1
    kept = set(IncomingMail.objects.with_raw())
    assert kept == {waiting, landed}
    assert ignored not in kept


def test_a_decided_one_goes_when_its_time_has_come(alice: User) -> None:
    row = deliver(raw(sender="nobody"))
    mail_queue.discard(row, by=alice)
    assert sweeps.delete_originals(NOW + timedelta(days=401)) == 1


def test_a_mail_without_its_original_is_not_taken_in_any_more(alice: User) -> None:
    row = deliver(raw(headers={"Precedence": "bulk"}))
    sweeps.delete_originals(NOW + timedelta(days=401))
    with pytest.raises(Refused, match=r"mail\.raw_gone"):
        mail_queue.take_in(row, by=alice)


def test_it_goes_in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        deliver(raw(f"Mail {number}", sender=f"c{number}@example.com"))
    late = NOW + timedelta(days=401)
    assert mail_keeping.sweep(late, limit=2) == 2
    assert sweeps.delete_originals(late) == 3


@pytest.mark.parametrize(("days", "gone"), [(0, 0), (7, 1), (30, 0)])
def test_the_days_are_those_that_were_set(ada: User, days: int, gone: int) -> None:
    mail_keeping.set_keeping(days=days, by=ada)
    deliver(raw())
    assert sweeps.delete_originals(NOW + timedelta(days=8)) == gone


def test_setting_the_same_again_changes_nothing(ada: User) -> None:
    row = mail_keeping.set_keeping(days=90, by=ada)
    mail_keeping.set_keeping(days=90, by=ada)
    assert [event.kind for event in events.timeline(row)] == ["mail.keeping_set"]


def test_a_persons_originals_go_with_them(ada: User, carol: Customer, charlie: Customer) -> None:
    carols = [
        deliver(raw("One", sender=carol.email.upper())),
        deliver(raw("Two", sender=carol.email, headers={"Precedence": "bulk"})),
    ]
    others = deliver(raw("Three", sender=charlie.email))
    assert mail_keeping.delete_of(carol, by=ada) == 2
    assert mail_keeping.delete_of(carol, by=ada) == 0
    assert set(IncomingMail.objects.with_raw()) == {others}
    assert all(row.outcome in (Outcome.CREATED, Outcome.IGNORED) for row in carols)
    assert events.timeline(carol).filter(kind="mail.raw_deleted").count() == 1


# --- the pages and the API ---------------------------------------------------------------------------


@pytest.fixture
def office(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def test_the_page_says_how_much_is_kept_and_takes_other_days(office: Client) -> None:
    deliver(raw("My lamp is broken."))
    page = office.get("/console/mailboxes/keeping/").content.decode()
    assert "1 mail · " in page
    assert 'value="400"' in page
    wrong = office.post("/console/mailboxes/keeping/", {"days": "3"})
    assert wrong.status_code == 422
    assert "Between 7 and 20000 days, or 0 for ever." in wrong.content.decode()
    assert 'value="3"' in wrong.content.decode()
    said = office.post("/console/mailboxes/keeping/", {"days": "90"}, follow=True).content.decode()
    assert "Original mails are kept for 90 days." in said
    assert mail_keeping.keeping().days == 90


def test_what_is_gone_is_offered_no_more(client: Client, alice: User) -> None:
    row = deliver(raw("My lamp is broken."))
    client.force_login(alice)
    address = f"/console/incoming-mail/{row.uuid}/"
    assert f"{address}raw/" in client.get(address).content.decode()
    sweeps.delete_originals(clock.now() + timedelta(days=401))
    page = client.get(address).content.decode()
    assert f"{address}raw/" not in page
    assert "My lamp is broken." in page
    assert client.get(f"{address}raw/").status_code == 409


def test_an_administrator_deletes_a_persons_originals(office: Client, carol: Customer, lea: User) -> None:
    deliver(raw(sender=carol.email))
    panel = office.get(f"/console/customers/{carol.number}/mail/").content.decode()
    assert "1 original mail is kept" in panel
    said = office.post(f"/console/customers/{carol.number}/mail/delete/", follow=True).content.decode()
    assert "1 original mail deleted." in said
    assert not IncomingMail.objects.with_raw().exists()
    office.force_login(lea)
    assert office.post(f"/console/customers/{carol.number}/mail/delete/").status_code == 403


def test_the_api_does_the_same(ada: User) -> None:
    _row, token = issue_token(ada, name="test", by=ada)
    api = Client(headers={"authorization": f"Token {token}"})
    deliver(raw("x", sender=build.customer("Dora").email))
    told = api.get("/api/v1/mail-keeping/").json()
    assert (told["days"], told["mails"]) == (400, 1)
    assert told["bytes"] > 0
    assert api.put("/api/v1/mail-keeping/", {"days": 3}, content_type="application/json").status_code == 400
    done = api.put("/api/v1/mail-keeping/", {"days": 30}, content_type="application/json")
    assert done.json()["days"] == 30
