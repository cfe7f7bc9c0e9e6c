"""Finding our fields in the JSON of another system, by paths such as `message.text` or `items.0.url`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PATH = re.compile(r"[\w\-@$]+(\.[\w\-@$]+)*", re.ASCII)
LONGEST_TEXT = 50_000

MESSAGE_FIELDS = (
    "each",
    "id",
    "sender",
    "text",
    "name",
    "subject",
    "email",
    "phone",
    "order_number",
    "language",
    "files",
    "file_url",
    "file_data",
    "file_name",
    "receipt_id",
    "receipt_state",
)
"""What a message, or the receipt of one, can tell. `each` is where a list of them stands; `files` a list."""

CALL_FIELDS = ("id", "state", "number", "direction", "agent", "started_at", "seconds")
"""What a telephone system can tell about a call."""

NEEDED: Mapping[str, frozenset[str]] = {
    "message": frozenset({"id", "sender"}),
    "call": frozenset({"id", "state", "number"}),
}

LENGTHS: Mapping[str, int] = {
    "id": 120,
    "sender": 120,
    "name": 200,
    "subject": 200,
    "email": 254,
    "phone": 40,
    "order_number": 64,
    "language": 20,
    "receipt_id": 200,
    "receipt_state": 40,
    "number": 40,
    "agent": 254,
}


def is_path(text: str) -> bool:
    """Whether a text can be a path."""
    return PATH.fullmatch(text) is not None


def at(data: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    here = data
    for step in path.split(".") if path else ():
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, Sequence) and not isinstance(here, (str, bytes)) and step.isdecimal():
            here = here[int(step)] if int(step) < len(here) else None
        else:
            return None
    return here


def said(value: Any) -> str:
    """A text, a number or a truth as text; "" for everything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value).replace("\x00", "").strip()
    return ""


@dataclass(frozen=True)
class Found:
    """The fields of one message or call as they were found; `problems` are codes by field."""

    fields: Mapping[str, str]
    files: Sequence[Mapping[str, str]] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def items(data: Any, mapping: Mapping[str, str]) -> list[Any]:
    """The messages of a call: the whole, or each of the list where the mapping says there is one."""
    if not mapping.get("each"):
        return [data]
    listed = at(data, mapping["each"])
    return listed if isinstance(listed, list) else []


def find(item: Any, mapping: Mapping[str, str], *, kind: str) -> Found:
    """What the mapping finds in one message ("message") or call ("call"), with a problem per field.

    Problems: "missing" (a needed field has no value), "not_text" (there is something, but no text),
    "too_long", "no_list" (files are not a list).
    """
    fields, problems = dict[str, str](), dict[str, str]()
    names = MESSAGE_FIELDS if kind == "message" else CALL_FIELDS
    for name in names:
        if name.startswith("file") or name == "each" or not mapping.get(name):
            continue
        value = at(item, mapping[name])
        fields[name] = said(value)
        if value is not None and not fields[name] and value != "":
            problems[name] = "not_text"
        elif len(fields[name]) > LENGTHS.get(name, LONGEST_TEXT):
            problems[name] = "too_long"
    is_receipt = bool(fields.get("receipt_id"))
    for name in () if is_receipt else NEEDED[kind]:
        if not fields.get(name):
            problems.setdefault(name, "missing")
    files = list(_files(item, mapping, problems)) if kind == "message" else []
    return Found(fields, files, problems)


def _files(item: Any, mapping: Mapping[str, str], problems: dict[str, str]) -> Iterator[Mapping[str, str]]:
    if not mapping.get("files"):
        return
    listed = at(item, mapping["files"])
    if listed is None:
        return
    if not isinstance(listed, list):
        problems["files"] = "no_list"
        return
    for one in listed:
        if isinstance(one, str):
            yield {"url": one}
        elif isinstance(one, Mapping):
            places = {name: mapping.get(f"file_{name}") or name for name in ("url", "data", "name")}
            yield {name: said(at(one, place)) for name, place in places.items()}


def split_text(text: str, *, longest: int, measure: str = "characters") -> list[str]:
    """A text in parts that a provider takes, cut at line ends and spaces where there are any.

    `measure` "bytes" counts UTF-8.
    """
    parts, rest = [], text.strip()
    while rest:
        head = _fitting(rest, longest, measure)
        if len(head) < len(rest):
            cut = max(head.rfind("\n"), head.rfind(" "))
            head = head[:cut] if cut > len(head) // 2 else head
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return parts


GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A place in a template of a messenger where a value stands: {{1}}, {{order_number}}."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """A template with its values; what has none stays as it is."""
    return GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)


GREETING = re.compile(r"[^\n]{1,80}[,，:：!！]")


def short_form(subject: str, text: str) -> str:
    """A mail's subject and text as a messenger shows them: one text, without the line that greets."""
    greeting, _gap, rest = text.strip().partition("\n\n")
    body = rest.strip() if rest and GREETING.fullmatch(greeting.strip()) else text.strip()
    return f"{subject}\n\n{body[:1].upper()}{body[1:]}"


def _fitting(text: str, longest: int, measure: str) -> str:
    if measure == "characters":
        return text[:longest]
    return text.encode()[:longest].decode(errors="ignore") if len(text.encode()) > longest else text


RECEIPT_STATES: Mapping[str, str] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "error": "failed",
    "undelivered": "failed",
}
"""The words that other systems use, and ours."""

CALL_STATES: Mapping[str, str] = {
    "ringing": "ringing",
    "started": "ringing",
    "answered": "talking",
    "talking": "talking",
    "in-progress": "talking",
    "ended": "ended",
    "completed": "ended",
    "hangup": "ended",
    "missed": "ended",
    "no-answer": "ended",
    "busy": "ended",
}

CALL_OUTCOMES: Mapping[str, str] = {"missed": "missed", "no-answer": "missed", "busy": "busy"}
