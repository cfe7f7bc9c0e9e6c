"""Sentences for every refusal and event of the channels, gathered from each."""

from typing import Any

from channels.chat import words as chat

REFUSALS: dict[str, Any] = {**chat.REFUSALS}

EVENTS: dict[str, Any] = {**chat.EVENTS}
