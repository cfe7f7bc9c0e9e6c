"""How calls and what could not be read look."""

from django import template

from channels import previews

register = template.Library()


@register.simple_tag
def call_length(seconds: int) -> str:
    """Minutes and seconds: "4:05"; a dash for none."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if seconds else "–"


@register.filter
def problem_words(error: str) -> str:
    """What is wrong with the fields of a call, in words: "sender: missing" is what a row remembers."""
    return " ".join(_words(part) for part in error.split(", ")) if ": " in error else error


def _words(part: str) -> str:
    name, _colon, code = part.partition(": ")
    if name not in previews.LABELS or code not in previews.Problem.values:
        return part
    return f"{previews.LABELS[name]} – {previews.Problem(code).label}"
