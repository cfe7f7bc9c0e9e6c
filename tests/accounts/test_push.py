"""Notices that reach a browser in which no page is open: sealed, once, while its member is signed in."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import actions, notifying, pushing
from accounts.models import PushBrowser, PushDelivery, PushKey, User
from accounts.notifying import Notice
from accounts.rules import browser_name, is_push_endpoint
from accounts.states import NoticeKind, NoticeWay, PushState
from core import clock, outbox, webpush
from core.errors import Refused
from core.models import Event, OutgoingMail
from tests import build, pushed

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def service(tmp_path: Path, settings: Any) -> Iterator[pushed.PushService]:
    settings.PUSH_PRIVATE_HOSTS = ["127.0.0.1"]
    with pushed.service(tmp_path) as running:
        yield running


@pytest.fixture
def phone() -> pushed.Browser:
    return pushed.Browser()


@pytest.fixture
def signed_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def add(page: Client, browser: pushed.Browser, endpoint: str) -> PushBrowser:
    """Alice turns notifications on in a browser."""
    page.post(
        "/console/profile/browsers/add/",
        {"endpoint": endpoint, **browser.given},
        headers={"User-Agent": CHROME},
    )
    return PushBrowser.objects.get(endpoint=endpoint)


def tell(member: User, key: str = "event:1", **facts: Any) -> None:
    notice = Notice(key, "Lea", "T-1042 Lamp is dark", "ticket:7", "/console/tickets/T-1042/", "secret words")
    notifying.notify(member, NoticeKind.MENTIONED, notice._replace(**facts))


@pytest.fixture
def alice_wants(alice: User) -> User:
    return notifying.choose_ways(alice, {"mentioned": NoticeWay.PUSH})


# --- what arrives ------------------------------------------------------------------------------------


def test_a_notice_arrives_sealed_and_signed(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser, settings: Any
) -> None:
    add(signed_in, phone, service.endpoint())
    tell(alice_wants)
    assert pushing.send_due() == 1
    [(path, headers, body)] = service.calls
    assert path == "/push/carol"
    assert b"T-1042" not in body
    assert json.loads(phone.read(body)) == {
        "title": "T-1042 Lamp is dark",
        "body": "Lea · Somebody mentions you in a note",
        "path": "/console/tickets/T-1042/",
        "tag": f"notice-{alice_wants.notifications.get().pk}",
        "lang": "en",
    }
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["TTL"] == "86400"
    assert len(headers["Topic"]) <= 32
    claims = pushed.checked(headers["Authorization"])
    assert claims["aud"] == service.endpoint().partition("/push")[0]
    assert headers["Authorization"].endswith(f"k={pushing.public_key()}")


def test_it_speaks_the_language_of_its_reader(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    User.objects.update(language="zh-hans")
    add(signed_in, phone, service.endpoint())
    alice_wants.refresh_from_db()
    tell(alice_wants)
    pushing.send_due()
    told = json.loads(phone.read(service.calls[0][2]))
    assert told["lang"] == "zh-hans"
    assert "有人" in told["body"]


def test_the_longest_notice_fits(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    tell(alice_wants, who="名" * 200, title="题" * 400, url="/console/" + "x" * 290)
    assert pushing.send_due() == 1
    assert len(service.calls[0][2]) <= 4096


def test_every_browser_once(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint("desk"))
    add(signed_in, pushed.Browser(), service.endpoint("phone"))
    tell(alice_wants)
    tell(alice_wants)
    assert pushing.send_due() == 2
    assert pushing.send_due() == 0
    assert sorted(call[0] for call in service.calls) == ["/push/desk", "/push/phone"]


@pytest.mark.parametrize(
    ("way", "pushes", "mails"),
    [("page", 0, 0), ("push", 1, 0), ("mail", 0, 1), ("all", 1, 1), ("none", 0, 0)],
)
def test_only_in_the_ways_that_were_chosen(
    alice: User, way: str, pushes: int, mails: int, phone: pushed.Browser
) -> None:
    actions.add_browser(alice, endpoint="https://push.example/1", **phone.given, name="X", by=alice)
    tell(notifying.choose_ways(alice, {"mentioned": way}))
    assert PushDelivery.objects.count() == pushes
    assert OutgoingMail.objects.count() == mails


def test_what_was_seen_meanwhile_is_not_sent(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    tell(alice_wants)
    notifying.read(alice_wants)
    assert pushing.send_due() == 0
    assert service.calls == []
    assert PushDelivery.objects.get().state == PushState.SPARED


def test_two_workers_send_it_once(
    together: Callable[..., list[Any]], service: pushed.PushService, phone: pushed.Browser
) -> None:
    alice = build.user()
    notifying.choose_ways(alice, {"mentioned": NoticeWay.PUSH})
    actions.add_browser(alice, endpoint=service.endpoint(), **phone.given, name="X", by=alice)
    pushing.own_key()
    alice.refresh_from_db()
    tell(alice)
    assert sum(together(pushing.send_due, pushing.send_due, pushing.send_due)) == 1
    assert len(service.calls) == 1


# --- what does not -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser, status: int
) -> None:
    add(signed_in, phone, service.endpoint())
    service.answers = [(status, {})]
    tell(alice_wants)
    assert pushing.send_due() == 0
    assert not PushBrowser.objects.exists()
    assert not PushDelivery.objects.exists()


def test_a_service_that_is_busy_is_asked_again_later(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    service.answers = [(503, {}), (429, {"Retry-After": "600"}), (201, {})]
    with time_machine.travel(clock.now(), tick=False) as traveller:
        tell(alice_wants)
        assert pushing.send_due() == 0
        assert pushing.send_due() == 0
        assert len(service.calls) == 1
        traveller.shift(timedelta(seconds=31))
        assert pushing.send_due() == 0
        traveller.shift(timedelta(seconds=599))
        assert pushing.send_due() == 0
        assert len(service.calls) == 2
        traveller.shift(timedelta(seconds=2))
        assert pushing.send_due() == 1
    assert len({call[1]["Topic"] for call in service.calls}) == 1


def test_after_a_day_it_is_given_up_and_said(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    with time_machine.travel(clock.now(), tick=False) as traveller:
        tell(alice_wants)
        for _attempt in range(20):
            service.answers = [(500, {})]
            pushing.send_due()
            traveller.shift(timedelta(hours=1))
    row = PushDelivery.objects.get()
    assert (row.state, row.attempts) == (PushState.FAILED, pushing.OUTBOX.tries)
    browser = PushBrowser.objects.get()
    assert (browser.failures, browser.last_error) == (1, "500")
    assert "did not arrive" in signed_in.get("/console/profile/").content.decode()


def test_a_service_that_does_not_believe_us_is_not_asked_twice(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    service.answers = [(403, {})]
    tell(alice_wants)
    pushing.send_due()
    assert PushDelivery.objects.get().state == PushState.FAILED


def test_a_worker_that_died_leaves_it_to_the_next(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    with time_machine.travel(clock.now(), tick=False) as traveller:
        tell(alice_wants)
        assert pushing.OUTBOX.claim(clock.now()) is not None
        assert pushing.send_due() == 0
        traveller.shift(outbox.LEASE)
        assert pushing.send_due() == 1


# --- whose browser it is -----------------------------------------------------------------------------


def test_signing_out_ends_it(
    signed_in: Client, alice_wants: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    add(signed_in, phone, service.endpoint())
    elsewhere = pushed.Browser()
    actions.add_browser(
        alice_wants, endpoint=service.endpoint("other"), **elsewhere.given, name="X", by=alice_wants
    )
    signed_in.post("/accounts/logout/")
    assert [row.name for row in PushBrowser.objects.all()] == ["X"]


@pytest.mark.parametrize(
    "end",
    [
        lambda client, _member: client.session.flush(),
        lambda _client, member: (member.set_password("another one"), member.save()),
        lambda _client, member: User.objects.filter(pk=member.pk).update(is_active=False),
    ],
    ids=["the session is over", "the password is another", "the member left"],
)
def test_nothing_reaches_who_is_not_signed_in_any_more(
    signed_in: Client,
    alice_wants: User,
    service: pushed.PushService,
    phone: pushed.Browser,
    end: Callable[[Client, User], Any],
) -> None:
    add(signed_in, phone, service.endpoint())
    tell(alice_wants)
    end(signed_in, alice_wants)
    assert pushing.send_due() == 0
    assert service.calls == []
    assert not PushBrowser.objects.exists()


def test_the_broom_forgets_browsers_whose_session_is_over(
    signed_in: Client, alice: User, phone: pushed.Browser
) -> None:
    add(signed_in, phone, "https://push.example/1")
    assert pushing.sweep() == 0
    signed_in.session.flush()
    assert pushing.sweep() == 1
    assert not PushBrowser.objects.exists()


def test_the_broom_takes_what_is_a_week_old(signed_in: Client, alice: User, phone: pushed.Browser) -> None:
    pushing.queue_trial(add(signed_in, phone, "https://push.example/1"))
    PushDelivery.objects.update(created_at=clock.now() - timedelta(days=8))
    pushing.sweep()
    assert not PushDelivery.objects.exists()


def test_a_browser_belongs_to_who_asked_last(alice: User, lea: User, phone: pushed.Browser) -> None:
    for member in (alice, lea, lea):
        actions.add_browser(member, endpoint="https://push.example/1", **phone.given, name="X", by=member)
    assert PushBrowser.objects.get().member == lea
    assert Event.objects.filter(kind="user.browser_added").count() == 2


def test_a_session_with_a_new_key_stays_known(signed_in: Client, alice: User, phone: pushed.Browser) -> None:
    row = add(signed_in, phone, "https://push.example/1")
    PushBrowser.objects.update(session_key="an earlier one")
    assert "data-push-renew" not in signed_in.get("/console/notifications/bell/").content.decode()
    row.refresh_from_db()
    assert row.session_key == signed_in.session.session_key


def test_after_signing_in_again_a_known_browser_says_that_it_is_back(
    signed_in: Client, alice: User, phone: pushed.Browser
) -> None:
    row = add(signed_in, phone, "https://push.example/1")
    later = Client()
    later.force_login(alice)
    assert "data-push-renew" in later.get("/console/notifications/bell/").content.decode()
    said = {"old": row.endpoint, "endpoint": "https://push.example/2", **phone.given}
    assert later.post("/console/profile/browsers/renew/", said).status_code == 204
    row.refresh_from_db()
    assert (row.endpoint, row.session_key) == ("https://push.example/2", later.session.session_key)


def test_nobody_renews_what_is_not_theirs(
    signed_in: Client, client: Client, alice: User, lea: User, phone: pushed.Browser
) -> None:
    row = add(signed_in, phone, "https://push.example/1")
    other = Client()
    other.force_login(lea)
    said = {"old": row.endpoint, "endpoint": "https://push.example/2", **phone.given}
    assert other.post("/console/profile/browsers/renew/", said).status_code == 404
    assert other.post("/console/profile/browsers/renew/", {}).status_code == 422
    assert other.post(f"/console/profile/browsers/{row.pk}/remove/").status_code == 404
    assert other.post(f"/console/profile/browsers/{row.pk}/try/").status_code == 404


# --- what browsers say about themselves --------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://10.0.0.7:8443/1",
        "https://169.254.169.254/latest",
        "https://localhost/1",
        "https://postgres/1",
        "https://metadata.internal/1",
        "https://user@push.example/1",
        "https://push.example/ 1",
        "https://push.example:port/1",
        "https://",
        "file:///etc/passwd",
        "nonsense",
        "https://推送.example/1",
    ],
)
def test_addresses_that_are_not_called(alice: User, phone: pushed.Browser, endpoint: str) -> None:
    with pytest.raises(Refused, match=r"push\.bad_endpoint"):
        actions.add_browser(alice, endpoint=endpoint, **phone.given, name="X", by=alice)


def test_a_name_that_leads_to_a_private_address_is_not_called(
    alice_wants: User, phone: pushed.Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_arguments, **_named: found)
    actions.add_browser(
        alice_wants, endpoint="https://push.example/1", **phone.given, name="X", by=alice_wants
    )
    tell(alice_wants)
    assert pushing.send_due() == 0
    row = PushDelivery.objects.get()
    assert (row.state, row.last_error) == (PushState.FAILED, "not a public address")


def test_keys_that_are_none_are_refused(signed_in: Client, alice: User) -> None:
    said = {"endpoint": "https://push.example/1", "p256dh": "AAAA", "auth": "AAAA"}
    answer = signed_in.post("/console/profile/browsers/add/", said, follow=True)
    assert "cannot be read" in answer.content.decode()
    assert not PushBrowser.objects.exists()


def test_so_many_and_no_more(alice: User, phone: pushed.Browser) -> None:
    for number in range(actions.MOST_BROWSERS):
        actions.add_browser(
            alice, endpoint=f"https://push.example/{number}", **phone.given, name="X", by=alice
        )
    actions.add_browser(alice, endpoint="https://push.example/0", **phone.given, name="X", by=alice)
    with pytest.raises(Refused, match=r"push\.too_many_browsers"):
        actions.add_browser(alice, endpoint="https://push.example/x", **phone.given, name="X", by=alice)


def test_at_the_same_moment_a_browser_is_added_once(
    together: Callable[..., list[Any]], phone: pushed.Browser
) -> None:
    alice = build.user()

    def once() -> PushBrowser:
        return actions.add_browser(
            alice, endpoint="https://push.example/1", **phone.given, name="X", by=alice
        )

    assert len({row.pk for row in together(once, once, once)}) == 1
    assert Event.objects.filter(kind="user.browser_added").count() == 1


# --- our key -----------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_kept_sealed(db: None) -> None:
    assert pushing.public_key() == pushing.public_key()
    assert webpush.key_text(pushing.own_key()) not in PushKey.objects.get().private


def test_the_key_is_made_once_by_all_at_once(together: Callable[..., list[Any]]) -> None:
    PushKey.objects.all().delete()
    assert len(set(together(pushing.public_key, pushing.public_key, pushing.public_key))) == 1


def test_a_key_that_cannot_be_opened_any_more_is_replaced(
    alice: User, phone: pushed.Browser, settings: Any
) -> None:
    known = pushing.public_key()
    actions.add_browser(alice, endpoint="https://push.example/1", **phone.given, name="X", by=alice)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]
    assert pushing.public_key() == known
    settings.SECRET_KEY_FALLBACKS = []
    fresh = pushing.public_key()
    assert fresh != known
    assert pushing.public_key() == fresh
    assert not PushBrowser.objects.exists()


# --- pages and API -----------------------------------------------------------------------------------


def test_my_browsers_are_listed_tried_and_removed(
    signed_in: Client, alice: User, service: pushed.PushService, phone: pushed.Browser
) -> None:
    row = add(signed_in, phone, service.endpoint())
    page = signed_in.get("/console/profile/").content.decode()
    assert "Chrome, Windows" in page
    assert "this one" in page
    signed_in.post(f"/console/profile/browsers/{row.pk}/try/")
    assert pushing.send_due() == 1
    assert json.loads(phone.read(service.calls[0][2]))["title"] == "It works"
    signed_in.post(f"/console/profile/browsers/{row.pk}/remove/")
    assert not PushBrowser.objects.exists()
    assert [event.kind for event in Event.objects.order_by("pk")] == [
        "user.browser_added",
        "user.browser_removed",
    ]


def test_the_worker_is_a_script_for_the_whole_console(client: Client) -> None:
    answer = client.get("/console/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    assert b"showNotification" in b"".join(answer)


def test_browsers_and_ways_by_api(client: Client, alice: User, phone: pushed.Browser) -> None:
    _row, text = actions.issue_token(alice, name="desk app", by=alice)
    token = {"Authorization": f"Token {text}"}
    given = {"endpoint": "https://push.example/1", "keys": phone.given, "name": "Desk app"}
    json_type = "application/json"
    path = "/api/v1/notifications/browsers/"
    made = client.post(path, given, headers=token, content_type=json_type)
    assert made.status_code == 201
    wrong = client.post(path, {**given, "endpoint": "http://x"}, headers=token, content_type=json_type)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "push.bad_endpoint")
    listed = client.get(path, headers=token).json()
    assert listed["public_key"] == pushing.public_key()
    assert [one["name"] for one in listed["browsers"]] == ["Desk app"]
    assert client.delete(f"{path}{made.json()['id']}/", headers=token).status_code == 204
    assert not PushBrowser.objects.exists()
    ways = client.patch(
        "/api/v1/notifications/ways/", {"mentioned": "all"}, headers=token, content_type=json_type
    )
    assert ways.json()["mentioned"] == "all"
    assert client.get("/api/v1/notifications/ways/", headers=token).json() == ways.json()
    assert ways.json()["assigned"] == "page"


# --- arithmetic --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (CHROME, "Chrome, Windows"),
        (f"{CHROME} Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_what_people_call_a_browser(told: str, name: str) -> None:
    assert browser_name(told) == name


def test_an_address_may_be_so_long() -> None:
    assert is_push_endpoint("https://push.example/" + "x" * 900)
    assert not is_push_endpoint("https://push.example/" + "x" * 1000)
