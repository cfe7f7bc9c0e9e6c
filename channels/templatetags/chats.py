"""How a chat stands, the same on every page."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels.chat.states import ChatState
from channels.models import ChatSession
from core.templatetags import ui

register = template.Library()

TONES: Mapping[str, str] = {
    ChatState.WAITING: "attention",
    ChatState.ACTIVE: "good",
    ChatState.AWAY: "info",
    ChatState.ENDED: "neutral",
}


@register.simple_tag
def chat_status(session: ChatSession) -> SafeString:
    """The state as word, shape and colour."""
    return ui.status(ChatState(session.state).label, TONES[session.state])


@register.simple_tag
def chat_here(session: ChatSession, now: datetime) -> SafeString:
    """Whether the customer is looking at the chat; nothing once it is over."""
    if not session.is_live:
        return SafeString("")
    is_here = session.is_here(now)
    word = _("is here") if is_here else _("has left")
    kind = "here" if is_here else "gone"
    return format_html('<span class="chat-here chat-here--{}">{}</span>', kind, word)


@register.simple_tag
def waited(session: ChatSession, now: datetime) -> SafeString:
    """How long a customer has waited: seconds first, then minutes; counted on by the page."""
    seconds = max(0, int((now - session.waiting_since).total_seconds()))
    shown = f"{seconds // 60}:{seconds % 60:02}"
    since = session.waiting_since.isoformat()
    return format_html('<time class="wait" datetime="{}" data-chat-waited>{}</time>', since, shown)
