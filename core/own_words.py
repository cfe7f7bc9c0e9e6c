"""Sentences of the foundation itself. (`words.py` of every other app holds its own; core's gathers them.)"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import durations
from core.texts.declaring import declared

MEGABYTE = 1024 * 1024


def _size(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"


def _too_large(facts: Mapping[str, Any]) -> str:
    return _("“%(name)s” is too large (%(size)s). Files of this kind may have up to %(limit)s.") % {
        "name": facts["name"],
        "size": _size(facts["size"]),
        "limit": _size(facts["limit"]),
    }


def _too_many_pixels(facts: Mapping[str, Any]) -> str:
    return _("“%(name)s” has too many pixels. Images may have up to %(limit)s megapixels.") % {
        "name": facts["name"],
        "limit": facts["limit"] // 1_000_000,
    }


def _too_many_files(facts: Mapping[str, Any]) -> str:
    pattern = ngettext(
        "At most %(limit)s file can be attached here.",
        "At most %(limit)s files can be attached here.",
        facts["limit"],
    )
    return pattern % facts


def _limit_reached(facts: Mapping[str, Any]) -> str:
    wait = durations.words(timedelta(seconds=facts["retry_after"]) + timedelta(seconds=59))
    return _("That was tried too often. Please try again in %(wait)s.") % {"wait": wait}


def _with_text(pattern: str | Promise) -> Callable[[Mapping[str, Any]], str]:
    """A sentence that names a text to customers in the reader's language."""

    def say(facts: Mapping[str, Any]) -> str:
        known = declared().get(facts["text"])
        return str(pattern) % {**facts, "text": str(known) if known else facts["text"]}

    return say


def _text_changed_meanwhile(facts: Mapping[str, Any]) -> str:
    return _("%(who)s has changed this text while you were writing. Nothing of yours is lost.") % facts


REFUSALS: Mapping[str, Promise | Callable[[Mapping[str, Any]], str]] = {
    "file.already_used": gettext_lazy("“%(name)s” has already been sent with something else."),
    "file.damaged": gettext_lazy(
        "“%(name)s” cannot be opened; it seems to be damaged. Please choose it again or take another one."
    ),
    "file.empty": gettext_lazy("“%(name)s” is empty. Please choose it again or take another one."),
    "file.gone": gettext_lazy(
        "“%(name)s” is no longer here because it was not sent in time. Please attach it again."
    ),
    "file.too_large": _too_large,
    "file.too_many": _too_many_files,
    "file.too_many_pixels": _too_many_pixels,
    "file.type_not_allowed": gettext_lazy(
        "“%(name)s” is of a kind we cannot take. Please send a photo (JPEG, PNG, WebP, GIF, HEIC), "
        "a video (MP4, MOV, WebM), a PDF or a plain text file."
    ),
    "limit.reached": _limit_reached,
    "text.changed_meanwhile": _text_changed_meanwhile,
    "text.no_version": gettext_lazy("This text has no version %(number)s."),
}

EVENTS: Mapping[str, Promise | Callable[[Mapping[str, Any]], str]] = {
    "text.changed": _with_text(gettext_lazy("%(actor)s changed the text “%(text)s”")),
    "text.reset": _with_text(gettext_lazy("%(actor)s set the text “%(text)s” back to its built-in wording")),
    "text.restored": _with_text(gettext_lazy("%(actor)s restored an earlier version of the text “%(text)s”")),
}
