"""Sentences for refusals and events of connections, deliveries and calls."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from channels.connection_states import Reason, Trouble


def _label(choices: Any, value: Any) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)


def _failed(facts: Mapping[str, Any]) -> str:
    return gettext("The reply was not delivered: %(why)s") % {"why": _label(Reason, facts["reason"])}


def _fell_back(facts: Mapping[str, Any]) -> str:
    return gettext("The reply went by e-mail instead of %(connection)s: %(why)s") % {
        "connection": facts["connection"],
        "why": _label(Reason, facts["reason"]),
    }


def _tested(facts: Mapping[str, Any]) -> str:
    if facts["error"]:
        return gettext("%(actor)s tried the connection; it does not work: %(error)s") % facts
    return gettext("%(actor)s tried the connection; it works") % facts


def _alarmed(facts: Mapping[str, Any]) -> str:
    return gettext("%(name)s: %(trouble)s") % {
        "name": facts["name"],
        "trouble": _label(Trouble, facts["trouble"]),
    }


EVENTS: Mapping[str, Any] = {
    "call.logged": gettext_lazy("%(actor)s wrote down a call with %(number)s"),
    "call.reported": gettext_lazy("A call with %(number)s"),
    "channel.alarmed": _alarmed,
    "channel.recovered": gettext_lazy("%(name)s works again"),
    "connection.changed": gettext_lazy("%(actor)s changed the connection"),
    "connection.made": gettext_lazy("%(actor)s made the connection %(name)s"),
    "connection.paused": gettext_lazy("%(actor)s paused the connection"),
    "connection.resumed": gettext_lazy("%(actor)s let the connection go on"),
    "connection.rotated": gettext_lazy("%(actor)s gave the connection new secrets"),
    "connection.tested": _tested,
    "delivery.failed": _failed,
    "delivery.fell_back": _fell_back,
    "delivery.retried": gettext_lazy("%(actor)s had the reply sent once more"),
    "inbound.dismissed": gettext_lazy("%(actor)s put an incoming call aside"),
    "inbound.retried": gettext_lazy("%(actor)s had an incoming call read again"),
}

REFUSALS: Mapping[str, Any] = {
    "call.logged": gettext_lazy("%(name)s has written down this call already."),
    "call.whose": gettext_lazy(
        "For a new ticket we must know who called: give a phone number, or choose a ticket."
    ),
    "connection.no_answer": gettext_lazy("%(name)s does not work: %(told)s"),
    "connection.slug_taken": gettext_lazy("There is a connection “%(slug)s” already."),
    "delivery.no_way": gettext_lazy(
        "There is still no way to reach the customer of %(number)s: the platform does not let us answer now, "
        "and no e-mail address is known."
    ),
}
