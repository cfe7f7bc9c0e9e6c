"""What a sample of another system would become, with a sentence for every field that is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from channels import generic, rules
from channels.reading import Unreadable
from tickets.states import Channel

LABELS: Mapping[str, Any] = {
    "each": gettext_lazy("List of messages"),
    "id": gettext_lazy("Id of the message"),
    "sender": gettext_lazy("Id of the sender"),
    "text": pgettext_lazy("mapping", "Text"),
    "name": gettext_lazy("Name of the sender"),
    "subject": gettext_lazy("Subject"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "order_number": gettext_lazy("Order number"),
    "language": gettext_lazy("Language"),
    "files": gettext_lazy("List of files"),
    "file_url": gettext_lazy("Address of a file"),
    "file_data": gettext_lazy("Content of a file (base64)"),
    "file_name": gettext_lazy("Name of a file"),
    "receipt_id": gettext_lazy("Receipt: id of our message"),
    "receipt_state": gettext_lazy("Receipt: state"),
    "state": gettext_lazy("State of the call"),
    "number": gettext_lazy("Number of the other side"),
    "direction": gettext_lazy("Direction"),
    "agent": gettext_lazy("E-mail of the agent"),
    "started_at": gettext_lazy("Began at"),
    "seconds": gettext_lazy("Length in seconds"),
}


MOST_SHOWN = 50


class Problem(TextChoices):
    MISSING = "missing", gettext_lazy("There is nothing at this path, and it is needed.")
    NOT_TEXT = "not_text", gettext_lazy("There is no text at this path.")
    TOO_LONG = "too_long", gettext_lazy("The text is too long.")
    NO_LIST = "no_list", gettext_lazy("There is no list at this path.")
    UNKNOWN = "unknown", gettext_lazy("This word is not known.")


@dataclass(frozen=True)
class Line:
    """A field: where it was looked for, what was found, what is wrong."""

    name: str
    label: str
    path: str
    value: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """What would come of a sample. `problem` concerns the whole; each message has its lines."""

    problem: str = ""
    messages: Sequence[Sequence[Line]] = ()

    @property
    def is_good(self) -> bool:
        return not self.problem and not any(line.problem for lines in self.messages for line in lines)


def kind_of(channel: str) -> str:
    """Whether a connection of a channel brings messages or calls."""
    return "call" if channel == Channel.PHONE else "message"


def fields_of(channel: str) -> Sequence[str]:
    """The fields a mapping may name."""
    return rules.CALL_FIELDS if channel == Channel.PHONE else rules.MESSAGE_FIELDS


def preview(sample: str, mapping: Mapping[str, str], *, channel: str) -> Preview:
    """Read a sample as a call would be read; nothing is kept."""
    try:
        data = generic.loaded(sample)
    except Unreadable as error:
        return Preview(_("This cannot be read: %(why)s") % {"why": error})
    items = rules.items(data, mapping) if channel != Channel.PHONE else [data]
    if not items:
        return Preview(_("There is no list of messages at “%(path)s”.") % {"path": mapping.get("each", "")})
    return Preview(messages=[_lines(item, mapping, channel) for item in items[:MOST_SHOWN]])


def _lines(item: Any, mapping: Mapping[str, str], channel: str) -> list[Line]:
    kind = kind_of(channel)
    found = rules.find(item, mapping, kind=kind)
    problems = {name: str(Problem(code).label) for name, code in found.problems.items()}
    lines = [
        Line(name, str(LABELS[name]), mapping.get(name, ""), _value(name, found), problems.get(name, ""))
        for name in fields_of(channel)
        if (mapping.get(name) or name in problems) and name != "each" and not name.startswith("file_")
    ]
    return [_known_word(line, found) for line in lines]


def _value(name: str, found: rules.Found) -> str:
    if name == "files":
        return ", ".join(one.get("name") or one.get("url", "")[:80] or "base64" for one in found.files)
    return found.fields.get(name, "")


def _known_word(line: Line, found: rules.Found) -> Line:
    """A line that says when a state is none we know."""
    words = {"state": rules.CALL_STATES, "receipt_state": rules.RECEIPT_STATES}.get(line.name)
    if words is None or not line.value or line.problem or line.value.lower() in words:
        return line
    return Line(line.name, line.label, line.path, line.value, str(Problem.UNKNOWN.label))
