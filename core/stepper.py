"""The steps of a case as people see them: done, now, next, and by when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    """`at` is when it happened, `due_at` when it is promised, `actor` who must act ("You", "The shop")."""

    label: str | Promise
    state: StepState | str
    at: datetime | None = None
    due_at: datetime | None = None
    actor: str | Promise = ""
