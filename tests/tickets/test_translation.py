"""Messages and drafts in another language, through a real service of the protocol; and without one."""

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import translators
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions
from tickets.models import Message, MessageTranslation, Ticket

WORDS = {"Where is my parcel?": "我的包裹在哪里？", "It left yesterday.": "昨天已经发出。"}


class Service:
    """Speaks the protocol as its documentation says; `answer` is said in place of a translation."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: tuple[int, bytes] | None = None
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append({"path": self.path, **asked})
                told = {"translatedText": WORDS.get(asked["q"], f"[{asked['target']}] {asked['q']}")}
                status, content = service.answer or (200, json.dumps(told).encode())
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@contextmanager
def running() -> Iterator[Service]:
    service = Service()
    thread = threading.Thread(target=service.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.server.shutdown()
        service.server.server_close()
        thread.join()


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with running() as service:
        settings.TRANSLATION_URL = f"http://127.0.0.1:{service.server.server_port}/"
        yield service


@pytest.fixture
def ticket(db: None) -> Ticket:
    return build.ticket(body="Where is my parcel?")


@pytest.fixture
def said(ticket: Ticket) -> Message:
    return ticket.messages.get()


# --- the service -------------------------------------------------------------------------------------


def test_it_is_asked_as_the_protocol_says(service: Service, settings: Any) -> None:
    settings.TRANSLATION_KEY = "k-1"
    told = translators.translate("Where is my parcel?", source="en", target="zh-hans")
    assert told == "我的包裹在哪里？"
    assert service.asked == [
        {
            "path": "/translate",
            "q": "Where is my parcel?",
            "source": "en",
            "target": "zh",
            "format": "text",
            "api_key": "k-1",
        }
    ]


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"error": "down"}'),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"translatedText": ""}'),
        (200, b'{"translatedText": 7}'),
        (200, b'{"translatedText": "' + b"a" * translators.LONGEST_ANSWER + b'"}'),
        (302, b""),
    ],
)
def test_what_is_no_translation_is_none(service: Service, answer: tuple[int, bytes]) -> None:
    service.answer = answer
    with pytest.raises(translators.NoTranslation):
        translators.translate("Hello", source="", target="zh-hans")


def test_nobody_there_is_said(settings: Any, said: Message, alice: User) -> None:
    settings.TRANSLATION_URL = "http://127.0.0.1:9"
    with pytest.raises(Refused) as refused:
        actions.translate_message(said, into="zh-hans", by=alice)
    assert refused.value.code == "translation.failed"
    assert not MessageTranslation.objects.exists()


def test_without_a_service_nothing_is_offered(client: Client, ticket: Ticket, alice: User) -> None:
    client.force_login(alice)
    assert "translate" not in client.get(f"/console/tickets/{ticket.number}/").content.decode()
    with pytest.raises(Refused) as refused:
        actions.translate_message(ticket.messages.get(), into="en", by=alice)
    assert refused.value.code == "translation.not_connected"


# --- messages ----------------------------------------------------------------------------------------


def test_a_message_is_asked_for_once_and_read_by_everybody(
    service: Service, ticket: Ticket, said: Message, alice: User, lea: User
) -> None:
    first = actions.translate_message(said, into="zh-hans", by=alice)
    again = actions.translate_message(said, into="zh-hans", by=lea)
    assert first == again
    assert first.body == "我的包裹在哪里？"
    assert len(service.asked) == 1
    assert Event.objects.filter(kind="message.translated", actor_id=alice.pk).count() == 1
    assert not Event.objects.filter(thread=f"ticket:{ticket.pk}", kind="message.translated").exists()


def test_it_stands_beside_the_message_in_the_readers_language(
    service: Service, ticket: Ticket, said: Message, alice: User
) -> None:
    alice.language = "zh-hans"
    alice.save()
    client = Client()
    client.force_login(alice)
    where = f"/console/tickets/{ticket.number}/"
    answer = client.post(f"{where}messages/{said.pk}/translate/", headers={"HX-Request": "true"})
    assert "我的包裹在哪里？" in text_of(answer)
    assert "我的包裹在哪里？" in text_of(client.get(where))
    assert "Where is my parcel?" in text_of(client.get(where))


def test_without_scripts_the_page_comes_back(
    service: Service, ticket: Ticket, said: Message, alice: User
) -> None:
    client = Client()
    client.force_login(alice)
    answer = client.post(f"/console/tickets/{ticket.number}/messages/{said.pk}/translate/")
    assert answer.headers["Location"] == f"/console/tickets/{ticket.number}/#message-{said.pk}"
    assert MessageTranslation.objects.get().message == said


def test_a_failure_is_said_where_it_was_asked(
    service: Service, ticket: Ticket, said: Message, alice: User
) -> None:
    service.answer = (500, b"")
    client = Client()
    client.force_login(alice)
    where = f"/console/tickets/{ticket.number}/messages/{said.pk}/translate/"
    answer = client.post(where, headers={"HX-Request": "true"})
    assert "The translation service does not answer" in text_of(answer)
    assert "Translate" in text_of(answer)


def test_nobody_reads_messages_of_another_ticket_this_way(
    service: Service, ticket: Ticket, alice: User
) -> None:
    other = build.ticket(body="Something else").messages.get()
    client = Client()
    client.force_login(alice)
    assert client.post(f"/console/tickets/{ticket.number}/messages/{other.pk}/translate/").status_code == 404
    assert service.asked == []


def test_another_system_asks_by_api(service: Service, ticket: Ticket, said: Message, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    where = f"/api/v1/tickets/{ticket.number}/messages/{said.pk}/translate/"
    answer = client.post(where, {"language": "zh-hans"}, content_type="application/json")
    assert (answer.status_code, answer.json()["body"]) == (200, "我的包裹在哪里？")
    wrong = client.post(where, {"language": "xx"}, content_type="application/json")
    assert wrong.status_code == 400
    service.answer = (500, b"")
    assert client.post(where, {"language": "en"}, content_type="application/json").status_code == 409


# --- drafts ------------------------------------------------------------------------------------------


def test_a_draft_is_shown_in_the_customers_language_and_not_sent(
    service: Service, ticket: Ticket, alice: User
) -> None:
    ticket.language = "zh-hans"
    ticket.save()
    client = Client()
    client.force_login(alice)
    where = f"/console/tickets/{ticket.number}/draft/translate/"
    page = text_of(client.post(where, {"body": "It left yesterday."}))
    assert "It left yesterday." in page
    assert "昨天已经发出。" in page
    assert ticket.messages.count() == 1
    assert "Write something first" in text_of(client.post(where, {"body": " "}))
    long = text_of(client.post(where, {"body": "a" * (translators.LONGEST_TEXT + 1)}))
    assert "are not translated" in long
