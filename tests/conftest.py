"""What every test stands on: closed sockets, a fixed cast, real threads, a real worker, a real browser."""

import gc
import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from aftersales.catalogues import compile_stale

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

    from accounts.models import User
    from customers.models import Customer
    from tests.background import Background

hypothesis_settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


# Most of what a run holds stays to its end. Looked through less often it is a fifth of the time cheaper.
gc.set_threshold(50_000, 20, 10)


def pytest_collection_finish() -> None:
    """Modules and tests are never garbage; not even a full search has to look at them."""
    gc.collect()
    gc.freeze()


class OutsideWorld(AssertionError):
    """A test tried to reach another machine."""


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return str(address[0]) == "localhost"


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Any:
    """Sockets are closed except towards this machine."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(real: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if not _is_loopback(address):
                raise OutsideWorld(f"connection to {address}")
            return real(self, address)

        return call

    patch.setattr(socket.socket, "connect", guarded(connect))
    patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def house() -> Iterator[None]:
    """Settings for tests: cheap passwords, style sheets and scripts straight from their folders."""
    from django.conf import settings

    static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=settings.STORAGES | static,
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=True,
        UNDO_SEND_SECONDS=0,
    ):
        yield


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Files and mails of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; tests that commit leave it quickly as Django would."""
    from tests.emptying import quick_emptying

    with ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(quick_emptying())
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> Any:
    """Rate limits and cached answers of one test do not reach the next."""
    yield
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def senders_give_what_texts_name() -> Iterator[None]:
    """Whoever writes to customers gives every value and every part of the text, also those no wording has."""
    from core.texts import rendering

    fill = rendering.fill

    def filled(text: Any, wording: Any, context: Any) -> tuple[str, str]:
        odd = [value.name for value in text.values if not isinstance(value.value(context), str)]
        odd += [part.name for part in text.parts if not isinstance(part.present(context), bool)]
        assert not odd, f"{text.key} got something odd as {', '.join(odd)}"
        return fill(text, wording, context)

    patch = pytest.MonkeyPatch()
    patch.setattr(rendering, "fill", filled)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def translations() -> None:
    """Compiled catalogues, made when a .po file is newer."""
    compile_stale()


# --- the cast ----------------------------------------------------------------------------------------


def _staff(name: str, role: str) -> "User":
    from tests import build

    return build.user(name, role=role)


def _customer(name: str) -> "Customer":
    from tests import build

    return build.customer(name)


@pytest.fixture
def alice(db: None) -> "User":
    """An agent."""
    return _staff("Alice", "agent")


@pytest.fixture
def lea(db: None) -> "User":
    """A team lead."""
    return _staff("Lea", "lead")


@pytest.fixture
def mara(db: None) -> "User":
    """A manager."""
    return _staff("Mara", "manager")


@pytest.fixture
def wei(db: None) -> "User":
    """Somebody in the warehouse."""
    return _staff("Wei", "warehouse")


@pytest.fixture
def fin(db: None) -> "User":
    """Somebody in finance."""
    return _staff("Fin", "finance")


@pytest.fixture
def fola(db: None) -> "User":
    """A follow-up agent."""
    return _staff("Fola", "follow_up")


@pytest.fixture
def ada(db: None) -> "User":
    """An administrator."""
    return _staff("Ada", "administrator")


@pytest.fixture
def carol(db: None) -> "Customer":
    """A customer."""
    return _customer("Carol")


@pytest.fixture
def charlie(db: None) -> "Customer":
    """A customer who must see nothing of Carol's."""
    return _customer("Charlie")


# --- at the same time --------------------------------------------------------------------------------

Outcome = Any


@pytest.fixture
def together(transactional_db: None) -> Callable[..., list[Outcome]]:
    """Run calls at the same moment, each in a thread with a database connection of its own.

    Returns what each returned, or the exception it raised, in the order of the calls.
    """

    def run(*calls: Callable[[], Any]) -> list[Outcome]:
        outcomes: list[Outcome] = [None] * len(calls)
        barrier = threading.Barrier(len(calls))

        def one(number: int, call: Callable[[], Any]) -> None:
            try:
                connections["default"].ensure_connection()
                barrier.wait(timeout=30)
                outcomes[number] = call()
            except Exception as error:
                outcomes[number] = error
            finally:
                connections.close_all()
                cache._cache.get_client().connection_pool.disconnect()  # type: ignore[attr-defined]

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads), "the calls wait for each other"
        return outcomes

    return run


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Look again and again until something true is seen; for what a worker does in its own time."""

    def look(seen: Callable[[], Any], seconds: float = 60.0) -> Any:
        pause = threading.Event()
        patience = time.monotonic() + seconds
        while not (found := seen()):
            assert time.monotonic() < patience, f"not seen within {seconds:.0f} s"
            pause.wait(0.05)
        return found

    return look


@pytest.fixture
def background(
    transactional_db: None, settings: Any, request: pytest.FixtureRequest
) -> Iterator["Background"]:
    """A worker and a hurried beat on this test's database; `kill()` and `start()` them at will."""
    from tests.background import Background

    if "live_server" in request.fixturenames:
        settings.PUBLIC_URL = request.getfixturevalue("live_server").url
    background = Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)
    background.start()
    yield background
    background.stop()
    sys.stdout.writelines(background.lines)  # shown when the test fails


# --- the browser -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium, once for all walks."""
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    patch = pytest.MonkeyPatch()
    # The browser's driver keeps an event loop in this thread, which makes Django think it were asynchronous.
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()
    patch.undo()


@pytest.fixture
def address(live_server: Any) -> str:
    """Where the site is that `visit` opens; a folder of tests may have a server of its own."""
    return str(live_server.url)


@pytest.fixture
def visit(browser: "Browser", address: str, settings: Any) -> Iterator[Callable[..., "Page"]]:
    """`visit()` opens a page of somebody's own; options are those of a browser context.

    After the test no page may have broken the content security policy or raised a script error.
    """
    settings.PUBLIC_URL = address
    complaints: list[str] = []
    contexts = []

    def open_page(**options: Any) -> "Page":
        options = {"base_url": address, "locale": "en", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        # What a page says while it closes would reach the server after the test.
        context.add_init_script("navigator.sendBeacon = () => true")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        return page

    yield open_page
    found = [*complaints]
    for context in contexts:
        context.set_offline(True)
        context.close()
    assert not found


def _is_complaint(line: "ConsoleMessage") -> bool:
    """Errors, but not the browser's own lines about a meant 4xx, or a connection that a test took away."""
    meant = ("status of 4", "net::ERR_", "htmx:sendError", "htmx:afterRequest")
    return line.type == "error" and not any(words in line.text for words in meant)
