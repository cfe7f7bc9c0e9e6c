"""Small parts of the pages about warranties and withdrawals."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import dates
from core.templatetags import ui
from orders.models import Order
from returns import policies, warranty_words, withdrawal_words
from returns.cover import Cover
from returns.models import Warranty, Withdrawal
from returns.warranty_states import TONES, WarrantyStatus
from returns.withdrawal_states import TONES as WITHDRAWAL_TONES
from returns.withdrawal_states import WithdrawalStatus

register = template.Library()


@register.simple_tag
def cover_words(answer: Cover[Warranty]) -> str:
    """Until when something is covered, or why not."""
    return warranty_words.cover_words(answer)


@register.simple_tag
def warranty_status(warranty: Warranty, answer: Cover[Warranty]) -> SafeString:
    """The status of a warranty as word, shape and colour; one that is over says so."""
    if answer.why == "ended":
        return ui.status(pgettext("warranty status", "Over"), "neutral")
    return ui.status(warranty.get_status_display(), TONES[WarrantyStatus(warranty.status)])


@register.simple_tag
def withdrawal_status(withdrawal: Withdrawal) -> SafeString:
    """The status of a withdrawal as word, shape and colour."""
    tone = WITHDRAWAL_TONES[WithdrawalStatus(withdrawal.status)]
    return ui.status(withdrawal.get_status_display(), tone)


@register.simple_tag
def obstacle_words(withdrawal: Withdrawal) -> str:
    """Why the return is not open yet."""
    return withdrawal_words.obstacle_words(withdrawal)


@register.simple_tag
def lengthened(warranty: Warranty) -> str:
    """What repairs have added to a warranty, "" if nothing."""
    parts = []
    if days := warranty.suspended_days:
        parts.append(
            ngettext("%(days)s day in repair added", "%(days)s days in repair added", days) % {"days": days}
        )
    if months := warranty.extended_months:
        parts.append(_("%(months)s months added after a repair") % {"months": months})
    return pgettext("list", ", ").join(parts)


@register.filter
def last_minute(until: datetime, order: Order) -> str:
    """The last minute before the end of a period, on the clock of an order's customer."""
    return exact_on(until - timedelta(seconds=1), policies.zone_of(order))


@register.filter
def exact_on(moment: datetime, zone: str) -> str:
    """An instant in full, on the clock of a zone."""
    with timezone.override(zone):
        return dates.exact(moment)
