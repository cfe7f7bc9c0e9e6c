"""Sentences for what happened in a chat and for what cannot be done."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from channels.chat.states import ChatState, EndedBy
from core import bilingual

Facts = dict[str, Any]


def _ended(facts: Facts) -> str:
    match facts.get("why"):
        case EndedBy.SILENCE:
            return _("The chat ended: nobody said anything any more")
        case EndedBy.SOLVED:
            return _("The chat ended with its ticket")
        case EndedBy.MERGED:
            return _("The chat ended: its ticket goes on in another")
        case EndedBy.BLOCKED:
            return _("%(actor)s ended the chat and blocked the visitor") % facts
    return _("%(actor)s ended the chat") % facts


def _started(facts: Facts) -> str:
    if facts.get("state") == ChatState.AWAY:
        return _("%(actor)s wrote by chat while nobody took chats") % facts
    return _("%(actor)s began a chat") % facts


def _left(facts: Facts) -> str:
    if facts.get("unanswered"):
        return _("Nobody took the chat in time: it goes on by mail")
    return _("The customer left the chat: it goes on by mail")


def _transferred(facts: Facts) -> str:
    team = facts.get("team_zh") if bilingual.is_chinese(get_language()) else facts.get("team_en")
    return _("%(actor)s handed the chat over to %(name)s") % {**facts, "name": facts.get("name") or team}


REFUSALS: dict[str, Any] = {
    "chat.already_taken": gettext_lazy("%(name)s talks to this customer already."),
    "chat.blocked": gettext_lazy("Chat is not open to you now. Please use the contact form."),
    "chat.cannot": gettext_lazy("That cannot be done with this chat now."),
    "chat.cannot_work": gettext_lazy("%(name)s may not answer customers."),
    "chat.ended": gettext_lazy("This chat is over."),
    "chat.giving_out_of_range": gettext_lazy("That number is too small or too large."),
    "chat.score_out_of_range": gettext_lazy("Choose one of five stars."),
    "chat.too_long": gettext_lazy("A chat message has at most %(limit)s letters. Please split it."),
    "chat.too_many": gettext_lazy(
        "Your network has %(limit)s open chats already. Please end one first or use the contact form."
    ),
}

EVENTS: dict[str, Any] = {
    "chat.accepted": gettext_lazy("%(actor)s took the chat after %(waited)s s"),
    "chat.available": gettext_lazy("%(name)s takes up to %(capacity)s chats at once"),
    "chat.blocked": gettext_lazy("%(actor)s blocked the visitor"),
    "chat.continued_by_mail": gettext_lazy("%(actor)s goes on by mail to %(email)s"),
    "chat.declined": gettext_lazy("%(actor)s did not take the chat that rang"),
    "chat.ended": _ended,
    "chat.given": gettext_lazy("The chat was given to %(name)s after %(waited)s s"),
    "chat.giving_changed": gettext_lazy("%(actor)s changed how chats find somebody"),
    "chat.left": _left,
    "chat.missed": gettext_lazy("The chat rang for %(name)s in vain"),
    "chat.offered": gettext_lazy("The chat rings for %(name)s"),
    "chat.rated": gettext_lazy("%(actor)s rated the chat: %(score)s of 5. %(comment)s"),
    "chat.resumed": gettext_lazy("%(actor)s is back in the chat"),
    "chat.returned": gettext_lazy("%(name)s lost the connection: the chat waits for a colleague"),
    "chat.started": _started,
    "chat.transferred": _transferred,
    "chat.unavailable": gettext_lazy("%(name)s takes no more chats"),
}
