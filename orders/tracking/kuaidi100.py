"""kuaidi100: a form with `param` (JSON) and `sign`, the MD5 of param and a salt that was agreed."""

from collections.abc import Mapping
from hashlib import md5, sha256
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from orders.states import TrackingStatus
from orders.tracking.news import Push, Told, Unreadable, loaded, moment, part, rows, said, same

SHANGHAI = ZoneInfo("Asia/Shanghai")

STATES: Mapping[str, str] = {
    "0": TrackingStatus.IN_TRANSIT,
    "1": TrackingStatus.PICKED_UP,
    "2": TrackingStatus.EXCEPTION,
    "3": TrackingStatus.DELIVERED,
    "4": TrackingStatus.RETURNED,
    "5": TrackingStatus.OUT_FOR_DELIVERY,
    "6": TrackingStatus.RETURNING,
    "7": TrackingStatus.IN_TRANSIT,
    "8": TrackingStatus.CUSTOMS,
    "10": TrackingStatus.CUSTOMS,
    "11": TrackingStatus.CUSTOMS,
    "12": TrackingStatus.CUSTOMS,
    "13": TrackingStatus.EXCEPTION,
    "14": TrackingStatus.EXCEPTION,
    "101": TrackingStatus.INFO_RECEIVED,
    "102": TrackingStatus.INFO_RECEIVED,
    "103": TrackingStatus.PICKED_UP,
    "1001": TrackingStatus.IN_TRANSIT,
    "1002": TrackingStatus.IN_TRANSIT,
    "1003": TrackingStatus.IN_TRANSIT,
    "301": TrackingStatus.DELIVERED,
    "302": TrackingStatus.DELIVERED,
    "303": TrackingStatus.DELIVERED,
    "304": TrackingStatus.DELIVERED,
    "401": TrackingStatus.EXCEPTION,
    "501": TrackingStatus.READY_FOR_PICKUP,
}


class Kuaidi100:
    """`status` "abort" means that nothing was heard for long and nothing more will be told."""

    answer: Mapping[str, Any] = {"result": True, "returnCode": "200", "message": "OK"}

    def is_signed(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """MD5 is what the service offers; the salt keeps it from being made up by others."""
        told = _form(body)
        expected = md5((told["param"] + secret).encode(), usedforsecurity=False).hexdigest()
        return same(told["sign"].lower(), expected)

    def read(self, body: bytes) -> Push:
        """The newest line bears the state of the whole, unless every line has a code of its own."""
        param = _form(body)["param"]
        data = loaded(param)
        result = part(data, "lastResult")
        number = said(result, "nu")
        if not number:
            raise Unreadable("no number")
        state = said(result, "state")
        lines = rows(result, "data")
        news = [_told(line, state if place == 0 else "0") for place, line in enumerate(lines)]
        if said(data, "status") == "abort":
            news.append(Told(TrackingStatus.EXPIRED, "abort", None, description=said(data, "message")))
        return Push(sha256(param.encode()).hexdigest(), number, news)


def _form(body: bytes) -> dict[str, str]:
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    return {name: fields.get(name, [""])[0] for name in ("param", "sign")}


def _told(line: Mapping[str, Any], state: str) -> Told:
    code, local = said(line, "statusCode") or state, said(line, "time", "ftime")
    return Told(
        status=STATES.get(code, TrackingStatus.UNMAPPED),
        code=code,
        occurred_at=moment(local, SHANGHAI),
        local=local,
        description=said(line, "context"),
        location=said(line, "areaName", "location"),
    )
