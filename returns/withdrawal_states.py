"""Withdrawals from a contract: their states, and the words that a country's law puts on the buttons."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WithdrawalStatus(models.TextChoices):
    DECLARED = "declared", _("Not confirmed yet")
    WAITING = "waiting", _("Return not begun")
    IN_CASE = "in_case", _("Return opened")
    SETTLED = "settled", pgettext_lazy("withdrawal", "Settled")


CONFIRMED = (WithdrawalStatus.WAITING, WithdrawalStatus.IN_CASE, WithdrawalStatus.SETTLED)

FOLLOWS = {
    WithdrawalStatus.DECLARED: (WithdrawalStatus.WAITING,),
    WithdrawalStatus.WAITING: (WithdrawalStatus.IN_CASE, WithdrawalStatus.SETTLED),
    WithdrawalStatus.IN_CASE: (),
    WithdrawalStatus.SETTLED: (),
}

TONES = {
    WithdrawalStatus.DECLARED: "neutral",
    WithdrawalStatus.WAITING: "attention",
    WithdrawalStatus.IN_CASE: "good",
    WithdrawalStatus.SETTLED: "good",
}


class Wording(models.TextChoices):
    """The verb of the law: the EU withdraws, the United Kingdom cancels."""

    WITHDRAW = "withdraw", _("Withdraw from contract here")
    CANCEL = "cancel", _("Cancel contract here")
