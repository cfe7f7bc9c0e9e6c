"""Any system that signs what it sends: JSON in, by a mapping that administrators write; JSON out.

In: POST with X-Timestamp (Unix seconds) and X-Signature, the HMAC-SHA256 in hexadecimal of timestamp, a full
stop and the body. Out: the same, to the address of the connection, with {"id", "type": "message", "to",
"ticket", "text"} or "file": {"name", "content_type", "data" in base64} instead of a text. The same "id" is
the same part of an answer, sent again. Every 2xx is a yes; {"id": ...} in it names the part in receipts.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from channels import fetching, rules, wire
from channels.connection_states import CallDirection, FieldKind, Reason
from channels.email.charsets import tidy
from channels.fetching import Fetched, NotThere, TooLarge
from channels.models import Connection
from channels.reading import (
    Call,
    CallNews,
    Field,
    Incoming,
    Landed,
    Media,
    NotGenuine,
    Outgoing,
    Pulled,
    Reading,
    Receipt,
    TryLater,
    Undeliverable,
    Unreadable,
)
from core import clock, signatures
from tickets.states import Channel

LONGEST_CALL = 7 * 24 * 3600
REFUSALS = (400, 404, 409, 410, 413, 415, 422)
FORBIDDEN = (401, 403)
BESIDE = ("name", "subject", "email", "phone", "order_number", "language")
"""What is good to know of a message, and holds none up where it is wrong."""

SAID = ("id", "sender", "text", "name", "subject", "email", "phone", "order_number", "language")


class Generic:
    """The adapter of systems without one of their own."""

    answer = '{"ok": true}'
    answer_type = "application/json"
    secret_names = ("secret",)
    window_hours: int | None = None
    text_limit = (rules.LONGEST_TEXT, "characters")
    in_a_row: int | None = None
    has_templates = False
    needs_business_account = False

    def greet(self, connection: Connection, call: Call) -> str:
        """Nobody asks for a greeting here."""
        raise NotGenuine

    def land(self, connection: Connection, call: Call) -> Landed:
        """The event is known by the message's own id, else by what was signed."""
        at = clock.now()
        secrets = connection.tell_all("secret", at)
        if not any(signatures.is_genuine(secret, call.headers, call.body, at) for secret in secrets):
            raise NotGenuine
        stamp = call.headers.get(signatures.TIMESTAMP, "").encode()
        name = _own_name(connection, call.body) or sha256(stamp + b"." + call.body).hexdigest()
        return Landed(name, call.body.decode(errors="replace"))

    def read(self, connection: Connection, body: str) -> Reading:
        """Messages and receipts, or calls where the connection is a telephone system."""
        data = loaded(body)
        if connection.channel == Channel.PHONE:
            found = rules.find(data, connection.mapping, kind="call")
            return Reading(calls=[call_news(found)])
        listed = rules.items(data, connection.mapping)
        if not listed:
            raise Unreadable("there is no message at the path of the list")
        if len(listed) == 1:
            return _together([_read_one(listed[0], connection.mapping)])
        said = list[Incoming | Receipt]()
        problems = list[str]()
        for number, item in enumerate(listed, 1):
            try:
                said.append(_read_one(item, connection.mapping))
            except Unreadable as error:
                problems.append(f"{number}: {error}")
        return _together(said, problems)

    def fetch(self, connection: Connection, media: Media, *, limit: int) -> Fetched:
        """A file by its address, or the bytes that came along."""
        if media.data:
            if len(media.data) > limit:
                raise TooLarge(str(limit))
            return Fetched(media.data, "", media.name)
        if not media.url:
            raise NotThere("neither an address nor content")
        got = fetching.fetch(media.url, limit=limit)
        return Fetched(got.content, got.content_type, media.name or got.name)

    def takes(self, content_type: str) -> bool:
        """Any."""
        return True

    def send(self, connection: Connection, outgoing: Outgoing) -> str:
        """POST it, signed."""
        said: dict[str, Any] = {
            "id": outgoing.key,
            "type": "message",
            "to": outgoing.to,
            "ticket": outgoing.facts.get("ticket", ""),
        }
        if outgoing.content:
            said["file"] = {
                "name": outgoing.name,
                "content_type": outgoing.content_type,
                "data": b64encode(outgoing.content).decode(),
            }
        else:
            said["text"] = outgoing.text
        return str(self._post(connection, said).told.get("id") or "")[:200]

    def templates(self, connection: Connection) -> Sequence[Pulled]:
        """Such a system has none."""
        return ()

    def field(self, parameter: str) -> Field:
        """Nothing is filled in for it."""
        return Field(FieldKind.ANY, str)

    def test(self, connection: Connection) -> None:
        """POST {"type": "test"}; any 2xx is well."""
        self._post(connection, {"type": "test"})

    def _post(self, connection: Connection, said: dict[str, Any]) -> wire.Answer:
        if not connection.address:
            raise Undeliverable(Reason.NO_ADDRESS)
        body = json.dumps(said, ensure_ascii=False).encode()
        signed = signatures.headers(connection.slug, connection.tell("secret"), body, clock.now())
        headers = {**signed, "Content-Type": "application/json"}
        answer = wire.call("POST", connection.address, body=body, headers=headers)
        if 200 <= answer.status < 300:
            return answer
        told = str(answer.told.get("message") or f"answered with {answer.status}")[:300]
        if answer.status in FORBIDDEN:
            raise Undeliverable(Reason.NOT_ALLOWED, told)
        if answer.status in REFUSALS:
            raise Undeliverable(Reason.REFUSED, told)
        raise TryLater(told, wait=answer.wait)


