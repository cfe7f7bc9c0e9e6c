"""Another language's words from a translation service, where one is connected; without one nothing leaves.

The service speaks the LibreTranslate protocol: POST <address>/translate with {"q", "source", "target",
"format", "api_key"} is answered with {"translatedText"}. Languages are "en" and "zh" there.
"""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

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
    """The answer to one question. Redirections are not followed: people's words go nowhere else."""
    parts = urlsplit(settings.TRANSLATION_URL)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    where = parts.path.rstrip("/") + "/translate"
    line = made(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        line.request("POST", where, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        content = answer.read(LONGEST_ANSWER + 1)
    finally:
        line.close()
    if answer.status != 200:
        raise ValueError(f"answered with {answer.status}")
    if len(content) > LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    return content
