"""What the customers app says: refusals and events."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from customers.states import NewsWay, Topic


def _why(texts: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], str]:
    """The sentence that belongs to the reason of a refusal."""

    def say(facts: Mapping[str, Any]) -> str:
        return str(texts[facts["why"]]) % facts

    return say


REFUSALS = {
    "customer.cannot_merge": _why(
        {
            "itself": gettext_lazy("%(number)s cannot be merged into itself."),
            "elsewhere": gettext_lazy("%(number)s is merged already and goes on in %(into)s."),
        }
    ),
    "customer.cannot_unmerge": gettext_lazy(
        "%(into)s was merged into another customer. Tell those two apart first."
    ),
    "customer.cannot_tell_apart": gettext_lazy("%(number)s and %(other)s cannot be told apart."),
    "customer.contact_taken": gettext_lazy("“%(value)s” already belongs to customer %(number)s."),
    "customer.email_invalid": gettext_lazy("“%(email)s” is not an e-mail address."),
    "customer.last_contact": gettext_lazy(
        "“%(value)s” is the last way to reach this customer and has to stay."
    ),
    "customer.no_contact": gettext_lazy("Please give an e-mail address or a phone number."),
    "customer.phone_invalid": gettext_lazy(
        "“%(phone)s” is not a phone number. Write it with the country code, like +49 30 123456."
    ),
    "customer.unknown_time_zone": gettext_lazy("We know no time zone called “%(time_zone)s”."),
    "guest.no_match": gettext_lazy(
        "We found no order for this number together with this e-mail address or phone number. "
        "Please check both; the confirmation mail of your order shows them."
    ),
    "sign_in.code_closed": gettext_lazy("This code is no longer valid. Please ask for a new one."),
    "sign_in.wrong_code": gettext_lazy("This is not the code from the latest mail. Please check the digits."),
}


def _edited(facts: Mapping[str, Any]) -> str:
    """Which things were changed, in words."""
    names = {
        "name": _("name"),
        "language": _("language"),
        "country": _("country"),
        "time_zone": _("time zone"),
        "tier": _("tier"),
    }
    changed = pgettext("between items of a list", ", ").join(
        names.get(field, field) for field in facts["fields"]
    )
    return _("%(actor)s changed: %(fields)s") % {"actor": facts["actor"], "fields": changed}


def _with_note(text: Any) -> Callable[[Mapping[str, Any]], str]:
    """A sentence with the note that was left, if there is one."""

    def say(facts: Mapping[str, Any]) -> str:
        told = str(text) % facts
        return (
            _("%(told)s: “%(note)s”") % {"told": told, "note": facts["note"]} if facts.get("note") else told
        )

    return say


def _news_chosen(facts: Mapping[str, Any]) -> str:
    """How news is told now, and which is not wanted."""
    told = _("%(actor)s chose how news is told: %(way)s") % {
        "actor": facts["actor"],
        "way": NewsWay(facts["way"]).label,
    }
    unwanted = pgettext("between items of a list", ", ").join(
        str(Topic(topic).label) for topic in facts["off"] if topic in Topic.values
    )
    return (
        _("%(told)s. Not wanted: %(unwanted)s") % {"told": told, "unwanted": unwanted} if unwanted else told
    )


EVENTS = {
    "customer.contact_added": gettext_lazy("%(actor)s added the contact %(value)s"),
    "customer.contact_preferred": gettext_lazy("%(actor)s made %(value)s the preferred contact"),
    "customer.contact_removed": gettext_lazy("%(actor)s removed the contact %(value)s"),
    "customer.created": gettext_lazy("%(actor)s added customer %(number)s"),
    "customer.edited": _edited,
    "customer.merged": _with_note(gettext_lazy("%(actor)s merged this customer into %(into)s")),
    "customer.news_chosen": _news_chosen,
    "customer.took_in": _with_note(gettext_lazy("%(actor)s merged customer %(number)s into this one")),
    "customer.unmerged": gettext_lazy("%(actor)s told this customer and %(into)s apart again"),
    "customer.gave_back": gettext_lazy("%(actor)s told this customer and %(number)s apart again"),
    "customer.told_apart": gettext_lazy("%(actor)s found that %(number)s is another person"),
    "customer.suspected_again": gettext_lazy("%(actor)s took back that %(number)s is another person"),
    "customer.signed_in": gettext_lazy("%(actor)s signed in to the portal"),
    "guest.admitted": gettext_lazy("Somebody opened order %(number)s with its number and a contact"),
    "sign_in.code_sent": gettext_lazy("%(actor)s sent a sign-in code"),
}
