"""Secrets at rest."""

from typing import Any

import pytest

from core.crypto import CannotUnseal, seal, unseal


def test_what_was_sealed_comes_out_again() -> None:
    assert unseal(seal("pass-wört 密码", purpose="a"), purpose="a") == "pass-wört 密码"


def test_the_same_text_never_looks_the_same() -> None:
    first, second = seal("secret", purpose="a"), seal("secret", purpose="a")
    assert first != second
    assert "secret" not in first


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(CannotUnseal):
        unseal(seal("secret", purpose="a"), purpose="b")


def test_a_changed_text_does_not_open() -> None:
    sealed = seal("secret", purpose="a")
    with pytest.raises(CannotUnseal):
        unseal(("B" if sealed[20] != "B" else "C").join((sealed[:20], sealed[21:])), purpose="a")


def test_an_older_key_still_opens_it(settings: Any) -> None:
    sealed = seal("secret", purpose="a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-one", [settings.SECRET_KEY]
    assert unseal(sealed, purpose="a") == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CannotUnseal):
        unseal(sealed, purpose="a")
