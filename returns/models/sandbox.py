"""The world outside of the sandbox gateway: what a payment provider would know. Nothing else reads it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SandboxRefund(models.Model):
    """A refund as the pretended provider knows it; the same key is the same refund."""

    key = models.CharField(max_length=64, unique=True)
    payment = models.CharField(max_length=100, db_index=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    calls = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")

    def __str__(self) -> str:
        return self.key


class SandboxBehaviour(models.Model):
    """How the pretended provider answers for a payment; without a row it pays at once."""

    class Answer(models.TextChoices):
        PAY = "pay", _("Pays at once")
        PAY_LATER = "pay_later", _("Accepts now, pays later")
        REFUSE = "refuse", _("Refuses")
        SILENT_PAID = "silent_paid", _("Pays, but the answer is lost")
        TELL_TWICE = "tell_twice", _("Pays, and tells it twice later")
        SILENT_UNPAID = "silent_unpaid", _("Does not pay, and the answer is lost")

    payment = models.CharField(
        _("payment"), max_length=100, unique=True, help_text=_("The payment's number at the provider.")
    )
    answer = models.CharField(_("answer"), max_length=13, choices=Answer, default=Answer.PAY)
    times = models.PositiveSmallIntegerField(
        pgettext_lazy("sandbox", "times"), default=1, help_text=_("Afterwards it pays at once.")
    )

    class Meta:
        verbose_name = _("sandbox behaviour")
        verbose_name_plural = _("sandbox behaviours")

    def __str__(self) -> str:
        return f"{self.payment}: {self.answer}"
