"""Messages in WeChat's safe mode: AES-256-CBC, half of the key as the vector, PKCS #7 in blocks of 32."""

import base64
import binascii
import hmac
import os
import struct
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
RANDOM = 16


class CannotOpen(Exception):
    """It was not sealed with this key, or for another account."""


def signature(*parts: str) -> str:
    """SHA-1 of the parts in order of the alphabet, as WeChat signs its calls."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether a signature is that of the parts, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def is_key(text: str) -> bool:
    """Whether a text can be an EncodingAESKey: 43 letters that are 32 bytes."""
    try:
        return len(text) == 43 and len(base64.b64decode(text + "=", validate=True)) == 32
    except binascii.Error:
        return False


def seal(text: str, *, key: str, account: str) -> str:
    """A message as WeChat sends it."""
    body = text.encode()
    plain = os.urandom(RANDOM) + struct.pack(">I", len(body)) + body + account.encode()
    padding = BLOCK - len(plain) % BLOCK
    secret = _key(key)
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def opened(sealed: str, *, key: str, account: str) -> str:
    """The message again. Raises `CannotOpen`."""
    secret = _key(key)
    try:
        raw = base64.b64decode(sealed, validate=True)
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        padding = plain[-1]
        body = plain[RANDOM : len(plain) - padding]
        (size,) = struct.unpack(">I", body[:4])
        text, told = body[4 : 4 + size], body[4 + size :]
        if not 1 <= padding <= BLOCK or told.decode() != account:
            raise CannotOpen("for another account")
        return text.decode()
    except (ValueError, IndexError, struct.error) as error:
        raise CannotOpen(str(error)) from error


def _key(key: str) -> bytes:
    return base64.b64decode(key + "=")
