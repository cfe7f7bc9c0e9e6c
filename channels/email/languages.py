"""Which of our languages a text is in, told by its letters. Pure."""

import re

from core import bilingual

LEAST = 0.2
"""Chinese with product names and addresses in it still has so many Chinese letters among all."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_NO_WORDS = re.compile(r"https?://[!-~]+|[!-~]{1,64}@[!-~]+")
"""Addresses; Chinese leaves no space around them."""


def language_of(text: str, default: str) -> str:
    """The language of a text; `default` where it has no letters to go by."""
    words = _NO_WORDS.sub(" ", text[:10_000])
    han, latin = len(_HAN.findall(words)), len(_LATIN.findall(words))
    if han + latin < 2:
        return default
    if len(_KANA_OR_HANGUL.findall(words)) > han // 4:
        return bilingual.ENGLISH
    return bilingual.CHINESE if han / (han + latin / 3) >= LEAST else bilingual.ENGLISH
