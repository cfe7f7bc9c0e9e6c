"""A return request that is not sent yet: kept on the server after every step."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from returns.models.cases import Case


class ReturnDraft(models.Model):
    """The answers given so far for one order; whoever may see the order may go on with it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="return_drafts")
    data = models.JSONField(default=dict)
    case = models.ForeignKey(
        Case,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="drafts",
        help_text=_("What it became."),
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(case=None), name="one_open_draft_per_order")
        ]

    def __str__(self) -> str:
        return str(self.uuid)
