"""Another language's words from a translation service, where one is connected; without one nothing leaves.

The service speaks the LibreTranslate protocol: POST <address>/translate with {"q", "source", "target",
"format", "api_key"} is answered with {"translatedText"}. Languages are "en" and "zh" there.
"""

import json
from collections.abc import Mapping
from http.client import HTTPException

from django.conf import settings

from core import calls

LONGEST_TEXT = 10_000
"""Characters of one text; longer ones are for a person to read in pieces."""

LONGEST_ANSWER = 256 * 1024
PATIENCE = 12.0
"""Seconds somebody waits for a translation."""

CODES: Mapping[str, str] = {"en": "en", "zh-hans": "zh"}
"""Our languages as the service calls them."""


class NoTranslation(Exception):
    """The service did not answer, or not with a translation."""


def is_connected() -> bool:
    """Whether texts can be translated here."""
    return bool(settings.TRANSLATION_URL)


def translate(text: str, *, source: str, target: str) -> str:
    """A text of one of our languages in another ("en", "zh-hans"). Raises `NoTranslation`."""
    asked = {"q": text, "source": CODES.get(source, "auto"), "target": CODES[target], "format": "text"}
    if settings.TRANSLATION_KEY:
        asked["api_key"] = settings.TRANSLATION_KEY
    try:
        told = json.loads(_ask(json.dumps(asked).encode()))["translatedText"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise NoTranslation(f"{type(error).__name__}: {error}"[:300]) from error
    if not isinstance(told, str) or not told.strip():
        raise NoTranslation("the answer is empty")
    return told


def _ask(body: bytes) -> bytes:
    """The answer to one question."""
    url = settings.TRANSLATION_URL.rstrip("/") + "/translate"
    headers = {"Content-Type": "application/json"}
    reply = calls.call(
        "POST", url, body=body, headers=headers, longest=LONGEST_ANSWER, timeout=PATIENCE, whole=PATIENCE
    )
    if reply.status != 200:
        raise ValueError(f"answered with {reply.status}")
    return reply.content
