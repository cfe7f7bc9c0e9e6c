"""Who did it: a member of staff, a customer, or the system itself."""

from dataclasses import dataclass
from typing import Any, Protocol


class Actor(Protocol):
    """What every `by=` brings along. `User`, `Customer` and `SYSTEM` satisfy it."""

    @property
    def pk(self) -> Any: ...

    @property
    def actor_kind(self) -> str:
        """ "user", "customer" or "system"."""

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True)
class System:
    """The named system actor: sweeps, timers and reactions act in its name."""

    pk: None = None
    actor_kind: str = "system"
    display_name: str = ""


SYSTEM = System()
