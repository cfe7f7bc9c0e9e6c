"""Bringing notices to browsers in which no page is open, by the push services of their makers.

Rows are written with the notice and sent after the commit (`core.outbox`). If a worker dies between the
service's yes and the note of it, a notice is sent again under the same tag, and takes the place of the first.
"""

import json
import logging
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import Notification, PushBrowser, PushDelivery, PushKey
from accounts.states import PushState
from core import calls, clock, crypto, mail, outbox, webpush
from core.public_web import NotAllowed

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
WORTH = timedelta(days=1)
"""So long a push service keeps a notice for a browser that is not running."""

PURPOSE = "accounts.push"
GONE = (404, 410)
LATER = (408, 425, 429)
LONGEST_ANSWER = 64 * 1024
TIMEOUT_S = 15


# --- our key -----------------------------------------------------------------------------------------


def own_key() -> EllipticCurvePrivateKey:
    """The key we sign with, made when it is first asked for.

    One that cannot be opened any more (SECRET_KEY was changed without a fallback) is replaced; no browser
    listens to a new key until it is added again, so those that are known are forgotten.
    """
    row = PushKey.objects.filter(only=1).first()
    if row is None:
        row, _is_new = PushKey.objects.get_or_create(only=1, defaults=_sealed(webpush.new_key()))
    return _opened(row) or _replaced()


def _sealed(key: EllipticCurvePrivateKey) -> dict[str, Any]:
    """A key as its row keeps it."""
    text = crypto.seal(webpush.key_text(key), purpose=PURPOSE)
    return {"private": text, "created_at": clock.now()}


def _opened(row: PushKey) -> EllipticCurvePrivateKey | None:
    try:
        return webpush.read_key(crypto.unseal(row.private, purpose=PURPOSE))
    except crypto.CannotUnseal:
        return None


@transaction.atomic
def _replaced() -> EllipticCurvePrivateKey:
    """A new key in the place of one that cannot be opened; made once, however many ask for it."""
    row = PushKey.objects.select_for_update().get(only=1)
    if (meanwhile := _opened(row)) is not None:
        return meanwhile
    log.warning("the push key cannot be opened and is replaced")
    PushBrowser.objects.all().delete()
    key = webpush.new_key()
    PushKey.objects.filter(only=1).update(**_sealed(key))
    return key


def public_key() -> str:
    """What a browser needs to know to be added."""
    return webpush.packed(webpush.public_point(own_key()))


# --- the way out -------------------------------------------------------------------------------------


def queue(notice: Notification) -> None:
    """Write a row for each browser of the member, within the transaction of the notice."""
    now = clock.now()
    PushDelivery.objects.bulk_create(
        [
            PushDelivery(browser=browser, notification=notice, created_at=now, next_attempt_at=now)
            for browser in notice.member.push_browsers.all()
        ]
    )


def queue_trial(browser: PushBrowser) -> PushDelivery:
    """A notice without a cause, for a member who wants to see whether it arrives."""
    now = clock.now()
    return PushDelivery.objects.create(browser=browser, created_at=now, next_attempt_at=now)


def is_reachable(browser: PushBrowser) -> bool:
    """Whether the member works here and is signed in in that browser."""
    member = browser.member
    if not member.is_active or not browser.session_key:
        return member.is_active
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=browser.session_key)
    is_theirs = session.get("_auth_user_id") == str(member.pk)
    proof = session.get("_auth_user_hash", "")
    return is_theirs and constant_time_compare(proof, member.get_session_auth_hash())


def _call(row: PushDelivery) -> calls.Reply:
    browser, now = row.browser, clock.now()
    body = webpush.sealed(_message(row), webpush.keys(browser.p256dh, browser.auth))
    signed = webpush.authorization(browser.endpoint, own_key(), contact=_contact(), at=now)
    headers = {
        "Authorization": signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(WORTH.total_seconds())),
        "Topic": webpush.packed(sha256(_tag(row).encode()).digest()[:20]),
        "Urgency": "normal",
    }
    return calls.call(
        "POST",
        browser.endpoint,
        body=body,
        headers=headers,
        longest=LONGEST_ANSWER,
        timeout=TIMEOUT_S,
        public_only=True,
        private_hosts=settings.PUSH_PRIVATE_HOSTS,
    )


def _message(row: PushDelivery) -> bytes:
    """What the browser shows: what it is about, who did what, and where it leads. No words of customers."""
    with translation.override(row.browser.member.language):
        if row.notification is None:
            told = {"title": _("It works"), "body": _("This browser notifies you."), "path": "/console/"}
        else:
            notice = row.notification
            body = " · ".join(filter(None, [notice.who, notice.get_kind_display()]))
            told = {"title": notice.title[:120], "body": body, "path": notice.url}
    told |= {"tag": _tag(row), "lang": row.browser.member.language}
    return json.dumps(told, ensure_ascii=False).encode()


def _tag(row: PushDelivery) -> str:
    return f"notice-{row.notification_id}" if row.notification_id else f"trial-{row.pk}"


def _contact() -> str:
    """Whom the makers of browsers write to about what we send."""
    return settings.PUBLIC_URL if settings.HTTPS else f"mailto:desk@{mail.host()}"


# --- what comes of it --------------------------------------------------------------------------------


def _hand_over(row: PushDelivery) -> outbox.Ended:
    """Give a notice to the push service. A browser that is gone is forgotten, and its rows with it."""
    is_there = is_reachable(row.browser)
    if is_there and row.notification is not None and row.notification.read_at is not None:
        return outbox.Ended(PushState.SPARED)
    if not (is_there and _is_taken(row)):
        row.browser.delete()
        return outbox.Ended(PushState.SPARED)
    _browser(row).update(last_sent_at=clock.now(), failures=0, last_error="")
    return outbox.Ended(PushState.SENT)


def _is_taken(row: PushDelivery) -> bool:
    """Whether the push service takes a notice; False where it does not know the browser any more."""
    try:
        reply = _call(row)
    except (NotAllowed, ValueError) as error:
        raise outbox.Hopeless(str(error)) from error
    said = f"{reply.status} {reply.content.decode(errors='replace')}".strip()
    if reply.status in LATER or reply.status >= 500:
        raise outbox.TryLater(said, wait=reply.wait)
    if not (200 <= reply.status < 300 or reply.status in GONE):
        raise outbox.Hopeless(said)
    return reply.status not in GONE


def _give_up(row: PushDelivery, error: Exception) -> None:
    if outbox.fail(row, error):
        _browser(row).update(failures=F("failures") + 1, last_error=outbox.said(error)[:300])


def _browser(row: PushDelivery) -> QuerySet[PushBrowser]:
    return PushBrowser.objects.filter(pk=row.browser_id)


OUTBOX = outbox.Outbox(
    rows=PushDelivery.objects.select_related("browser__member", "notification"),
    carry=_hand_over,
    give_up=_give_up,
    tries=8,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(hours=3),
)
send_due = OUTBOX.send_due


# --- the broom ---------------------------------------------------------------------------------------


def sweep() -> int:
    """Forget browsers whose session is over, and what was sent a week ago; returns how many browsers."""
    over = [row.pk for row in PushBrowser.objects.select_related("member") if not is_reachable(row)]
    PushBrowser.objects.filter(pk__in=over).delete()
    PushDelivery.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return len(over)


def forget_session(session_key: str | None) -> None:
    """Whoever signs out is not notified in that browser any more."""
    if session_key:
        PushBrowser.objects.filter(session_key=session_key).delete()
