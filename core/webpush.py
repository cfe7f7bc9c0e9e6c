"""Web push, the protocol: what is sent is sealed for one browser (RFC 8291) and signed by us (RFC 8292)."""

import base64
import json
import os
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT = 65
"""Bytes of a public key: uncompressed, as browsers give and want it."""

AUTH = 16
RECORD = 4096
LONGEST = RECORD - 103
"""Bytes of a message: every push service takes 4096 in all, of which the head and the seal need 103."""

SIGNED_FOR = timedelta(hours=12)


class Keys(NamedTuple):
    """What a browser gave to seal messages with: its public key and a shared secret."""

    public: bytes
    auth: bytes


def keys(public: str, auth: str) -> Keys:
    """The keys as browsers write them (base64url). Raises `ValueError` for what are none."""
    given = Keys(unpacked(public), unpacked(auth))
    if len(given.auth) != AUTH:
        raise ValueError("the secret has 16 bytes")
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, given.public)
    return given


def sealed(message: bytes, browser: Keys) -> bytes:
    """A message that only the browser can read, as the body of a request (aes128gcm in one record)."""
    return seal_with(message, browser, ec.generate_private_key(CURVE), os.urandom(16))


def seal_with(message: bytes, browser: Keys, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The same with a key and a salt that are given; each may be used once only."""
    if len(message) > LONGEST:
        raise ValueError("the message is too long")
    point = public_point(ours)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.public)
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, browser.auth, b"WebPush: info\0" + browser.public + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([POINT]) + point
    return head + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def authorization(endpoint: str, ours: ec.EllipticCurvePrivateKey, *, contact: str, at: datetime) -> str:
    """The Authorization header: tells a push service whose message it is and whom to write to about it."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    told = ".".join(packed(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(ours.sign(told.encode(), ec.ECDSA(hashes.SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={told}.{signature}, k={packed(public_point(ours))}"


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key of one's own."""
    return ec.generate_private_key(CURVE)


def key_text(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as text, to be kept sealed."""
    return packed(key.private_numbers().private_value.to_bytes(32, "big"))


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key that `key_text` wrote."""
    return ec.derive_private_key(int.from_bytes(unpacked(text), "big"), CURVE)


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as browsers want it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def packed(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The bytes of base64url, padded or not. Raises `ValueError`."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
