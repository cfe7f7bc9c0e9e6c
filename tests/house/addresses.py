"""Every address of the product, as the resolver knows it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
ANCHORS = str.maketrans("", "", "^$")


@dataclass(frozen=True)
class Address:
    """`name` with its namespace, `route` as written in urls.py."""

    name: str
    route: str
    view: Any

    @property
    def surface(self) -> str:
        """The namespace; "" for what stands outside of any."""
        return self.name.rpartition(":")[0]

    def path(self, things: Mapping[str, str]) -> str:
        """The path with real things in it: what `things` has for the word before, or for both together."""
        if GROUP.search(self.route):
            return "/" + GROUP.sub(lambda group: things[group.group(1)], self.route).translate(ANCHORS)
        parts, before = [], ""
        for part in self.route.split("/"):
            found = PLACEHOLDER.fullmatch(part)
            name = found.group(1) if found else part
            parts.append((things.get(f"{before}/{name}") or things[before]) if found else part)
            before = name
        return "/" + "/".join(parts)


@cache
def addresses() -> tuple[Address, ...]:
    """All of them, in the order of the resolver."""
    return tuple(_found(get_resolver().url_patterns, "", ""))


def _found(patterns: Any, space: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _found(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name or ''}", here, pattern.callback)
