"""The operating-system account that owns the embedded servers."""

import os
import pwd
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """Who runs Postgres and Redis. `switched` is true when that is not the user who started us."""

    uid: int
    gid: int
    switched: bool

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or an empty folder."""
        if self.switched:
            os.chown(path, self.uid, self.gid)

    def for_subprocess(self) -> dict[str, Any]:
        """Arguments that make `subprocess` switch to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}

    def may_enter(self, folder: Path) -> bool:
        """True when every folder on the way may be passed by this account.

        Only the permission for others is asked: the account that is switched to owns nothing by itself.
        """
        if not self.switched:
            return True
        return all(_passable(parent) for parent in (folder, *folder.parents) if parent.exists())


def _passable(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


@cache
def server_account() -> Account:
    """The caller, or `nobody` when the caller is root, because Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, switched=True)
