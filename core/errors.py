"""A verb that cannot be done says so with a code and facts; words are made at the edge."""

from typing import Any


class Refused(Exception):
    """A rule of the house forbids this change; nothing was changed.

    `code` is "<noun>.<reason>", e.g. "ticket.cannot_close"; `facts` fill the placeholders
    of the sentence that `<app>/words.py` holds for the code.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code
