"""Refunds: their states, which may follow which, and which of them count as money spent."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import pgettext_lazy


class RefundStatus(models.TextChoices):
    CREATED = "created", pgettext_lazy("refund status", "Created")
    SUBMITTED = "submitted", pgettext_lazy("refund status", "Submitted")
    UNKNOWN = "unknown", pgettext_lazy("refund status", "Answer unknown")
    SUCCEEDED = "succeeded", pgettext_lazy("refund status", "Paid")
    FAILED = "failed", pgettext_lazy("refund status", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("refund status", "Cancelled")


REFUND_FOLLOWS: Mapping[str, frozenset[str]] = {
    RefundStatus.CREATED: frozenset({RefundStatus.SUBMITTED, RefundStatus.SUCCEEDED, RefundStatus.CANCELLED}),
    RefundStatus.SUBMITTED: frozenset({RefundStatus.UNKNOWN, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.UNKNOWN: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    # A gateway that takes the same number again lets a failed payment be tried again.
    RefundStatus.FAILED: frozenset({RefundStatus.CREATED}),
    RefundStatus.SUCCEEDED: frozenset(),
    RefundStatus.CANCELLED: frozenset(),
}

COUNTED: tuple[RefundStatus, ...] = (
    RefundStatus.CREATED,
    RefundStatus.SUBMITTED,
    RefundStatus.UNKNOWN,
    RefundStatus.SUCCEEDED,
)
"""Refunds that count against what was captured: money that has left or may leave (domain M1)."""

IN_FLIGHT: tuple[RefundStatus, ...] = (RefundStatus.CREATED, RefundStatus.SUBMITTED, RefundStatus.UNKNOWN)
