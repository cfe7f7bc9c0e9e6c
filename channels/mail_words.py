"""Sentences for refusals and events of mail."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]

REFUSALS: dict[str, Words] = {
    "mail.no_ticket": gettext_lazy(
        "This mail has no sender for whom a ticket could be opened. Name the ticket it belongs to."
    ),
    "mail.taken": gettext_lazy("This mail is on %(number)s already."),
    "mailbox.not_fetched": gettext_lazy(
        "The mail of %(mailbox)s is brought to us; there is nothing to call at."
    ),
    "mailbox.unreachable": gettext_lazy("The mail server does not let us in: %(why)s"),
    "suppression.no_address": gettext_lazy("“%(address)s” is no e-mail address."),
}


def _left_out(facts: Facts) -> str:
    return _("Not taken over from the mail, as we do not take such files: %(names)s") % {
        "names": _(", ").join(facts["names"])
    }


EVENTS: dict[str, Words] = {
    "mail.came_back": gettext_lazy("The mail to %(to)s came back: %(why)s"),
    "mail.discarded": gettext_lazy("%(actor)s discarded the mail"),
    "mail.files_left_out": _left_out,
    "mail.sender_forged": gettext_lazy(
        "Careful: the mail may not be from %(sender)s, its proof of sender is wrong"
    ),
    "mail.taken_in": gettext_lazy("%(actor)s took the mail in on %(number)s"),
    "mailbox.changed": gettext_lazy("%(actor)s changed the mailbox %(mailbox)s"),
    "mailbox.made": gettext_lazy("%(actor)s set up the mailbox %(mailbox)s"),
    "suppression.entered": gettext_lazy("Nothing is sent to %(address)s any more"),
    "suppression.lifted": gettext_lazy("%(actor)s lets mail to %(address)s be sent again"),
}
