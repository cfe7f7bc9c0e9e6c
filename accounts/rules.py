"""Staff arithmetic: what an API token looks like and how it is kept."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

TOKEN_MARK = "as_"
PREFIX_LENGTH = 12
USE_NOTED_EVERY = timedelta(minutes=1)


def new_token() -> str:
    """A fresh token: a mark that scanners for leaked secrets can look for, and 256 random bits."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def token_prefix(token: str) -> str:
    """The beginning by which people tell tokens apart."""
    return token[:PREFIX_LENGTH]


def token_digest(token: str) -> str:
    """What is kept of a token. 256 random bits need no salt and no slow hash."""
    return sha256(token.encode()).hexdigest()


def is_use_worth_noting(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether `last_used_at` is stale: it tells the minute, so that a busy token writes once a minute."""
    return last_used_at is None or now - last_used_at >= USE_NOTED_EVERY
