"""Reading the product's own source."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from aftersales.environment import BASE_DIR
from aftersales.settings import APPS

PACKAGES = ["aftersales", *APPS]


@cache
def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, new ones included, ignored ones not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=BASE_DIR, check=True, capture_output=True, text=True).stdout
    return sorted({BASE_DIR / line for line in listed.splitlines() if (BASE_DIR / line).is_file()})


def product_files() -> list[Path]:
    """Python files of the product without migrations and tests."""
    folders = {BASE_DIR / package for package in PACKAGES}
    return [
        file
        for file in tracked("*.py")
        if folders & set(file.parents) and "migrations" not in file.relative_to(BASE_DIR).parts
    ]


@cache
def tree(file: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(file.read_text(), str(file))


def where(file: Path, node: ast.AST | None = None) -> str:
    """`app/room.py:12`, for messages."""
    name = str(file.relative_to(BASE_DIR))
    return f"{name}:{node.lineno}" if isinstance(node, (ast.expr, ast.stmt)) else name


def imported(file: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every module a file imports, with the statement that does."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def calls(file: Path, *names: str) -> Iterator[ast.Call]:
    """Calls of a function by its last name: `Refused(...)`, `events.record(...)`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node
