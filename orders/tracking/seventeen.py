"""17TRACK: JSON, signed with SHA-256 over the raw body, a slash and the key."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from orders.states import TrackingStatus
from orders.tracking.news import Push, Told, Unreadable, loaded, moment, part, rows, said, same

MAIN: Mapping[str, str] = {
    "NotFound": TrackingStatus.PENDING,
    "InfoReceived": TrackingStatus.INFO_RECEIVED,
    "InTransit": TrackingStatus.IN_TRANSIT,
    "Expired": TrackingStatus.EXPIRED,
    "AvailableForPickup": TrackingStatus.READY_FOR_PICKUP,
    "OutForDelivery": TrackingStatus.OUT_FOR_DELIVERY,
    "DeliveryFailure": TrackingStatus.ATTEMPT_FAILED,
    "Delivered": TrackingStatus.DELIVERED,
    "Exception": TrackingStatus.EXCEPTION,
    # Stages of single events.
    "PickedUp": TrackingStatus.PICKED_UP,
    "Departure": TrackingStatus.IN_TRANSIT,
    "Arrival": TrackingStatus.IN_TRANSIT,
    "Returning": TrackingStatus.RETURNING,
    "Returned": TrackingStatus.RETURNED,
}

SUB: Mapping[str, str] = {
    "InTransit_PickedUp": TrackingStatus.PICKED_UP,
    "InTransit_CustomsProcessing": TrackingStatus.CUSTOMS,
    "InTransit_CustomsReleased": TrackingStatus.CUSTOMS,
    "InTransit_CustomsRequiringInformation": TrackingStatus.CUSTOMS,
    "DeliveryFailure_Rejected": TrackingStatus.EXCEPTION,
    "DeliveryFailure_Security": TrackingStatus.EXCEPTION,
    "Exception_Returning": TrackingStatus.RETURNING,
    "Exception_Returned": TrackingStatus.RETURNED,
    "Exception_Lost": TrackingStatus.LOST,
    "Exception_Destroyed": TrackingStatus.LOST,
}
"""Those that say more than the word before the underscore."""


class SeventeenTrack:
    """ "TRACKING_STOPPED" brings no news of the parcel; what it repeats is known."""

    answer: Mapping[str, Any] = {}

    def is_signed(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        return same(headers.get("Sign", "").lower(), sha256(body + b"/" + secret.encode()).hexdigest())

    def read(self, body: bytes) -> Push:
        """All events of all carriers that had the parcel, and the latest one where there are none."""
        data = part(loaded(body), "data")
        number = said(data, "number")
        if not number:
            raise Unreadable("no number")
        told = part(data, "track_info")
        carriers = rows(part(told, "tracking"), "providers")
        events = [event for carrier in carriers for event in rows(carrier, "events")]
        news = [_told(event) for event in events] or _latest(told)
        return Push(sha256(body).hexdigest(), number, news)


def _latest(told: Mapping[str, Any]) -> list[Told]:
    status, event = part(told, "latest_status"), part(told, "latest_event")
    whole = {**event, "sub_status": said(status, "sub_status") or said(status, "status")}
    return [_told(whole)] if status else []


def _told(event: Mapping[str, Any]) -> Told:
    code, local = said(event, "sub_status", "stage"), said(event, "time_iso", "time_utc")
    return Told(
        status=SUB.get(code) or MAIN.get(code.partition("_")[0], TrackingStatus.UNMAPPED),
        code=code,
        occurred_at=moment(local),
        local=local,
        description=said(event, "description"),
        location=said(event, "location"),
    )
