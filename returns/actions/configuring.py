"""Changing what customers may expect from now on. Cases that are open keep the terms they were made under."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rights import Right
from core import events
from core.errors import Refused
from returns.models import PolicyAmounts, ReturnPolicy


@transaction.atomic
def save_policy(policy: ReturnPolicy, *, amounts: Sequence[Mapping[str, Any]], by: User) -> ReturnPolicy:
    """Store a new or changed policy with its amounts by currency; each currency once.

    Refuses with policy.not_allowed who may not configure the portal.
    """
    if not by.may(Right.CONFIGURE):
        raise Refused("policy.not_allowed")
    is_new = policy.pk is None
    if not is_new:
        ReturnPolicy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    policy.save()
    policy.amounts.all().delete()
    PolicyAmounts.objects.bulk_create(PolicyAmounts(policy=policy, **row) for row in amounts)
    kind = "policy.created" if is_new else "policy.changed"
    events.record(kind, policy, by=by, name_en=policy.name_en, name_zh=policy.name_zh)
    return ReturnPolicy.objects.get(pk=policy.pk)
