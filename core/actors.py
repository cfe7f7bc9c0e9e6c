"""Who did it: a member of staff, a customer, or the system itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """The named system actor: sweeps, timers and reactions act in its name.

    `origin` is what made it act, where that must be known later: plain JSON facts that stand as "origin" in
    the data of every event it causes.
    """

    pk: None = None
    actor_kind: str = "system"
    display_name: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict, hash=False)


SYSTEM = System()
