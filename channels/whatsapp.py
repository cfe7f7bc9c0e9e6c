"""The adapter of WhatsApp's Cloud API.

In: GET with hub.challenge once; POST of JSON signed over its body (X-Hub-Signature-256). Out: messages to the
number that wrote, free for 24 hours after it did; later WhatsApp wants a template that it has approved.
"""

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

from channels import fetching, wire
from channels.connection_states import DeliveryState, FieldKind, Reason, TemplateObstacle
from channels.fetching import Fetched, NotThere, TooLarge
from channels.generic import loaded
from channels.models import Connection
from channels.reading import (
    Call,
    Field,
    Filled,
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
from core import clock

API = "https://graph.facebook.com/v21.0"
SIGNATURE = "X-Hub-Signature-256"
FILES = ("image", "video", "audio", "document", "sticker")
STATES: Mapping[str, str] = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
WINDOW = (131047, 470)
PATIENCE = (1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004)
FORBIDDEN = (0, 3, 10, 190, 200, 131005, 131031, 133010)
GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
OWN_VALUE = ("OTP", "COPY_CODE", "CATALOG", "MPM", "FLOW")
TEMPLATE_FIELDS = "name,language,status,category,parameter_format,components"
MOST_PAGES = 20
TEMPLATE = (132000, 132001, 132005, 132007, 132012, 132015, 132016)
"""The template is gone, paused or disabled, or does not take what was put into it."""

NOT_REACHABLE = (131021, 131026, 131030, 131045, 131051)


class WhatsApp:
    """`account` is the id of our phone number. Secrets: the app's secret, the word of the door, a token."""

    answer = "{}"
    answer_type = "application/json"
    secret_names = ("app_secret", "verify_token", "access_token")
    window_hours: int | None = 24
    text_limit = (4096, "characters")
    in_a_row: int | None = None
    has_templates = True
    needs_business_account = True

    def greet(self, connection: Connection, call: Call) -> str:
        """The challenge, to whoever knows the word."""
        words = connection.tell_all("verify_token", clock.now())
        given = call.query.get("hub.verify_token", "").encode()
        if call.query.get("hub.mode") != "subscribe" or not any(
            hmac.compare_digest(given, word.encode()) for word in words
        ):
            raise NotGenuine
        return call.query.get("hub.challenge", "")

    def land(self, connection: Connection, call: Call) -> Landed:
        """A call is known by its bytes: WhatsApp repeats it as it was until it is taken."""
        given = call.headers.get(SIGNATURE, "").encode()
        if not any(
            hmac.compare_digest(
                given, f"sha256={hmac.new(secret.encode(), call.body, sha256).hexdigest()}".encode()
            )
            for secret in connection.tell_all("app_secret", clock.now())
        ):
            raise NotGenuine
        return Landed(sha256(call.body).hexdigest(), call.body.decode(errors="replace"))

    def read(self, connection: Connection, body: str) -> Reading:
        """The messages and receipts for our number; other numbers of the account are skipped."""
        messages, receipts = list[Incoming](), list[Receipt]()
        skipped, problems = list[str](), list[str]()
        with translation.override(connection.language):
            for field, value in _values(loaded(body)):
                number = str(_part(value, "metadata").get("phone_number_id", ""))
                if field != "messages" or number != connection.account:
                    skipped.append(f"{field} {number}"[:100])
                    continue
                names = {
                    str(one.get("wa_id")): str(_part(one, "profile").get("name") or "")
                    for one in _objects(value, "contacts")
                }
                for one in _objects(value, "messages"):
                    try:
                        messages.append(_message(one, names))
                    except Unreadable as error:
                        problems.append(str(error))
                receipts += [
                    _receipt(one) for one in _objects(value, "statuses") if one.get("status") in STATES
                ]
        if not (messages or receipts or skipped or problems):
            raise Unreadable("neither messages nor statuses")
        return Reading(messages, receipts, skipped=skipped, problems=problems)

    def fetch(self, connection: Connection, media: Media, *, limit: int) -> Fetched:
        """In two steps: where the file is, then the file."""
        answer = wire.call("GET", f"{_api(connection)}/{media.media_id}", headers=_bearer(connection))
        code, said = _error(answer)
        if answer.status == 404 or (answer.status == 400 and code is not None and code not in PATIENCE):
            raise NotThere(said)
        told = answer.told
        if answer.status != 200 or not told.get("url"):
            raise TryLater(f"answered with {answer.status}")
        if int(told.get("file_size") or 0) > limit:
            raise TooLarge(str(limit))
        got = fetching.fetch(str(told["url"]), limit=limit, headers=_bearer(connection))
        if told.get("sha256") and told["sha256"] != sha256(got.content).hexdigest():
            raise TryLater("the file came damaged")
        return Fetched(got.content, str(told.get("mime_type") or got.content_type), media.name)

    def takes(self, content_type: str) -> bool:
        """Nearly any; what is no picture and no film goes as a document."""
        return True

    def send(self, connection: Connection, outgoing: Outgoing) -> str:
        """A message; its wamid, by which the receipts name it."""
        said: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": outgoing.to,
            "biz_opaque_callback_data": outgoing.key,
        }
        if outgoing.content:
            kind = _kind(outgoing.content_type)
            file: dict[str, Any] = {"id": self._upload(connection, outgoing)}
            said |= {"type": kind, kind: file | ({"filename": outgoing.name} if kind == "document" else {})}
        elif outgoing.template:
            said |= {"type": "template", "template": _filled(outgoing.template)}
        else:
            said |= {"type": "text", "text": {"preview_url": False, "body": outgoing.text}}
        url = f"{_api(connection)}/{connection.account}/messages"
        told = _check_answer(wire.call_json("POST", url, said, _bearer(connection)))
        return str((_objects(told, "messages") or [{}])[0].get("id") or "")[:200]

    def _upload(self, connection: Connection, outgoing: Outgoing) -> str:
        body, content_type = wire.form(
            {"messaging_product": "whatsapp", "type": outgoing.content_type},
            name="file",
            filename=outgoing.name,
            content_type=outgoing.content_type,
            content=outgoing.content,
        )
        url = f"{_api(connection)}/{connection.account}/media"
        headers = {**_bearer(connection), "Content-Type": content_type}
        return str(_check_answer(wire.call("POST", url, body=body, headers=headers)).get("id", ""))

    def templates(self, connection: Connection) -> Sequence[Pulled]:
        """All templates of the business account, page by page."""
        found, after = list[Pulled](), ""
        for _page in range(MOST_PAGES):
            query = {"fields": TEMPLATE_FIELDS, "limit": "100", **({"after": after} if after else {})}
            url = f"{_api(connection)}/{connection.business_account}/message_templates?{urlencode(query)}"
            told = _check_answer(wire.call("GET", url, headers=_bearer(connection)))
            found += [_pulled(one) for one in _objects(told, "data") if one.get("name")]
            paging = told.get("paging") or {}
            after = str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""
            if not after:
                break
        return found

    def field(self, parameter: str) -> Field:
        """Any text, but none that is empty and none of several lines."""
        return Field(FieldKind.ANY, lambda text: " ".join(text.split()) or "–")

    def test(self, connection: Connection) -> None:
        """Ask for our own number."""
        url = f"{_api(connection)}/{connection.account}"
        _check_answer(wire.call("GET", url, headers=_bearer(connection)))


