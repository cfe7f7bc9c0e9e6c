"""What somebody wrote, told from what their mail program put beneath it. Pure: text in, text out.

A rule too many hides words of a customer, so nothing is thrown away: what is cut off is handed back, and a
cut that would leave nothing is not made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.email import client_names as names

LONGEST_LINE = 600
"""Longer lines are prose: no mail program writes such a line above a quotation."""

HEAD = 7
"""So many lines the head of a quoted mail has at most: from, sent, to, copy, subject."""

CARD = 80
"""Longer lines are no name and no address."""

SIGNED_WITHIN = 12
"""A signature begins in one of the last so many lines."""

MOST_LINES = 5000
"""In so many lines a quotation is looked for: nobody writes more above one."""

_QUOTE = re.compile(r"\s*>")
_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001))))


@dataclass(frozen=True)
class Trimmed:
    """`kept` is what was written, `quoted` what stood beneath it."""

    kept: str
    quoted: str = ""


def trim(text: str, *, is_forward: bool = False) -> Trimmed:
    """The answer and the quotation of a mail; in a mail that was passed on, what is quoted is the matter."""
    lines = text.replace("\xa0", " ").replace("\u200b", "").split("\n")
    end = len(lines) if is_forward else _beginning_of_quotation(lines)
    end = _without_quoted_end(lines, end)
    end = _without_signature(lines, end)
    kept = "\n".join(lines[:end]).strip()
    if not _says_something(kept):
        return Trimmed(text.strip())
    return Trimmed(kept, "\n".join(lines[end:]).strip())


def says_something(text: str) -> bool:
    """Whether anything was written beside a quotation and what programs sign with."""
    lines = text.replace("\xa0", " ").replace("\u200b", "").split("\n")
    end = _without_quoted_end(lines, _beginning_of_quotation(lines))
    return _says_something("\n".join(lines[: _without_signature(lines, end, alone=True)]))


def is_forward(subject: str) -> bool:
    """Whether a subject says that the mail passes another one on."""
    return bool(names.FORWARD.match(subject))


def _says_something(text: str) -> bool:
    return bool(re.search(r"[^\s|>*_=-]", text))


def _beginning_of_quotation(lines: Sequence[str]) -> int:
    """The number of the first line that a mail program wrote above a quotation."""
    for number, line in enumerate(lines[:MOST_LINES]):
        if len(line) > LONGEST_LINE or not line.strip():
            continue
        if names.MARK.search(line) or _is_rule(line) or _is_attribution(lines, number):
            return number
        if _is_head(lines, number):
            return _above(lines, number)
    return len(lines)


def _is_rule(line: str) -> bool:
    bare = line.replace("&nbsp;", " ").strip().lstrip("> ")
    return any(rule.fullmatch(bare) for rule in (*names.RULES, names.SAID_BETWEEN))


def _is_attribution(lines: Sequence[str], number: int) -> bool:
    """ "On Monday, Lea <lea@…> wrote:", which programs break into up to three lines."""
    said = _bare(lines[number])
    for place, more in enumerate(("", *lines[number + 1 : number + 3])):
        if place and not more.strip("> \t\r"):
            return False  # no program leaves an empty line within it
        said = f"{said} {_bare(more)}".strip()
        if len(said) > LONGEST_LINE:
            return False
        if any(one.fullmatch(said) for one in names.ATTRIBUTIONS):
            return True
        if not place and not names.ATTRIBUTION_BEGINS.search(said):
            return False
    return False


def _is_head(lines: Sequence[str], number: int) -> bool:
    """ "From: … Sent: …", a line for each."""
    if not names.FROM.match(_stripped(lines[number])):
        return False
    return any(names.SENT.match(_stripped(line)) for line in lines[number + 1 : number + HEAD])


def _above(lines: Sequence[str], number: int) -> int:
    """The line that programs draw above the head of a quoted mail, if there is one."""
    before = number - 1
    while before >= 0 and not lines[before].strip():
        before -= 1
    return before if before >= 0 and names.UNDERLINE.fullmatch(lines[before].strip()) else number


def _without_quoted_end(lines: Sequence[str], end: int) -> int:
    """Where the "> …" at the very end begin; those with an answer beneath them stay."""
    last = _last(lines, end)
    if last < 0 or not _QUOTE.match(lines[last]):
        return end
    while last >= 0 and (_QUOTE.match(lines[last]) or not lines[last].strip()):
        last -= 1
    return last + 1


def _without_signature(lines: Sequence[str], end: int, *, alone: bool = False) -> int:
    """Where "-- " or what a phone signs with begins, near the end; `alone`: also as the very first line."""
    end = _last(lines, end) + 1
    first = max(0, end - SIGNED_WITHIN)
    for number in range(first, end):
        if lines[number].rstrip("\r") == "-- " or (lines[number].strip() == "--" and (alone or number > 0)):
            return number
    while end > 0 and _is_signed(lines[end - 1]):
        end = _last(lines, end - 1) + 1
    return _without_card(lines, end)


def _without_card(lines: Sequence[str], end: int) -> int:
    """Where the writer's name and address begin that some programs put beneath every mail."""
    for number in range(max(0, end - SIGNED_WITHIN), end):
        if names.TABLE.fullmatch(lines[number].strip()):
            card = [_bare(line) for line in lines[number:end]]
            if any(names.ADDRESS_ALONE.fullmatch(one) for one in card) and max(map(len, card)) < CARD:
                return _last(lines, number) + 1
    is_quoted = end < len(lines)
    above = _last(lines, end - 1) + 1 if end else 0
    if is_quoted and above and names.ADDRESS_ALONE.fullmatch(lines[end - 1].strip()):
        return above
    return end


def _is_signed(line: str) -> bool:
    bare = _bare(line)
    if not bare:
        return True  # what is left of a table around a signature
    return len(bare) < 120 and any(one.fullmatch(bare) for one in names.SIGNATURES)


def _last(lines: Sequence[str], end: int) -> int:
    """The number of the last line before `end` that is not empty, -1 for none."""
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end - 1


def _bare(line: str) -> str:
    return line.lstrip(f"{_SPACE}>|*").rstrip(f"{_SPACE}|*")


def _stripped(line: str) -> str:
    return line.lstrip("> ")
