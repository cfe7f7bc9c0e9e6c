"""Sentences for refusals and events of channels."""

from collections.abc import Mapping
from typing import Any

from channels import mail_words

EVENTS: Mapping[str, Any] = {**mail_words.EVENTS}

REFUSALS: Mapping[str, Any] = {**mail_words.REFUSALS}
