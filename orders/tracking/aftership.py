"""AfterShip: JSON, signed with HMAC-SHA256 over the raw body in base64."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from orders.states import TrackingStatus
from orders.tracking.news import Push, Told, Unreadable, loaded, moment, part, rows, said, same

TAGS: Mapping[str, str] = {
    "Pending": TrackingStatus.PENDING,
    "InfoReceived": TrackingStatus.INFO_RECEIVED,
    "InTransit": TrackingStatus.IN_TRANSIT,
    "OutForDelivery": TrackingStatus.OUT_FOR_DELIVERY,
    "AttemptFail": TrackingStatus.ATTEMPT_FAILED,
    "Delivered": TrackingStatus.DELIVERED,
    "AvailableForPickup": TrackingStatus.READY_FOR_PICKUP,
    "Exception": TrackingStatus.EXCEPTION,
    "Expired": TrackingStatus.EXPIRED,
}

SUBTAGS: Mapping[str, str] = {
    "InTransit_002": TrackingStatus.PICKED_UP,
    "InTransit_004": TrackingStatus.ARRIVED_COUNTRY,
    "InTransit_005": TrackingStatus.CUSTOMS,
    "InTransit_006": TrackingStatus.CUSTOMS,
    "Exception_010": TrackingStatus.RETURNING,
    "Exception_011": TrackingStatus.RETURNED,
    "Exception_013": TrackingStatus.LOST,
}
"""Those that say more than their tag."""


class AfterShip:
    """Its times have no zone; they are taken as UTC and kept as they were written, too."""

    answer: Mapping[str, Any] = {}

    def is_signed(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        digest = hmac.new(secret.encode(), body, sha256).digest()
        return same(headers.get("Aftership-Hmac-Sha256", ""), b64encode(digest).decode())

    def read(self, body: bytes) -> Push:
        """Every checkpoint of the parcel, sent again with each call."""
        data = loaded(body)
        parcel = part(data, "msg")
        number = said(parcel, "tracking_number")
        if not number:
            raise Unreadable("no number")
        news = [_told(checkpoint) for checkpoint in rows(parcel, "checkpoints")]
        if not news and said(parcel, "tag"):
            news = [_told({**parcel, "checkpoint_time": said(data, "ts"), "location": ""})]
        return Push(said(data, "event_id") or sha256(body).hexdigest(), number, news)


def _told(checkpoint: Mapping[str, Any]) -> Told:
    tag, subtag, local = (said(checkpoint, name) for name in ("tag", "subtag", "checkpoint_time"))
    return Told(
        status=SUBTAGS.get(subtag) or TAGS.get(tag, TrackingStatus.UNMAPPED),
        code=subtag or tag,
        occurred_at=moment(local),
        local=local,
        description=said(checkpoint, "message", "subtag_message"),
        location=said(checkpoint, "location", "city", "country_iso3"),
    )
