"""What a mail server says about a mail of ours that it could not deliver (RFC 3464, and free text)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message

from channels.email.charsets import header_text, text_of
from channels.email.parsing import Mail

MOST = 200_000
"""Characters of a report in which we look for our own mail."""

_ID = re.compile(r"<[^<>\s]{5,300}@[^<>\s]{1,253}>")
_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient)|does not exist"
    r"|mailbox (?:not found|unavailable)|invalid recipient|recipient (?:address )?rejected|address rejected",
    re.IGNORECASE,
)
_SPARED = ("5.2.2", "5.2.3", "5.3.4", "5.7.")
"""Full mailboxes, mails too large or disliked: the address itself is good."""


@dataclass(frozen=True)
class Bounce:
    """`recipients` are whom it could not be delivered to, `ids` the Message-IDs it may be about.

    `is_final`: the server gave up; `is_hard`: there is no such mailbox, so every mail would come back.
    """

    recipients: Sequence[str]
    ids: Sequence[str]
    is_final: bool
    is_hard: bool
    said: str


def read(mail: Mail) -> Bounce:
    """What a report says; what it leaves open counts as a mail that came back once."""
    fields = list(_fields(mail.root))
    action = _first(fields, "action").lower()
    diagnostic = _first(fields, "diagnostic-code") or _line_with_code(mail.text)
    status = _first(fields, "status") or _code_in(diagnostic)
    known = (
        _address(one.get(name, "")) for one in fields for name in ("original-recipient", "final-recipient")
    )
    return Bounce(
        recipients=list(dict.fromkeys(address for address in known if address)),
        ids=_ids(mail),
        is_final=action in ("", "failed"),
        is_hard=action in ("", "failed") and _is_hard(status, diagnostic),
        said=header_text(diagnostic or status)[:500],
    )


def _is_hard(status: str, diagnostic: str) -> bool:
    code = _code_in(status)
    if code.startswith("4") or code.startswith(_SPARED):
        return bool(_NO_SUCH.search(diagnostic)) and not code.startswith("4")
    return code.startswith("5") or bool(_NO_SUCH.search(diagnostic))


def _fields(root: Message) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status: one of the whole mail, one for each recipient."""
    for part in _parts(root, 0):
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else ():
            if isinstance(group, Message):
                yield {name.lower(): header_text(str(value))[:1000] for name, value in group.raw_items()}


def _parts(part: Message, depth: int) -> Iterator[Message]:
    yield part
    inner = part.get_payload()
    for one in inner if isinstance(inner, list) and depth < 10 else ():
        if isinstance(one, Message):
            yield from _parts(one, depth + 1)


def _first(fields: Sequence[dict[str, str]], name: str) -> str:
    return next((one[name].strip() for one in fields if one.get(name)), "")


def _address(value: str) -> str:
    """ "rfc822; <carol@example.com>" -> "carol@example.com"."""
    return value.rpartition(";")[2].strip().strip("<>").lower()


def _ids(mail: Mail) -> list[str]:
    """The Message-IDs in a report: those of its head, those of the mail it returns, those in its words."""
    found = dict.fromkeys(mail.references)
    room = MOST
    for part in _parts(mail.root, 0):
        found |= dict.fromkeys(header_text(str(part.get("message-id", ""))).split())
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and room > 0:
            text = text_of(content[:room])
            room -= len(text)
            found |= dict.fromkeys(_ID.findall(text))
    return [one for one in found if _ID.fullmatch(one)]


def _code_in(text: str) -> str:
    found = _CODE.search(text)
    return found[0] if found else ""


def _line_with_code(text: str) -> str:
    """The line of a report in words that says why."""
    lines = [line.strip() for line in text[:MOST].split("\n")]
    return next((line for line in lines if _CODE.search(line) or re.search(r"\b5\d\d[ -]", line)), "")
