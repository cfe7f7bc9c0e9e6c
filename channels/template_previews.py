"""What a message template looks like with examples of what is put into its gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.actions import templates
from channels.adapters import adapter_of
from channels.connection_states import FieldKind
from channels.models import MessageTemplate
from core import words
from core.errors import Refused


@dataclass(frozen=True)
class Line:
    """One gap: what the template says before it, what is put there as it is sent, and what is wrong with it.

    `takes` is a sentence about what may stand there, "" where anything may. `whole` is the text uncut.
    """

    gap: str
    caption: str
    kind: str
    is_fixed: bool
    longest: int | None
    text: str = ""
    whole: str = ""
    problem: str = ""

    @property
    def takes(self) -> str:
        return "" if self.kind == FieldKind.ANY else str(FieldKind(self.kind).label)

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def is_cut(self) -> bool:
        return bool(self.text) and self.longest is not None and len(self.whole) > self.longest


def gaps(template: MessageTemplate) -> list[Line]:
    """The gaps of a template with nothing in them."""
    return [_line(template, gap) for gap in template.parameters]


def lines(template: MessageTemplate, values: Sequence[str]) -> list[Line]:
    """The gaps with an example of what is put into each; there may be fewer values than gaps."""
    given = [*values, *[""] * len(template.parameters)]
    return [_line(template, gap, value) for gap, value in zip(template.parameters, given, strict=False)]


def _line(template: MessageTemplate, gap: str, value: str = "") -> Line:
    field = adapter_of(template.connection).field(gap)
    whole = templates.example(value, template.speaks) if value else ""
    problem = ""
    try:
        templates.check_gap(template, gap, value)
    except Refused as refused:
        problem = words.refusal(refused)
    text = field.fit(whole) if whole else ""
    caption = _caption(template.body, gap)
    return Line(gap, caption, field.kind, field.is_fixed, field.longest, text, whole, problem)


def _caption(body: str, gap: str) -> str:
    """What stands before a gap that has a line of its own; "" in running text."""
    found = re.search(rf"^\s*([^{{}}\n]+?)\s*[:：]\s*{{{{\s*{re.escape(gap)}\s*}}}}\s*$", body, re.MULTILINE)
    return found[1] if found else ""