def _read_one(item: Any, mapping: Mapping[str, str]) -> Incoming | Receipt:
    """One of the things a call tells. Raises `Unreadable`."""
    found = rules.find(item, mapping, kind="message")
    return receipt(found) if found.fields.get("receipt_id") else incoming(found)


def _together(said: Sequence[Incoming | Receipt], problems: Sequence[str] = ()) -> Reading:
    messages = [one for one in said if isinstance(one, Incoming)]
    receipts = [one for one in said if isinstance(one, Receipt)]
    return Reading(messages, receipts, problems=problems)


def loaded(body: str) -> Any:
    """The JSON in a body, its texts as a database can keep them. Raises `Unreadable`."""
    try:
        return _tidied(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}"[:200]) from error


def _tidied(data: Any) -> Any:
    """The same without null bytes and halves of letters, which JSON can write and nobody can store."""
    if isinstance(data, str):
        return tidy(data)
    if isinstance(data, dict):
        return {name: _tidied(value) for name, value in data.items()}
    return [_tidied(one) for one in data] if isinstance(data, list) else data


def _own_name(connection: Connection, body: bytes) -> str:
    """The system's own name of what it tells; "" where a call tells several things, or names none."""
    mapping = connection.mapping
    if mapping.get("each"):
        return ""
    try:
        data = loaded(body.decode(errors="replace"))
    except Unreadable:
        return ""
    name = rules.said(rules.at(data, mapping.get("id", "")))
    if not name or len(name) > rules.LENGTHS["id"]:
        return ""
    if connection.channel == Channel.PHONE:
        return f"{name}:{rules.said(rules.at(data, mapping.get('state', '')))}"[:200]
    return "" if rules.said(rules.at(data, mapping.get("receipt_id", ""))) else name


def _checked(found: rules.Found, *, spared: Collection[str] = ()) -> dict[str, str]:
    """The fields, if nothing is wrong with them; those that are spared as far as they fit.

    Raises `Unreadable`.
    """
    wrong = {name: problem for name, problem in found.problems.items() if name not in spared}
    if wrong:
        raise Unreadable(", ".join(f"{name}: {problem}" for name, problem in wrong.items()))
    return {name: text[: rules.LENGTHS.get(name)] for name, text in found.fields.items()}


def incoming(found: rules.Found) -> Incoming:
    """A message as the mapping found it. Raises `Unreadable`."""
    given = _checked(found, spared=BESIDE)
    texts: dict[str, Any] = {name: text for name, text in given.items() if name in SAID}
    return Incoming(**texts, media=[_media(one) for one in found.files])


def _media(one: Any) -> Media:
    try:
        data = b64decode(one.get("data", ""), validate=True)
    except (binascii.Error, ValueError):
        data = b""  # there is no content, and the message says so
    return Media(name=one.get("name", "")[:200], url=one.get("url", ""), data=data)


def receipt(found: rules.Found) -> Receipt:
    """A receipt as the mapping found it. Raises `Unreadable`."""
    given = _checked(found)
    state = rules.RECEIPT_STATES.get(given.get("receipt_state", "").lower())
    if state is None:
        raise Unreadable("receipt_state: unknown")
    return Receipt(given["receipt_id"], state, given.get("text", "")[:300], Reason.REFUSED)


def call_news(found: rules.Found) -> CallNews:
    """News of a call as the mapping found it. Raises `Unreadable`."""
    given = _checked(found)
    word = given["state"].lower()
    if word not in rules.CALL_STATES:
        raise Unreadable("state: unknown")
    out = given.get("direction", "").lower().startswith("out")
    seconds = given.get("seconds", "")
    return CallNews(
        given["id"],
        word,
        given["number"],
        CallDirection.OUTBOUND if out else CallDirection.INBOUND,
        given.get("agent", ""),
        moment(given.get("started_at", "")),
        min(int(float(seconds)), LONGEST_CALL) if seconds.replace(".", "", 1).isdecimal() else 0,
    )


def moment(text: str) -> datetime | None:
    """An ISO time or Unix seconds; None for what is no time, or none of ours."""
    try:
        told = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    if not 1980 < told.year < 2200:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
