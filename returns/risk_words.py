"""Signs of risk in words for staff, with the figures behind them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import Money, format_money
from returns.models import CaseRisk
from returns.risk import RiskFlag

Facts = Mapping[str, Any]


def sentence(sign: CaseRisk) -> str:
    """What was seen, in the active language."""
    return SENTENCES[RiskFlag(sign.flag)](sign.facts)


def _return_rate(facts: Facts) -> str:
    share = round(100 * facts["returned"] / facts["orders"])
    text = _("Of %(orders)s orders delivered lately, %(returned)s went back or are about to: %(share)s %%.")
    return text % {**facts, "share": share}


def _not_received(facts: Facts) -> str:
    pattern = ngettext(
        "Within a year %(count)s request said that nothing had arrived.",
        "Within a year %(count)s requests said that nothing had arrived.",
        facts["count"],
    )
    return pattern % facts


def _value(facts: Facts) -> str:
    return _("Sends back %(value)s; others who return send back %(median)s as a rule.") % {
        name: format_money(Money(facts[name], facts["currency"])) for name in ("value", "median")
    }


def _wrong_item(facts: Facts) -> str:
    pattern = ngettext(
        "In %(count)s case the inspection found another item or none.",
        "In %(count)s cases the inspection found another item or none.",
        facts["count"],
    )
    return pattern % facts


def _shared_address(facts: Facts) -> str:
    pattern = ngettext(
        "%(count)s account had orders sent to this address.",
        "%(count)s accounts had orders sent to this address.",
        facts["count"],
    )
    return pattern % facts


SENTENCES: Mapping[RiskFlag, Callable[[Facts], str]] = {
    RiskFlag.RETURN_RATE: _return_rate,
    RiskFlag.NOT_RECEIVED: _not_received,
    RiskFlag.VALUE: _value,
    RiskFlag.WRONG_ITEM: _wrong_item,
    RiskFlag.SHARED_ADDRESS: _shared_address,
}
