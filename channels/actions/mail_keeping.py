"""The bytes of mails: kept so many days, and never shorter than somebody may still have to decide on them.

What a mail said stays on its ticket; only its original goes. A mail in quarantine is nothing but that.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Lower

from accounts.models import User
from channels.email.states import MailState
from channels.models import IncomingMail, MailKeeping
from core import clock, events
from customers.models import Customer

SHORTEST_KEEPING = 7
LONGEST_KEEPING = 20_000
BATCH = 200
UNDECIDED = (MailState.LANDED, MailState.QUARANTINED)


def keeping() -> MailKeeping:
    """How long originals are kept, as set or as a fresh installation has it."""
    return MailKeeping.objects.filter(pk=MailKeeping.ONLY).first() or MailKeeping()


@transaction.atomic
def set_keeping(*, days: int, by: User) -> MailKeeping:
    """Keep originals for so many days, 0 for ever; the same again changes nothing."""
    row, is_new = MailKeeping.objects.select_for_update().get_or_create(pk=MailKeeping.ONLY)
    if row.days != days or is_new:
        row.days = days
        row.save()
        events.record("mail.keeping_set", row, by=by, days=days)
    return row


def over(at: datetime, days: int) -> QuerySet[IncomingMail]:
    """Mails whose original has been kept long enough."""
    if days == 0:
        return IncomingMail.objects.none()
    old = IncomingMail.objects.with_raw().filter(received_at__lt=at - timedelta(days=days))
    return old.exclude(state__in=UNDECIDED).filter(next_attempt_at=None).order_by("received_at")


def sweep(at: datetime, *, limit: int = BATCH) -> int:
    """Delete originals that were kept long enough; returns how many."""
    return _delete(over(at, keeping().days), limit)


def originals_of(customer: Customer) -> QuerySet[IncomingMail]:
    """Mails whose original is here, from a person's addresses or on their tickets."""
    addresses = customer.contact_points.filter(kind="email").values_list("normalized", flat=True)
    own = Q(address__in=list(addresses)) | Q(ticket__customer=customer)
    return IncomingMail.objects.with_raw().annotate(address=Lower("sender")).filter(own)


def delete_of(customer: Customer, *, by: User) -> int:
    """Delete the originals of all that a person mailed, as erasing their data asks; returns how many.

    Mails that nobody has decided on go along: the person's right does not wait for our desk.
    """
    theirs, count = originals_of(customer), 0
    while done := _delete(theirs.order_by("pk"), BATCH):
        count += done
    if count:
        events.record("mail.raw_deleted", customer, by=by, name=customer.display_name, count=count)
    return count


def _delete(mails: QuerySet[IncomingMail], limit: int) -> int:
    """Note first that the bytes are gone, then delete them: what is left over by a crash is no row's."""
    with transaction.atomic():
        rows = list(mails.select_for_update(of=("self",), skip_locked=True)[:limit])
        now = clock.now()
        IncomingMail.objects.filter(pk__in=[row.pk for row in rows]).update(raw="", raw_gone_at=now)
        for row in rows:
            transaction.on_commit(partial(row.raw.storage.delete, str(row.raw.name)))
    return len(rows)


def kept() -> dict[str, int]:
    """How many originals are here, and how many bytes they take."""
    rows = IncomingMail.objects.with_raw()
    return {"mails": rows.count(), "bytes": rows.aggregate(all=Sum("size"))["all"] or 0}
