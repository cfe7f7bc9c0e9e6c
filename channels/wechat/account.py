"""The adapter of WeChat official accounts.

In: GET with signature, timestamp, nonce and echostr once; POST of XML, plain or sealed. Plain calls are
signed without their body, so an account with an EncodingAESKey takes sealed calls only. Out: messages of
customer service (客服消息), which WeChat takes for 48 hours after the user did something; later template
messages (模板消息), which verified service accounts may send.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from channels import fetching, wire
from channels.connection_states import Reason
from channels.fetching import Fetched, NotThere, TooLarge
from channels.models import Connection
from channels.reading import (
    Call,
    Field,
    Incoming,
    Landed,
    Media,
    NotGenuine,
    Outgoing,
    Pulled,
    Reading,
    TryLater,
    Undeliverable,
    Unreadable,
)
from channels.wechat import fields, sealed, xml
from channels.wechat import templates as messages
from core import clock, crypto

API = "https://api.weixin.qq.com"
TOLERANCE_S = 600
EXPIRED_TOKEN = (40001, 40014, 41001, 42001)
WINDOW: Mapping[int, Reason] = {45015: Reason.WINDOW_CLOSED, 45047: Reason.TOO_MANY}
"""Too late, or the account is no longer followed; too many messages since the person wrote last."""

PATIENCE = (-1, 45009, 45011)
QUOTA = 45009
TEMPLATE = (40036, 40037, 47003)
FORBIDDEN = (40013, 40125, 40164, 48001, 48004, 50001)
NOT_REACHABLE = (40003, 43004, 43019, 43101, 50002)
EARLIER_S = 300
"""So long before it ends a token is no longer used."""


class WeChat:
    """`account` is the AppID. Secrets: the token of the door, the app's secret, the EncodingAESKey if any."""

    answer = "success"
    answer_type = "text/plain"
    secret_names = ("token", "app_secret", "aes_key")
    window_hours: int | None = 48
    text_limit = (2000, "bytes")
    in_a_row: int | None = 5
    has_templates = True
    needs_business_account = False

    def greet(self, connection: Connection, call: Call) -> str:
        """The echostr, to whoever knows our token."""
        self._check(connection, call)
        return call.query.get("echostr", "")

    def land(self, connection: Connection, call: Call) -> Landed:
        """A message is known by its MsgId, an event by who caused it and when, or by what it is about."""
        self._check(connection, call)
        text = self._opened(connection, call)
        told = xml.fields(text)
        event = told.get("Event", "")
        moment = f"{told.get('FromUserName', '')}:{told.get('CreateTime', '')}:{event}"
        if event == messages.FINISHED and told.get("MsgID"):
            moment = f"{event}:{told['MsgID']}"
        return Landed((told.get("MsgId") or moment)[:200], text)

    def _check(self, connection: Connection, call: Call) -> None:
        """The signature over token, time and nonce; an old one was recorded."""
        stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise NotGenuine
        tokens = connection.tell_all("token", clock.now())
        given = call.query.get("signature", "")
        if not any(sealed.is_signed(given, token, stamp, nonce) for token in tokens):
            raise NotGenuine
        if abs(clock.now().timestamp() - int(stamp)) > TOLERANCE_S:
            raise NotGenuine

    def _opened(self, connection: Connection, call: Call) -> str:
        """The XML in the clear; what is sealed carries a signature of its own, body included."""
        key = connection.tell("aes_key")
        if not key:
            return call.body.decode(errors="replace")
        stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        wrapped = xml.fields(call.body).get("Encrypt", "")
        given = call.query.get("msg_signature", "")
        tokens = connection.tell_all("token", clock.now())
        if not wrapped or not any(sealed.is_signed(given, one, stamp, nonce, wrapped) for one in tokens):
            raise NotGenuine
        try:
            return sealed.opened(wrapped, key=key, account=connection.account)
        except sealed.CannotOpen as error:
            raise NotGenuine from error

    def read(self, connection: Connection, body: str) -> Reading:
        """A message in words of the connection's language; of events only what became of a template."""
        told = xml.fields(body)
        kind = told.get("MsgType", "")
        if kind == "event" and told.get("Event") == messages.FINISHED:
            return Reading(receipts=[messages.receipt(told)])
        if kind == "event":
            return Reading(skipped=[f"event {told.get('Event', '')}"[:100]])
        if not told.get("FromUserName") or not told.get("MsgId"):
            raise Unreadable("no sender or no MsgId")
        with translation.override(connection.language):
            text, media = _content(kind, told)
        return Reading([Incoming(told["MsgId"], told["FromUserName"], text, media=media)])

    def fetch(self, connection: Connection, media: Media, *, limit: int) -> Fetched:
        """A temporary file by its media_id; of a film WeChat tells where it is, or sends it after all."""

        def ask(token: str) -> wire.Answer:
            query = f"access_token={token}&media_id={media.media_id}"
            url = f"{_api(connection)}/cgi-bin/media/get?{query}"
            return wire.call("GET", url, longest=limit)

        answer = self._with_token(connection, ask)
        told = answer.told if answer.content_type in ("application/json", "text/plain") else {}
        if told.get("errcode") in (*PATIENCE, *EXPIRED_TOKEN):
            raise TryLater(_said(told))
        if told.get("errcode"):
            raise NotThere(_said(told))
        if told.get("video_url"):
            film = fetching.fetch(str(told["video_url"]), limit=limit)
            return Fetched(film.content, film.content_type, media.name)
        if len(answer.content) > limit:
            raise TooLarge(str(limit))
        return Fetched(answer.content, answer.content_type, media.name)

    def takes(self, content_type: str) -> bool:
        """Pictures; WeChat's customer service has no other files."""
        return content_type in ("image/jpeg", "image/png", "image/gif")

    def send(self, connection: Connection, outgoing: Outgoing) -> str:
        """A customer-service message, to which WeChat gives no name, or a template message by its msgid."""
        if outgoing.template is not None:
            return self._send_template(connection, messages.message(outgoing))
        said: dict[str, Any] = {"touser": outgoing.to}
        if outgoing.content:
            said |= {"msgtype": "image", "image": {"media_id": self._upload(connection, outgoing)}}
        else:
            said |= {"msgtype": "text", "text": {"content": outgoing.text}}

        def ask(token: str) -> wire.Answer:
            url = f"{_api(connection)}/cgi-bin/message/custom/send?access_token={token}"
            return wire.call_json("POST", url, said)

        _check_answer(self._with_token(connection, ask))
        return ""

    def _send_template(self, connection: Connection, said: dict[str, Any]) -> str:
        """The quota is one of a day: waiting for it is longer than a customer should wait for news."""

        def ask(token: str) -> wire.Answer:
            url = f"{_api(connection)}/cgi-bin/message/template/send?access_token={token}"
            return wire.call_json("POST", url, said)

        answer = self._with_token(connection, ask)
        if answer.told.get("errcode") == QUOTA:
            raise Undeliverable(Reason.QUOTA, _said(answer.told))
        return str(_check_answer(answer).get("msgid") or "")[:200]

    def _upload(self, connection: Connection, outgoing: Outgoing) -> str:
        body, content_type = wire.form(
            {},
            name="media",
            filename=outgoing.name,
            content_type=outgoing.content_type,
            content=outgoing.content,
        )

        def ask(token: str) -> wire.Answer:
            url = f"{_api(connection)}/cgi-bin/media/upload?access_token={token}&type=image"
            return wire.call("POST", url, body=body, headers={"Content-Type": content_type})

        return str(_check_answer(self._with_token(connection, ask)).get("media_id", ""))

    def templates(self, connection: Connection) -> Sequence[Pulled]:
        """The templates that the account has chosen from WeChat's library, at most 25."""

        def ask(token: str) -> wire.Answer:
            url = f"{_api(connection)}/cgi-bin/template/get_all_private_template?access_token={token}"
            return wire.call("GET", url)

        listed = _check_answer(self._with_token(connection, ask)).get("template_list")
        rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return [found for one in rows if (found := messages.pulled(one)) is not None]

    def field(self, parameter: str) -> Field:
        """By the kind in its name: thing1, time2."""
        return fields.field(parameter)

    def test(self, connection: Connection) -> None:
        """Ask for a token: AppID, secret and the list of addresses that may call must be right for that."""
        self._token(connection, fresh=True)

    def _with_token(self, connection: Connection, ask: Any) -> wire.Answer:
        """Ask with the token we have, and once more with a new one where it was no longer good."""
        answer: wire.Answer = ask(self._token(connection))
        if answer.told.get("errcode") in EXPIRED_TOKEN:
            answer = ask(self._token(connection, fresh=True))
        return answer

    def _token(self, connection: Connection, *, fresh: bool = False) -> str:
        """The access token, kept sealed until shortly before it ends."""
        key = f"wechat-token:{connection.pk}:{sha256(connection.secrets.encode()).hexdigest()[:16]}"
        known = cache.get(key)
        if known and not fresh:
            return crypto.unseal(known, purpose="wechat token")
        asked = {
            "grant_type": "client_credential",
            "appid": connection.account,
            "secret": connection.tell("app_secret"),
            "force_refresh": bool(fresh and known),
        }
        told = _check_answer(wire.call_json("POST", f"{_api(connection)}/cgi-bin/stable_token", asked))
        token = str(told.get("access_token", ""))
        lasts = max(int(told.get("expires_in", 7200)) - EARLIER_S, 60)
        cache.set(key, crypto.seal(token, purpose="wechat token"), timeout=lasts)
        return token


