"""Drawing texts with the pictures that stand in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString

from core import inline
from core.mime import Picture
from core.models import Attachment

register = template.Library()

LINK = 60
"""Characters of an address that are shown."""


@dataclass(frozen=True)
class Illustrated:
    """A text with its pictures, and the files beside it."""

    html: SafeString
    beside: Sequence[Attachment]


@register.simple_tag
def illustrated(text: str, files: Sequence[Attachment]) -> Illustrated:
    """The text of a message with its pictures in place; `beside` are the files that do not stand in it."""
    parts = inline.pieces(text, files)
    shown = {part.pk for part in parts if isinstance(part, Attachment)}
    return Illustrated(
        format_html_join("", "{}", ((_on_page(part),) for part in parts)),
        [file for file in files if file.pk not in shown],
    )


def _on_page(part: inline.Piece) -> SafeString:
    if isinstance(part, str):
        return _words(part)
    return format_html(
        '<a class="inline-picture" href="{}" target="_blank" rel="noopener">'
        '<img src="{}" alt="{}" loading="lazy"></a>',
        part.get_absolute_url(),
        part.thumbnail_url,
        part.name,
    )


def _words(text: str) -> SafeString:
    return SafeString(urlize(text, trim_url_limit=LINK, nofollow=True, autoescape=True))


@register.simple_tag
def illustrated_mail(text: str, pictures: Mapping[int, Picture]) -> SafeString:
    """A paragraph of a mail with its pictures, which are parts of the mail, in place."""
    files = [picture.file for picture in pictures.values()]
    parts = inline.pieces(text, files)
    return format_html_join("", "{}", ((_in_mail(part, pictures),) for part in parts))


def _in_mail(part: inline.Piece, pictures: Mapping[int, Picture]) -> SafeString:
    if isinstance(part, str):
        return linebreaksbr(_words(part))
    picture = pictures[part.pk]
    return format_html(
        '<img class="picture" src="cid:{}" alt="{}" width="{}">', picture.cid, part.name, picture.width
    )


@register.filter
def picture_mark(name: str) -> str:
    """What stands in a text where a picture is shown."""
    return inline.mark(name)
