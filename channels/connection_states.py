"""What a connection can be, and the states of what comes in and goes out through one."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConnectionKind(models.TextChoices):
    GENERIC = "generic", _("Any system, by signed calls")
    WECHAT = "wechat", _("WeChat official account")
    WHATSAPP = "whatsapp", "WhatsApp"


PLATFORMS: Mapping[str, str | Promise] = {
    ConnectionKind.WECHAT: _("WeChat"),
    ConnectionKind.WHATSAPP: "WhatsApp",
}
"""What people call the other side, where it has a name of its own."""


class InboundState(models.TextChoices):
    """What became of a call of another system."""

    WAITING = "waiting", pgettext_lazy("incoming call", "Waiting")
    DONE = "done", pgettext_lazy("incoming call", "Taken in")
    IGNORED = "ignored", pgettext_lazy("incoming call", "Nothing to do")
    FAILED = "failed", pgettext_lazy("incoming call", "Failed")
    DISMISSED = "dismissed", pgettext_lazy("incoming call", "Put aside")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
    READ = "read", pgettext_lazy("message", "Read by the customer")
    FAILED = "failed", _("Failed")


UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)
RANKS: Mapping[str, int] = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.SENT: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.READ: 4,
}
"""How far a message got. Receipts come in any order: one that says less than is known changes nothing."""


class Way(models.TextChoices):
    """How an answer leaves the house."""

    CONNECTION = "connection", _("The way the customer wrote")
    EMAIL = "email", _("E-mail")
    NONE = "none", pgettext_lazy("way out", "None")


class Reason(models.TextChoices):
    """Why an answer did not go the way it was meant to go."""

    NO_WAY = "no_way", _("no address of the customer is known")
    WINDOW_CLOSED = "window_closed", _("the time in which the platform lets us answer has passed")
    PAUSED = "paused", _("the connection is paused")
    NO_ADDRESS = "no_address", _("the connection has no address to send to")
    NOT_ALLOWED = "not_allowed", _("the platform does not accept our credentials")
    RECIPIENT = "recipient", _("the platform cannot reach this person")
    REFUSED = "refused", _("the platform refused the message")
    UNREACHABLE = "unreachable", _("the platform could not be reached")
    TOO_MANY = "too_many", _("the platform takes only so many messages in a row")
    NOT_FOR_NEWS = "not_for_news", _("the connection is not used for automatic news")
    TEMPLATE = "template", _("the message template does not fit, or is no longer there")
    QUOTA = "quota", _("the platform takes no more messages today")


CLOSED = (Reason.WINDOW_CLOSED, Reason.TOO_MANY)
"""Why words of our own do not get through, but an approved template does."""


class TemplateObstacle(models.TextChoices):
    """Why a template of a messenger cannot be used here."""

    NOT_APPROVED = "not_approved", _("It is not approved.")
    HEADER = "header", _("Its header needs a value or a file of its own.")
    BUTTONS = "buttons", _("One of its buttons needs a value of its own.")
    NO_BODY = "no_body", _("It has no text.")
    GONE = "gone", _("It is no longer there.")


class FieldKind(models.TextChoices):
    """What may stand in a gap of a template; the label says it in a sentence."""

    ANY = "any", _("Any text.")
    THING = "thing", _("At most 20 characters; what is longer is cut.")
    SHORT_THING = "short_thing", _("At most 5 characters; what is longer is cut.")
    CHARACTER_STRING = (
        "character_string",
        _("At most 32 letters, digits and symbols, nothing in Chinese; what is longer is cut."),
    )
    LETTER = "letter", _("Letters only, at most 32.")
    NUMBER = "number", _("A number of at most 32 digits.")
    SYMBOL = "symbol", _("Symbols only, at most 5.")
    TIME = "time", _("A date or a time.")
    AMOUNT = "amount", _("An amount of money: one symbol and at most 12 digits.")
    PHONE_NUMBER = "phone_number", _("A phone number of at most 17 digits and symbols.")
    CAR_NUMBER = "car_number", _("A number plate of at most 8 characters.")
    PERSON = "name", _("At most 10 Chinese characters or 20 letters, no digits; what is longer is cut.")
    PHRASE = "phrase", _("At most 5 Chinese characters and nothing else.")
    CONST = "const", _("Only a fixed text that WeChat has approved for this field, of at most 20 characters.")
    KEYWORD = "keyword", _("Any text; WeChat shows about 20 characters of it.")


class CallDirection(models.TextChoices):
    INBOUND = "inbound", pgettext_lazy("phone", "They called")
    OUTBOUND = "outbound", pgettext_lazy("phone", "We called")


class CallState(models.TextChoices):
    """Where a call stands that a telephone system tells us about."""

    RINGING = "ringing", pgettext_lazy("phone", "Ringing")
    TALKING = "talking", pgettext_lazy("phone", "Talking")
    ENDED = "ended", pgettext_lazy("phone", "Ended")


CALL_RANKS: Mapping[str, int] = {CallState.RINGING: 0, CallState.TALKING: 1, CallState.ENDED: 2}


class CallOutcome(models.TextChoices):
    TALKED = "talked", pgettext_lazy("phone", "We spoke")
    MISSED = "missed", pgettext_lazy("phone", "Not answered")
    BUSY = "busy", pgettext_lazy("phone", "Busy")
    VOICEMAIL = "voicemail", pgettext_lazy("phone", "Voice message left")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("phone", "Wrong number")


class Trouble(models.TextChoices):
    """What is wrong with a channel."""

    SILENT = "silent", pgettext_lazy("channel", "Unusually silent")
    FAILING = "failing", pgettext_lazy("channel", "Failing")
