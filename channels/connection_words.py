"""Sentences for refusals and events of connections, deliveries and calls."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from channels.connection_states import FieldKind, Reason, TemplateObstacle, Trouble
from core import news


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


def _news_fell_back(facts: Mapping[str, Any]) -> str:
    told = {**facts, "why": _label(Reason, facts["reason"])}
    return gettext("Told by e-mail instead of %(via)s, because %(why)s: %(title)s") % told


def _news_as_template(facts: Mapping[str, Any]) -> str:
    told = {**facts, "why": _label(Reason, facts["reason"])}
    return gettext("Told with an approved template of %(via)s, because %(why)s: %(title)s") % told


def _news_label(code: str) -> str:
    kind = news.known().get(code)
    return str(kind.label) if kind else code


def _chosen(facts: Mapping[str, Any]) -> str:
    told = {**facts, "news": _news_label(facts["news"])}
    return gettext("%(actor)s uses the template %(template)s for: %(news)s") % told


def _dropped(facts: Mapping[str, Any]) -> str:
    told = {**facts, "news": _news_label(facts["news"])}
    return gettext("%(actor)s uses the template %(template)s no longer for: %(news)s") % told


def _does_not_fit(facts: Mapping[str, Any]) -> str:
    """What cannot stand in a gap, with an example of it, and what can."""
    takes = _label(FieldKind, facts["kind"])
    label = news.labels().get(facts["value"])
    if label is None:
        return gettext("“%(text)s” cannot stand in %(gap)s. %(takes)s") % {**facts, "takes": takes}
    told = {**facts, "label": label, "takes": takes}
    return gettext("The %(label)s, such as “%(text)s”, cannot stand in %(gap)s. %(takes)s") % told


def _unusable(facts: Mapping[str, Any]) -> str:
    why = _label(TemplateObstacle, facts["obstacle"])
    return gettext("The template %(template)s cannot be used: %(why)s") % {**facts, "why": why}


def _wrong_values(facts: Mapping[str, Any]) -> str:
    """Which value does not stand in the news, or that some are missing."""
    if not facts["wrong"]:
        return ngettext(
            "The template needs %(needed)s value.", "The template needs %(needed)s values.", facts["needed"]
        ) % {"needed": facts["needed"]}
    names = pgettext("between items of a list", ", ").join(
        str(news.labels().get(name, name)) for name in facts["wrong"]
    )
    told = {"names": names, "news": _news_label(facts["news"])}
    return gettext("This news has nothing like it (%(news)s): %(names)s") % told


def _taken(facts: Mapping[str, Any]) -> str:
    told = {**facts, "news": _news_label(facts["news"])}
    return gettext("%(name)s has a template of this language for this news already: %(news)s") % told


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
    "connection.template_chosen": _chosen,
    "connection.template_dropped": _dropped,
    "connection.templates_pulled": gettext_lazy("%(actor)s had the templates fetched: %(count)s"),
    "connection.tested": _tested,
    "delivery.as_template": gettext_lazy("%(actor)s had the customer written to with an approved template"),
    "delivery.failed": _failed,
    "delivery.fell_back": _fell_back,
    "delivery.retried": gettext_lazy("%(actor)s had the reply sent once more"),
    "inbound.dismissed": gettext_lazy("%(actor)s put an incoming call aside"),
    "news.as_template": _news_as_template,
    "news.fell_back": _news_fell_back,
    "inbound.retried": gettext_lazy("%(actor)s had an incoming call read again"),
}

REFUSALS: Mapping[str, Any] = {
    "call.logged": gettext_lazy("%(name)s has written down this call already."),
    "call.whose": gettext_lazy(
        "For a new ticket we must know who called: give a phone number, or choose a ticket."
    ),
    "connection.no_answer": gettext_lazy("%(name)s does not work: %(told)s"),
    "connection.slug_taken": gettext_lazy("There is a connection “%(slug)s” already."),
    "delivery.no_template": gettext_lazy(
        "No approved template stands for an answer on %(number)s, or the answer is on its way already."
    ),
    "template.does_not_fit": _does_not_fit,
    "template.not_filled": gettext_lazy("Say what stands in %(gap)s."),
    "template.no_account": gettext_lazy("%(name)s does not know the id of our business account yet."),
    "template.taken": _taken,
    "template.unknown_news": gettext_lazy("There is no news called “%(news)s”."),
    "template.unusable": _unusable,
    "template.wrong_values": _wrong_values,
    "delivery.no_way": gettext_lazy(
        "There is still no way to reach the customer of %(number)s: the platform does not let us answer now, "
        "and no e-mail address is known."
    ),
}
