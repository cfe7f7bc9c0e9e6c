"""Proving an address with a mailed code.

A code goes to whatever address is asked for, and a person is made only once the address is proven. So
neither the answer nor the time it takes tells whether we know somebody.
"""

from datetime import timedelta

from django.db import transaction

from core import clock, events, mail
from core.actors import SYSTEM, Actor
from core.errors import Refused
from customers import rules
from customers.actions.people import contact_of, get_or_create_customer
from customers.models import ContactPoint, Customer, SignInCode

KEPT = timedelta(days=1)


@transaction.atomic
def send_code(email: str, *, language: str, by: Actor) -> SignInCode:
    """Mail a fresh code to an address, in `language`; earlier codes are worthless from then on.

    Refuses with customer.email_invalid.
    """
    contact = contact_of(ContactPoint.Kind.EMAIL, email)
    code, now = rules.new_code(), clock.now()
    row = SignInCode.objects.create(
        email=contact.normalized,
        digest=rules.code_digest(contact.normalized, code),
        created_at=now,
        expires_at=now + rules.CODE_GOOD_FOR,
    )
    events.record("sign_in.code_sent", row, by=by)
    mail.queue(
        key=f"sign-in-code:{row.pk}",
        to=contact.normalized,
        language=language,
        template="customers.sign_in_code",
        context={"code": code, "minutes": int(rules.CODE_GOOD_FOR.total_seconds()) // 60},
        sensitive=True,
    )
    return row


def check_code(email: str, code: str, *, language: str) -> Customer:
    """The person whose address the code proves; `language` is for one we meet for the first time.

    Refuses with sign_in.wrong_code or sign_in.code_closed (used, too old, tried too often, or never sent).
    """
    email = rules.normal_email(email)
    outcome = _try(email, code, language=language)
    if isinstance(outcome, Refused):  # raised out here, where it cannot undo the count of failures
        raise outcome
    return outcome


@transaction.atomic
def _try(email: str, code: str, *, language: str) -> Customer | Refused:
    now = clock.now()
    row = SignInCode.objects.filter(email=email).order_by("-pk").select_for_update().first()
    if row is None or not _is_open(row):
        return Refused("sign_in.code_closed")
    if not rules.is_code(row.digest, email, code):
        row.failures += 1
        row.save(update_fields=["failures"])
        return Refused("sign_in.wrong_code" if _is_open(row) else "sign_in.code_closed")
    row.used_at = now
    row.save(update_fields=["used_at"])
    return _signed_in(email, language=language)


def _is_open(row: SignInCode) -> bool:
    return rules.may_be_tried(
        expires_at=row.expires_at, used_at=row.used_at, failures=row.failures, now=clock.now()
    )


def _signed_in(email: str, *, language: str) -> Customer:
    customer = get_or_create_customer(email=email, language=language, by=SYSTEM)
    unproven = customer.contact_points.filter(
        kind=ContactPoint.Kind.EMAIL, normalized=email, verified_at=None
    )
    unproven.update(verified_at=clock.now())
    events.record("customer.signed_in", customer, by=customer)
    return customer


def sweep_codes() -> int:
    """Forget codes that have long been worthless; returns how many."""
    deleted, _by_model = SignInCode.objects.filter(expires_at__lt=clock.now() - KEPT).delete()
    return deleted
