"""The runner keeps processes running and stops them."""

import signal
import subprocess
import sys

import psutil
import pytest

from aftersales.embedded import runner
from aftersales.embedded.runner import Program, tethered

PYTHON = [sys.executable, "-u", "-c"]
WAIT = "import time; print('up', flush=True); time.sleep(60)"


def alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def said(monkeypatch):
    lines = []
    monkeypatch.setattr(runner, "write", lines.append)
    return lines


@pytest.fixture
def program(said):
    started = []

    def start(code, **options):
        program = Program("part", [*PYTHON, code], **options)
        program.start()
        started.append(program)
        return program

    yield start
    runner.stop([started])


def up(said):
    return [line for line in said if line.endswith(" up")]


def test_lines_carry_the_name_of_who_says_them(program, said, eventually):
    program(WAIT)
    assert eventually(lambda: said) == ["[part]     up"]


def test_a_killed_process_is_started_again(program, said, eventually):
    running = program(WAIT)
    eventually(lambda: up(said))
    running.process.kill()
    eventually(lambda: len(up(said)) == 2)
    assert "[part]     ended (SIGKILL), starting it again in 1.0 s" in said


def test_children_of_a_killed_process_go_with_it(program, said, eventually):
    """A web server's children would keep its port."""
    running = program(
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {WAIT!r}], stdout=subprocess.DEVNULL)\n"
        "print(child.pid, 'up', flush=True)\n"
        "time.sleep(60)"
    )
    child = int(eventually(lambda: up(said))[0].split()[1])
    running.process.kill()
    eventually(lambda: len(up(said)) == 2)
    eventually(lambda: not alive(child))


def test_a_stopped_process_stays_stopped(program, said, eventually):
    running = program(WAIT)
    eventually(lambda: up(said))
    runner.stop([[running]])
    assert not running.alive()
    assert len(up(said)) == 1


def test_who_does_not_listen_is_ended_by_force(program, said, eventually):
    running = program(f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}", patience=0.2)
    eventually(lambda: up(said))
    runner.stop([[running]])
    assert not running.alive()


def test_a_tethered_process_dies_with_its_parent(eventually):
    code = (
        "import subprocess, time\n"
        f"child = subprocess.Popen({tethered([*PYTHON, WAIT], signal.SIGTERM)!r}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([*PYTHON, code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    eventually(lambda: not alive(child))
