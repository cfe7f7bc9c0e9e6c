"""Reading and writing in a language one does not speak: through the service that is connected, if any."""

from django.db import transaction

from core import clock, events, translators
from core.actors import Actor
from core.errors import Refused
from tickets.models import Message, MessageTranslation


def translate_message(message: Message, *, into: str, by: Actor) -> MessageTranslation:
    """What a message says in `into`; asked for once, whoever wants to read it.

    Refuses with translation.not_connected, translation.too_long or translation.failed.
    """
    known = MessageTranslation.objects.filter(message=message, language=into).first()
    return known or _kept(message, into, translate_text(message.body, source="", into=into), by)


def translate_text(text: str, *, source: str, into: str) -> str:
    """A text in another language; `source` "" lets the service find out. Nothing is kept.

    Refuses as `translate_message` does.
    """
    if not translators.is_connected():
        raise Refused("translation.not_connected")
    if len(text) > translators.LONGEST_TEXT:
        raise Refused("translation.too_long", most=translators.LONGEST_TEXT)
    try:
        return translators.translate(text, source=source, target=into)
    except translators.NoTranslation as error:
        raise Refused("translation.failed") from error


@transaction.atomic
def _kept(message: Message, into: str, body: str, by: Actor) -> MessageTranslation:
    row, is_new = MessageTranslation.objects.get_or_create(
        message=message, language=into, defaults={"body": body, "created_at": clock.now()}
    )
    if is_new:
        events.record("message.translated", message, by=by, language=into)
    return row
