"""Texts to customers on pages."""

from django import template
from django.utils.translation import get_language

from core.texts import rendering
from core.texts.declaring import declared

register = template.Library()


@register.simple_tag
def customer_text(key: str, **context: object) -> str:
    """A text that is no mail, in the reader's language; `context` is what its values are got from."""
    return rendering.words(declared()[key], get_language() or "en", context)
