"""Messages that only one browser can read, and that tell a push service who sends them."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import webpush
from tests import pushed

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)

# RFC 8291, appendix A
MESSAGE = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard() -> None:
    browser = webpush.keys(BROWSER_PUBLIC, AUTH)
    body = webpush.seal_with(MESSAGE, browser, webpush.read_key(SENDER), webpush.unpacked(SALT))
    assert webpush.packed(body) == BODY


@given(st.binary(max_size=webpush.LONGEST))
def test_the_browser_reads_what_was_sent(message: bytes) -> None:
    browser = pushed.Browser()
    body = webpush.sealed(message, browser.keys)
    assert browser.read(body) == message
    assert len(body) <= 4096


def test_the_same_message_never_looks_the_same_twice() -> None:
    browser = pushed.Browser()
    assert webpush.sealed(b"hello", browser.keys) != webpush.sealed(b"hello", browser.keys)


def test_too_long_a_message_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="too long"):
        webpush.sealed(b"x" * (webpush.LONGEST + 1), pushed.Browser().keys)


@pytest.mark.parametrize(
    ("public", "auth"),
    [
        ("", AUTH),
        (BROWSER_PUBLIC, ""),
        (BROWSER_PUBLIC, AUTH[:-4]),
        (BROWSER_PUBLIC[:-4], AUTH),
        ("B" + "A" * 86, AUTH),
        ("!" * 87, AUTH),
        ("键" * 40, AUTH),
    ],
)
def test_what_are_no_keys(public: str, auth: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each library has words of its own
        webpush.keys(public, auth)


def test_a_key_is_read_as_it_was_written() -> None:
    key = webpush.new_key()
    assert webpush.public_point(webpush.read_key(webpush.key_text(key))) == webpush.public_point(key)


def test_the_push_service_can_check_who_sends() -> None:
    key = webpush.new_key()
    header = webpush.authorization(
        "https://push.example:8443/v1/abc", key, contact="mailto:desk@example.com", at=NOON
    )
    claims = pushed.checked(header)
    assert claims == {
        "aud": "https://push.example:8443",
        "exp": int(NOON.timestamp()) + 12 * 3600,
        "sub": "mailto:desk@example.com",
    }


def test_a_changed_claim_is_found_out() -> None:
    key = webpush.new_key()
    header = webpush.authorization("https://push.example/1", key, contact="mailto:a@b.c", at=NOON)
    head, claims, _signature = header.removeprefix("vapid t=").partition(",")[0].split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = webpush.packed(json.dumps(told | {"aud": "https://other.example"}).encode())
    with pytest.raises(pushed.NotSigned):
        pushed.checked(header.replace(f"{head}.{claims}", f"{head}.{forged}"))
