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
    "mail.discarded": gettext_lazy("This mail was discarded."),
    "mail.taken": gettext_lazy("This mail is on %(number)s already."),
    "mailbox.not_fetched": gettext_lazy(
        "The mail of %(mailbox)s is brought to us; there is nothing to call at."
    ),
    "mailbox.unreachable": gettext_lazy("The mail server does not let us in: %(why)s"),
    "mailbox.no_provider": gettext_lazy("%(mailbox)s signs in with a password; no provider is asked."),
    "mailbox.not_granted": gettext_lazy("The provider did not let us in: %(why)s"),
    "mailbox.not_lasting": gettext_lazy(
        "The provider let us in for an hour only. Allow the application offline access and sign in again."
    ),
    "mailbox.not_sending": gettext_lazy("No mail goes out this way: %(why)s"),
    "mail.raw_gone": gettext_lazy("The original of this mail was deleted; what it said stays."),
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
    "mail.raw_deleted": gettext_lazy("%(actor)s had the originals of the mails of %(name)s deleted"),
    "mail.keeping_set": gettext_lazy("%(actor)s keeps original mails for %(days)s days"),
    "mailbox.granted": gettext_lazy("%(actor)s signed in at the provider of %(mailbox)s"),
    "mailbox.grant_lost": gettext_lazy(
        "The provider of %(mailbox)s does not let us in any more; somebody has to sign in again: %(why)s"
    ),
    "mailbox.tested": gettext_lazy("%(actor)s sent a test mail from %(mailbox)s to %(to)s"),
    "mailbox.changed": gettext_lazy("%(actor)s changed the mailbox %(mailbox)s"),
    "mailbox.made": gettext_lazy("%(actor)s set up the mailbox %(mailbox)s"),
    "suppression.entered": gettext_lazy("Nothing is sent to %(address)s any more"),
    "suppression.lifted": gettext_lazy("%(actor)s lets mail to %(address)s be sent again"),
}
