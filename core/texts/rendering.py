"""From a wording and what is the case to the words that go out."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from core import clock, placeholders
from core.models import TextVersion
from core.texts import checking, versions
from core.texts.declaring import Context, Text, Wording

log = logging.getLogger(__name__)

_SPACED = re.compile(r"( ?)\{\{([^{}]*)\}\}")

Said = Callable[[str], str]
"""The value of a name, "" where there is none."""


def render(text: Text, language: str, context: Context) -> tuple[str, str]:
    """Subject and body in a language: in the administrators' words, or else in the built-in ones.

    A wording that cannot be used holds no mail up. It is noted on its version, and the built-in one is sent.
    """
    with translation.override(language):
        row = versions.latest(text)
        own = versions.own_wording(text, row, language) if row else None
        if row and own:
            try:
                with transaction.atomic():
                    checking.require(text, own)
                    return fill(text, own, context)
            except Exception as error:  # whatever it is, the customer's mail is worth more
                log.exception("the wording of %s, version %s, cannot be used", text.key, row.number)
                _note(row, error)
        return fill(text, text.built_in(language), context)


def _note(row: TextVersion, error: Exception) -> None:
    """The first failure is kept; many mails that fail alike wait for one row only once."""
    failed = {"failed_at": clock.now(), "failure": (str(error) or type(error).__name__)[:500]}
    TextVersion.objects.filter(pk=row.pk, failed_at=None).update(**failed)


def fill(text: Text, wording: Wording, context: Context) -> tuple[str, str]:
    """The words of a wording for what a sender knows."""
    names = text.names

    def said(name: str) -> str:
        return names[name].value(context)

    present = {part.name for part in text.parts if part.present(context)}
    return _filled(wording, said, {name: name in present for name in text.part_names})


def sample(text: Text, wording: Wording, language: str, shown: Mapping[str, bool]) -> tuple[str, str]:
    """The words with the examples of the declaration; `shown` says which parts come.

    A name that is not known, as one that is just being typed, stays as it stands.
    """
    names = text.names

    def said(name: str) -> str:
        return names[name].example.of(language) if name in names else placeholders.written(name)

    return _filled(wording, said, shown)


def _filled(wording: Wording, said: Said, shown: Mapping[str, bool]) -> tuple[str, str]:
    def whole(name: str) -> str:
        if name not in shown:
            return said(name)
        return laid_out(wording.parts.get(name, ""), said) if shown[name] else ""

    subject = " ".join(laid_out(wording.subject, whole).split())[:300]
    return subject, laid_out(wording.body, whole).strip() + "\n"


def laid_out(text: str, said: Said) -> str:
    """The text with its values, without the gaps that empty ones would leave.

    A line that says nothing any more is left out, and of the blank lines around it one; inside a line the
    space before an empty value goes too. Values are taken as they are.
    """
    lines: list[str] = []
    is_short = False
    for line in text.splitlines():
        filled = _line(line, said)
        if line.strip() and not filled.strip():
            is_short = True
        elif line.strip() or not is_short or (lines and lines[-1].strip()):
            lines.append(filled)
            is_short = is_short and not line.strip()
    return "\n".join(lines).strip("\n")


def _line(line: str, said: Said) -> str:
    def value(found: re.Match[str]) -> str:
        filled = said(found[2].strip())
        return found[1] + filled if filled else ""

    filled = _SPACED.sub(value, line).rstrip()
    return filled if line.startswith(" ") else filled.lstrip(" ")


def words(text: Text, language: str, context: Mapping[str, Any] | None = None) -> str:
    """A few words that stand in a window, in a language."""
    return render(text, language, context or {})[1].strip()