def _filled(template: Filled) -> dict[str, Any]:
    """A template with its values."""
    values = [
        {"type": "text", **({"parameter_name": name} if name else {}), "text": text}
        for name, text in template.values
    ]
    parts = [{"type": "body", "parameters": values}] if values else []
    return {"name": template.name, "language": {"code": template.language}, "components": parts}


def _pulled(told: Mapping[str, Any]) -> Pulled:
    parts = {str(one.get("type")).upper(): one for one in _objects(told, "components")}
    body = str((parts.get("BODY") or {}).get("text") or "")
    return Pulled(
        str(told["name"])[:512],
        str(told.get("language") or "")[:15],
        str(told.get("category") or "")[:40],
        body,
        tuple(dict.fromkeys(GAP.findall(body))),
        told.get("parameter_format") == "NAMED",
        _obstacle(told, parts),
    )


def _obstacle(told: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Only the body can be filled here: what stands elsewhere must stand there as it is."""
    header = parts.get("HEADER") or {}
    if told.get("status") != "APPROVED":
        return TemplateObstacle.NOT_APPROVED
    if header and (header.get("format") != "TEXT" or GAP.search(str(header.get("text") or ""))):
        return TemplateObstacle.HEADER
    buttons = _objects(parts.get("BUTTONS") or {}, "buttons")
    if any(one.get("type") in OWN_VALUE or GAP.search(str(one.get("url") or "")) for one in buttons):
        return TemplateObstacle.BUTTONS
    return "" if (parts.get("BODY") or {}).get("text") else TemplateObstacle.NO_BODY


def _api(connection: Connection) -> str:
    return (connection.address or API).rstrip("/")


def _bearer(connection: Connection) -> dict[str, str]:
    return {"Authorization": f"Bearer {connection.tell('access_token')}"}


def _objects(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = data.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _values(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What changed, by its field."""
    if not isinstance(data, dict) or data.get("object") != "whatsapp_business_account":
        raise Unreadable("not a call of WhatsApp")
    for entry in _objects(data, "entry"):
        for change in _objects(entry, "changes"):
            if isinstance(change.get("value"), dict):
                yield str(change.get("field", "")), change["value"]


def _message(told: Mapping[str, Any], names: Mapping[str, str]) -> Incoming:
    sender, kind = str(told.get("from") or ""), str(told.get("type") or "")
    if not sender or not told.get("id"):
        raise Unreadable("no sender or no id")
    part = _part(told, kind)
    return Incoming(
        str(told["id"]),
        sender,
        _text(kind, part, told),
        name=names.get(sender, ""),
        phone=f"+{sender}" if sender.isdecimal() else "",
        media=[_media(kind, part)] if kind in FILES else (),
        opens=kind != "reaction",
    )


def _media(kind: str, part: Mapping[str, Any]) -> Media:
    ending = str(part.get("mime_type") or "").partition(";")[0].rpartition("/")[2]
    name = str(part.get("filename") or f"{kind}.{ending or 'bin'}")
    return Media(name[:200], media_id=str(part.get("id") or ""))


def _text(kind: str, part: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """What a message of a kind says, in the active language."""
    match kind:
        case "text":
            return str(part.get("body") or "")
        case "image" | "video" | "audio" | "document" | "sticker":
            return str(part.get("caption") or "")
        case "button":
            return str(part.get("text") or part.get("payload") or "")
        case "interactive":
            chosen = _part(part, str(part.get("type")))
            return "\n".join(str(chosen[name]) for name in ("title", "description") if chosen.get(name))
        case "location":
            place = {
                "label": " ".join(str(part[name]) for name in ("name", "address") if part.get(name)),
                "x": part.get("latitude", ""),
                "y": part.get("longitude", ""),
            }
            return _("Location: %(label)s (%(x)s, %(y)s)") % place
        case "reaction":
            return _("Reacted with %(emoji)s") % {"emoji": part.get("emoji") or "–"}
        case "contacts":
            people = [_person(one) for one in _objects(told, "contacts")]
            return _("Contacts: %(people)s") % {"people": "; ".join(people)}
    return _("A message of a kind that cannot be shown here (%(kind)s).") % {"kind": kind[:40]}


def _person(told: Mapping[str, Any]) -> str:
    name = str(_part(told, "name").get("formatted_name") or "")
    phones = [str(one.get("phone")) for one in _objects(told, "phones") if one.get("phone")]
    return " ".join([name, *phones]).strip()


def _receipt(told: Mapping[str, Any]) -> Receipt:
    error = next(iter(_objects(told, "errors")), {})
    text = str(_part(error, "error_data").get("details") or error.get("title") or "")
    said = f"{error.get('code', '')} {text}".strip()[:300]
    return Receipt(str(told.get("id") or ""), STATES[told["status"]], said, _reason(error.get("code")))


def _reason(code: Any) -> str:
    if code in WINDOW:
        return Reason.WINDOW_CLOSED
    if code in NOT_REACHABLE:
        return Reason.RECIPIENT
    if code in TEMPLATE:
        return Reason.TEMPLATE
    return Reason.NOT_ALLOWED if code in FORBIDDEN else Reason.REFUSED


def _kind(content_type: str) -> str:
    if content_type in ("image/jpeg", "image/png"):
        return "image"
    return "video" if content_type in ("video/mp4", "video/3gpp") else "document"


def _error(answer: wire.Answer) -> tuple[Any, str]:
    error = _part(answer.told, "error")
    details = _part(error, "error_data").get("details")
    return error.get("code"), json.dumps(
        {"code": error.get("code"), "message": details or error.get("message")}, ensure_ascii=False
    )[:300]


def _check_answer(answer: wire.Answer) -> dict[str, Any]:
    """What WhatsApp told. Raises `Undeliverable` or `TryLater` by the code of its error."""
    if answer.status == 200 and "error" not in answer.told:
        return answer.told
    code, said = _error(answer)
    if code is None or code in PATIENCE or answer.status >= 500:
        raise TryLater(said if code is not None else f"answered with {answer.status}", wait=answer.wait)
    raise Undeliverable(_reason(code), said)
