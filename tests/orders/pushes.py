"""Calls of tracking services, signed as each of them signs."""

import hmac
import json
from base64 import b64encode
from hashlib import md5, sha256
from typing import Any
from urllib.parse import urlencode

SECRETS = {"kuaidi100": "salt", "aftership": "hmac-secret", "17track": "key-17"}
ADDRESS = "/api/v1/tracking/{}/"
FORM = "application/x-www-form-urlencoded"

Call = tuple[str, bytes, str, dict[str, str]]
"""Service, body, content type, headers."""


def kuaidi100(number: str, *lines: tuple[str, str, str], state: str = "0", status: str = "polling") -> Call:
    """`lines` are (time, code, text), the newest first as they send them."""
    data = [{"time": at, "ftime": at, "statusCode": code, "context": text} for at, code, text in lines]
    told = {
        "status": status,
        "message": "",
        "lastResult": {"state": state, "com": "shunfeng", "nu": number, "data": data},
    }
    param = json.dumps(told, ensure_ascii=False)
    sign = md5((param + SECRETS["kuaidi100"]).encode(), usedforsecurity=False).hexdigest().upper()
    return "kuaidi100", urlencode({"sign": sign, "param": param}).encode(), FORM, {}


def aftership(
    number: str, *points: tuple[str, str, str], event_id: str = "e-1", tag: str = "InTransit"
) -> Call:
    """`points` are (time, tag, subtag), the oldest first as they send them."""
    checkpoints = [
        {
            "checkpoint_time": at,
            "tag": point,
            "subtag": sub,
            "message": f"{point} in Berlin",
            "city": "Berlin",
        }
        for at, point, sub in points
    ]
    message = {"tracking_number": number, "slug": "dhl", "tag": tag, "checkpoints": checkpoints}
    body = json.dumps({"event": "tracking_update", "event_id": event_id, "ts": 1, "msg": message}).encode()
    digest = hmac.new(SECRETS["aftership"].encode(), body, sha256).digest()
    return "aftership", body, "application/json", {"Aftership-Hmac-Sha256": b64encode(digest).decode()}


def seventeen(number: str, *events: tuple[str, str, str], **told: Any) -> Call:
    """`events` are (time, stage, sub-status)."""
    rows = [
        {"time_iso": at, "stage": stage, "sub_status": sub, "description": stage, "location": "Berlin"}
        for at, stage, sub in events
    ]
    info = {"tracking": {"providers": [{"provider": {"key": 7041}, "events": rows}]}, **told}
    data = {"event": "TRACKING_UPDATED", "data": {"number": number, "carrier": 7041, "track_info": info}}
    body = json.dumps(data).encode()
    return "17track", body, "application/json", {"Sign": sha256(body + b"/key-17").hexdigest()}
