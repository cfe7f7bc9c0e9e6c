"""Compiled translations: made from the .po files when these are newer, because .mo files are not kept.

`python -m aftersales.catalogues` compiles all of them.
"""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from aftersales.environment import BASE_DIR

LOCALE = BASE_DIR / "locale"


def compile_stale(folder: Path = LOCALE) -> list[Path]:
    """Compile every catalogue under `locale/` that changed; returns the files written."""
    return [_compile(po) for po in sorted(folder.glob("*/*/LC_MESSAGES/*.po")) if _stale(po)]


def _stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> Path:
    with po.open("rb") as source:
        catalogue = read_po(source)
    fresh = po.with_suffix(f".{os.getpid()}")  # tests and server may compile at the same time
    with fresh.open("wb") as target:
        write_mo(target, catalogue)
    return fresh.replace(po.with_suffix(".mo"))


if __name__ == "__main__":
    compile_stale()
