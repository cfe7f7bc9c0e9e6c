"""Sentences for refusals and events of channels."""

from collections.abc import Mapping
from typing import Any

from channels import connection_words

EVENTS: Mapping[str, Any] = {**connection_words.EVENTS}

REFUSALS: Mapping[str, Any] = {**connection_words.REFUSALS}
