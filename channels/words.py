"""Sentences for every refusal and event of the channels, gathered from each."""

from collections.abc import Mapping
from typing import Any

from channels import connection_words, mail_words
from channels.chat import words as chat

EVENTS: Mapping[str, Any] = {**connection_words.EVENTS, **mail_words.EVENTS, **chat.EVENTS}

REFUSALS: Mapping[str, Any] = {**connection_words.REFUSALS, **mail_words.REFUSALS, **chat.REFUSALS}
