"""How calls look."""

from django import template

register = template.Library()


@register.simple_tag
def call_length(seconds: int) -> str:
    """Minutes and seconds: "4:05"; a dash for none."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if seconds else "–"
