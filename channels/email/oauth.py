"""Asking a provider for leave to use a mailbox (OAuth 2, RFC 6749 and 7636): addresses made, answers read.

The refresh token comes with the first answer and may come anew with every other; whoever holds it gets in,
so it is kept sealed and never shown.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from core import calls

LONGEST = 100_000
TIMEOUT = 15.0
SHORTEST_LIFE = 60


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked, for what, and where its mail servers are."""

    authorize: str
    token: str
    scope: str
    imap: str
    pop: str
    smtp: str
    extra: Mapping[str, str]


_OUTLOOK = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/POP.AccessAsUser.All"
_PARTNER = "https://partner.outlook.cn/IMAP.AccessAsUser.All https://partner.outlook.cn/POP.AccessAsUser.All"

KNOWN: Mapping[str, Endpoints] = {
    "microsoft": Endpoints(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        f"{_OUTLOOK} https://outlook.office.com/SMTP.Send offline_access",
        "outlook.office365.com",
        "outlook.office365.com",
        "smtp+tls://smtp.office365.com:587",
        {"prompt": "select_account"},
    ),
    "microsoft_cn": Endpoints(
        "https://login.partner.microsoftonline.cn/{tenant}/oauth2/v2.0/authorize",
        "https://login.partner.microsoftonline.cn/{tenant}/oauth2/v2.0/token",
        f"{_PARTNER} https://partner.outlook.cn/SMTP.Send offline_access",
        "partner.outlook.cn",
        "partner.outlook.cn",
        "smtp+tls://smtp.partner.outlook.cn:587",
        {"prompt": "select_account"},
    ),
    "google": Endpoints(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        "imap.gmail.com",
        "pop.gmail.com",
        "smtp+tls://smtp.gmail.com:587",
        {"access_type": "offline", "prompt": "consent"},
    ),
}


@dataclass(frozen=True)
class Tokens:
    """What a provider gave: a token for now, how long it holds, and perhaps a new one to ask with."""

    access: str
    seconds: int
    refresh: str = ""


class Denied(Exception):
    """The provider does not let us in any more; somebody has to sign in there again."""


class Unclear(Exception):
    """The provider could not be reached or said nothing of use; later it may."""


def endpoints(provider: str) -> Endpoints:
    """Those of a provider, unless the settings name others."""
    named = settings.MAIL_PROVIDERS.get(provider)
    return Endpoints(**named) if named else KNOWN[provider]


def new_verifier() -> str:
    """A secret of one sign-in, of which the provider first sees the digest (PKCE)."""
    return secrets.token_urlsafe(48)


def address(
    where: Endpoints, *, tenant: str, client_id: str, back: str, state: str, verifier: str, login: str
) -> str:
    """Where the owner of a mailbox signs in and says yes."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": where.scope,
        "state": state,
        "code_challenge": digest,
        "code_challenge_method": "S256",
        "login_hint": login,
        **where.extra,
    }
    return f"{where.authorize.format(tenant=tenant or 'common')}?{urlencode(asked)}"


def ask(where: Endpoints, *, tenant: str, **given: str) -> Tokens:
    """Tokens for a code or a refresh token. Raises `Denied` or `Unclear`."""
    body = urlencode({name: value for name, value in given.items() if value}).encode()
    try:
        reply = calls.call(
            "POST",
            where.token.format(tenant=tenant or "common"),
            body=body,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            longest=LONGEST,
            timeout=TIMEOUT,
        )
    except (OSError, HTTPException, ValueError) as error:
        raise Unclear(f"{type(error).__name__}: {error}"[:300]) from error
    said = _json(reply.content)
    if reply.status == 200 and isinstance(said.get("access_token"), str) and said["access_token"]:
        return Tokens(
            said["access_token"], _seconds(said.get("expires_in")), str(said.get("refresh_token") or "")
        )
    why = _why(said, reply.status)
    if said.get("error") in (
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "interaction_required",
    ):
        raise Denied(why)
    raise Unclear(why)


def _json(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(value: Any) -> int:
    try:
        return max(int(value), SHORTEST_LIFE)
    except (TypeError, ValueError, OverflowError):
        return SHORTEST_LIFE


def _why(said: Mapping[str, Any], status: int) -> str:
    text = str(said.get("error_description") or said.get("error") or f"HTTP {status}")
    return " ".join(text.split())[:300]
