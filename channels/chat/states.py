"""Where a chat stands, and what may come after."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChatState(models.TextChoices):
    """Waiting for somebody, in conversation, going on by mail, over."""

    WAITING = "waiting", pgettext_lazy("chat", "Waiting")
    ACTIVE = "active", pgettext_lazy("chat", "In conversation")
    AWAY = "away", pgettext_lazy("chat", "Goes on by mail")
    ENDED = "ended", pgettext_lazy("chat", "Ended")


FOLLOWS: Mapping[str, frozenset[str]] = {
    ChatState.WAITING: frozenset({ChatState.ACTIVE, ChatState.AWAY, ChatState.ENDED}),
    ChatState.ACTIVE: frozenset({ChatState.WAITING, ChatState.AWAY, ChatState.ENDED}),
    ChatState.AWAY: frozenset({ChatState.WAITING, ChatState.ACTIVE, ChatState.ENDED}),
    # A customer who writes again is heard: an ended chat is taken up where it ended.
    ChatState.ENDED: frozenset({ChatState.WAITING, ChatState.ACTIVE, ChatState.AWAY}),
}

LIVE = (ChatState.WAITING, ChatState.ACTIVE)
"""Both sides look at the same window."""

OPEN = (*LIVE, ChatState.AWAY)


def may_follow(current: str, target: str) -> bool:
    """Whether a chat in `current` may become `target`."""
    return target in FOLLOWS[current]


class EndedBy(models.TextChoices):
    """Why a chat is over."""

    CUSTOMER = "customer", _("The customer ended it")
    STAFF = "staff", _("We ended it")
    SILENCE = "silence", _("Nobody said anything any more")
    BLOCKED = "blocked", _("We blocked the visitor")
    SOLVED = "solved", _("The ticket was solved")
    MERGED = "merged", _("It goes on in another ticket")


class Giving(models.TextChoices):
    """How a chat that waits finds somebody."""

    RING = "ring", _("Rings for one after the other until somebody takes it")
    DIRECT = "direct", _("Is given to somebody at once")
    BOARD = "board", _("Waits on the board for whoever takes it")
