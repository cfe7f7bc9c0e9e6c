"""A pretended payment provider with a memory of its own, for demos and tests.

It pays every refund at once unless a `SandboxBehaviour` for the payment says otherwise.
"""

import json
import uuid
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock
from returns.gateways.interface import GatewayRules, Outcome, RefundRequest, Result
from returns.models import GatewayNotice, SandboxBehaviour, SandboxRefund

PAID, WAITING, REFUSED = "paid", "waiting", "refused"
Answer = SandboxBehaviour.Answer

STATES: Mapping[str, str] = {
    Answer.PAY: PAID,
    Answer.PAY_LATER: WAITING,
    Answer.REFUSE: REFUSED,
    Answer.SILENT_PAID: PAID,
    Answer.TELL_TWICE: PAID,
}


class Sandbox:
    """Idempotent by key, like the providers it stands for."""

    rules = GatewayRules(retry_same_key=True, max_partials=50, max_age_days=365)

    def refund(self, request: RefundRequest) -> Result:
        """Pay, wait, refuse or say nothing."""
        known = SandboxRefund.objects.filter(key=request.key).first()
        if known is not None and known.state != REFUSED:
            return self._again(known, request)
        answer = self._answer(request.payment)
        if answer == Answer.SILENT_UNPAID:
            return Result(Outcome.UNKNOWN, message="no answer within the time limit")
        row = self._write(request, STATES[answer])
        if answer == Answer.SILENT_PAID:
            return Result(Outcome.UNKNOWN, message="no answer within the time limit")
        if answer == Answer.TELL_TWICE:
            return self._tell_twice(row)
        return self._told(row)

    def query(self, key: str) -> Result:
        """What is known under the key; what was waiting is paid by the time somebody asks."""
        row = SandboxRefund.objects.filter(key=key).first()
        if row is None:
            return Result(Outcome.NOT_FOUND)
        if row.state == WAITING:
            row.state = PAID
            row.save(update_fields=["state"])
        return self._told(row)

    def _tell_twice(self, row: SandboxRefund) -> Result:
        told = self._told(row)
        body = {"id": row.key, "key": row.key, "state": "succeeded", "refund_id": told.refund_id}
        notice = json.dumps({**body, "amount": row.amount, "currency": row.currency})
        for _time in range(2):
            GatewayNotice.objects.get_or_create(
                source="sandbox", event_id=row.key, defaults={"body": notice, "received_at": clock.now()}
            )
        return Result(Outcome.PENDING, refund_id=told.refund_id)

    def _again(self, known: SandboxRefund, request: RefundRequest) -> Result:
        asked = (request.payment, request.amount, request.currency)
        if (known.payment, known.amount, known.currency) != asked:
            return Result(Outcome.REFUSED, message="the key was used for another refund")
        SandboxRefund.objects.filter(pk=known.pk).update(calls=F("calls") + 1)
        return self._told(known)

    def _write(self, request: RefundRequest, state: str) -> SandboxRefund:
        try:
            with transaction.atomic():
                row, _created = SandboxRefund.objects.update_or_create(
                    key=request.key,
                    defaults={
                        "payment": request.payment,
                        "amount": request.amount,
                        "currency": request.currency,
                        "state": state,
                        "created_at": clock.now(),
                    },
                )
        except IntegrityError:
            row = SandboxRefund.objects.get(key=request.key)
        return row

    @transaction.atomic
    def _answer(self, payment: str) -> str:
        behaviour = SandboxBehaviour.objects.select_for_update().filter(payment=payment, times__gt=0).first()
        if behaviour is None:
            return Answer.PAY
        behaviour.times -= 1
        behaviour.save(update_fields=["times"])
        return behaviour.answer

    def _told(self, row: SandboxRefund) -> Result:
        refund_id = f"sbx_{uuid.uuid5(uuid.NAMESPACE_URL, row.key).hex[:16]}"
        if row.state == PAID:
            return Result(Outcome.SUCCEEDED, refund_id=refund_id, amount=row.amount, currency=row.currency)
        if row.state == WAITING:
            return Result(Outcome.PENDING, refund_id=refund_id)
        return Result(Outcome.REFUSED, refund_id=refund_id, message="the card was closed")
