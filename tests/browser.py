"""Chromium for walks through the pages, installed when it is missing and we may."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = ["chromium", "fonts-wqy-microhei"]
NAMES = ["chromium", "chromium-browser", "google-chrome"]


def chromium() -> str:
    """The path of a Chromium that can show Chinese; the test fails with what to do when there is none."""
    if not (_found() and _shows_chinese()):
        _install()
    found = _found()
    if not found:
        pytest.fail(f"No Chromium here. Install it: apt-get install {' '.join(PACKAGES)}")
    if not _shows_chinese():
        pytest.fail(f"No Chinese font here. Install one: apt-get install {PACKAGES[1]}")
    return found


def _found() -> str:
    wanted = os.environ.get("CHROMIUM", "")
    return wanted or next(filter(None, map(shutil.which, NAMES)), "")


def _shows_chinese() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*wqy*"))
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _install() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (root and not _may_sudo()):
        return
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run([*root, "apt-get", *arguments], capture_output=True, check=False)


def _may_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