def _api(connection: Connection) -> str:
    return (connection.address or API).rstrip("/")


def _content(kind: str, told: dict[str, str]) -> tuple[str, list[Media]]:
    """What a message of a kind says, and what comes along."""
    media_id = told.get("MediaId", "")
    match kind:
        case "text":
            return told.get("Content", ""), []
        case "image":
            return "", [Media("photo.jpg", media_id=media_id, url=told.get("PicUrl", ""))]
        case "voice":
            ending = (told.get("Format") or "amr").lower()
            return told.get("Recognition", ""), [Media(f"voice.{ending}", media_id=media_id)]
        case "video" | "shortvideo":
            return "", [Media("video.mp4", media_id=media_id)]
        case "location":
            place = {
                "label": told.get("Label", ""),
                "x": told.get("Location_X", ""),
                "y": told.get("Location_Y", ""),
            }
            return _("Location: %(label)s (%(x)s, %(y)s)") % place, []
        case "link":
            return "\n".join(
                part for part in (told.get("Title"), told.get("Description"), told.get("Url")) if part
            ), []
    return _("A message of a kind that cannot be shown here (%(kind)s).") % {"kind": kind[:40]}, []


def _check_answer(answer: wire.Answer) -> dict[str, Any]:
    """What WeChat told. Raises `Undeliverable` or `TryLater` by its errcode."""
    told = answer.told
    if answer.status != 200 or not told:
        raise TryLater(f"answered with {answer.status}")
    code = told.get("errcode", 0)
    if not code:
        return told
    if code in WINDOW:
        raise Undeliverable(WINDOW[code], _said(told))
    if code in PATIENCE or code in EXPIRED_TOKEN:
        raise TryLater(_said(told))
    if code in TEMPLATE:
        raise Undeliverable(Reason.TEMPLATE, _said(told))
    if code in FORBIDDEN:
        raise Undeliverable(Reason.NOT_ALLOWED, _said(told))
    if code in NOT_REACHABLE:
        raise Undeliverable(Reason.RECIPIENT, _said(told))
    raise Undeliverable(Reason.REFUSED, _said(told))


def _said(told: dict[str, Any]) -> str:
    return json.dumps({"errcode": told.get("errcode"), "errmsg": told.get("errmsg")}, ensure_ascii=False)[
        :300
    ]
