"""Secrets at rest: sealed with a key made from SECRET_KEY, for one purpose each."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

NONCE = 12


class CannotUnseal(Exception):
    """The text was changed, was sealed for another purpose, or under a key that is gone."""


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted and authenticated (AES-256-GCM); the same text never looks the same twice."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again. Keys in SECRET_KEY_FALLBACKS open what was sealed before. Raises `CannotUnseal`."""
    raw = base64.b64decode(sealed)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret)).decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()).decode()
        except InvalidTag:
            continue
    raise CannotUnseal(purpose)


def _key(secret: str | bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"aftersales.sealed").derive(force_bytes(secret))
