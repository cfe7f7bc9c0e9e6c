"""Mails whose HTML shows pictures of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from email.mime.image import MIMEImage
from typing import Any

from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart

from core import images
from core.models import Attachment

WIDEST = 536
"""Pixels between the edges of our mails; some programs heed only the width an image says of itself."""


@dataclass(frozen=True)
class Picture:
    """A file that stands in a mail: the name it has there, and how wide it is shown."""

    file: Attachment
    cid: str
    content: bytes
    width: int


def pictures_of(files: Iterable[Attachment], *, host: str) -> dict[int, Picture]:
    """The pictures of a mail by the key of their file."""
    found = {}
    for file in files:
        with file.file.open("rb") as stored:
            content = stored.read()
        width = min(images.width_of(content) or WIDEST, WIDEST)
        found[file.pk] = Picture(file, f"{file.uuid}@{host}", content, width)
    return found


class IllustratedMail(EmailMultiAlternatives):
    """Plain text, or HTML related to its pictures (RFC 2387); what is attached lies beside both."""

    def __init__(self, *args: Any, pictures: Sequence[Picture] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures = pictures

    def _create_alternatives(self, msg: Message) -> Any:
        made: Any = super()._create_alternatives(msg)  # type: ignore[misc]
        if not self.pictures:
            return made
        alternatives = made.get_payload()
        related = SafeMIMEMultipart(_subtype="related", encoding=self.encoding or "utf-8")
        related.set_param("type", "text/html")
        related.attach(alternatives[-1])
        for picture in self.pictures:
            related.attach(_part(picture))
        alternatives[-1] = related
        return made


def _part(picture: Picture) -> MIMEImage:
    part = MIMEImage(picture.content, picture.file.content_type.partition("/")[2])
    part.add_header("Content-ID", f"<{picture.cid}>")
    part.add_header("Content-Disposition", "inline", filename=picture.file.name)
    return part
