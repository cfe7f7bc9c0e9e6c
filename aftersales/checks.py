"""Wrong combinations of settings, each with a sentence that says how to put it right."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from core import zones

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]", "testserver"}
SHORTEST_KEY = 32


@register()
def settings_fit_together(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Errors and warnings about the environment this process was started with."""
    subjects = (_servers, _secret_key, _debug, _public_url, _mail, _logs, _zone)
    return [message for subject in subjects for message in subject()]


def _servers() -> Iterator[CheckMessage]:
    if settings.EMBEDDED:
        return
    if not settings.DATABASE_URL_GIVEN or not settings.REDIS_URL_GIVEN:
        missing = "REDIS_URL" if settings.DATABASE_URL_GIVEN else "DATABASE_URL"
        hint = "Set both to use your own servers, or neither to use the embedded ones."
        yield Error(f"{missing} is missing.", hint=hint, id="aftersales.E001")
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        hint = "Use postgres://USER:PASSWORD@HOST:PORT/NAME."
        yield Error("DATABASE_URL does not name a Postgres database.", hint=hint, id="aftersales.E002")


def _secret_key() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY_GIVEN
    hint = "Set it to 50 random characters: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    if not settings.EMBEDDED and not key:
        yield Error("SECRET_KEY is missing.", hint=hint, id="aftersales.E003")
    elif key and (len(key) < SHORTEST_KEY or key.startswith("change-me")):
        yield Error("SECRET_KEY is too short or still the example.", hint=hint, id="aftersales.E004")


def _debug() -> Iterator[CheckMessage]:
    foreign = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if settings.DEBUG and foreign:
        hint = "Unset DEBUG, or reach the site as localhost: error pages show settings and data to anybody."
        yield Error(f"DEBUG is on for {', '.join(foreign)}.", hint=hint, id="aftersales.E005")


def _public_url() -> Iterator[CheckMessage]:
    url = urlsplit(settings.PUBLIC_URL)
    example = "For example https://service.example.com, without a path."
    if not settings.EMBEDDED and not settings.PUBLIC_URL_GIVEN:
        hint = f"Links in mails begin with it. {example}"
        yield Error("PUBLIC_URL is missing.", hint=hint, id="aftersales.E006")
    elif url.scheme not in {"http", "https"} or not url.hostname or url.path:
        yield Error(
            f"PUBLIC_URL is not the address of a site: {settings.PUBLIC_URL}",
            hint=example,
            id="aftersales.E007",
        )
    elif not _allowed(url.hostname):
        hint = f"Add {url.hostname} to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out."
        yield Error("ALLOWED_HOSTS refuses the host of PUBLIC_URL.", hint=hint, id="aftersales.E008")
    elif url.scheme == "http" and url.hostname not in LOOPBACK:
        hint = "Put a proxy with a certificate in front, and begin PUBLIC_URL with https://."
        yield checks.Warning(
            "PUBLIC_URL is not https: cookies travel in the clear.", hint=hint, id="aftersales.W001"
        )


def _allowed(host: str) -> bool:
    patterns = [pattern.strip("[]").lower() for pattern in settings.ALLOWED_HOSTS]
    return any(
        pattern in {"*", host} or (pattern.startswith(".") and f".{host}".endswith(pattern))
        for pattern in patterns
    )


def _mail() -> Iterator[CheckMessage]:
    if settings.EMAIL_URL and not settings.DEFAULT_FROM_EMAIL_GIVEN:
        hint = "Set DEFAULT_FROM_EMAIL to an address your mail server may send from."
        yield Error("EMAIL_URL is set without DEFAULT_FROM_EMAIL.", hint=hint, id="aftersales.E009")
    if settings.EMAIL_URL.startswith("smtp") and not urlsplit(settings.EMAIL_URL).hostname:
        hint = "Use smtp+tls://USER:PASSWORD@HOST:587."
        yield Error("EMAIL_URL has no host.", hint=hint, id="aftersales.E010")
    if not settings.EMBEDDED and not settings.EMAIL_URL:
        hint = f"Set EMAIL_URL. Until then each mail becomes a file in {settings.MAIL_DIR}."
        yield checks.Warning("No mail leaves the house.", hint=hint, id="aftersales.W002")


def _logs() -> Iterator[CheckMessage]:
    if settings.LOG_FORMAT not in {"text", "json"}:
        hint = "Use text for people or json for machines."
        yield Error(f"LOG_FORMAT is neither: {settings.LOG_FORMAT}", hint=hint, id="aftersales.E011")


def _zone() -> Iterator[CheckMessage]:
    if not zones.is_known(settings.SERVICE_ZONE):
        hint = "Use a name like Asia/Shanghai or Europe/Berlin, or UTC."
        yield Error(f"SERVICE_ZONE is no time zone: {settings.SERVICE_ZONE}", hint=hint, id="aftersales.E012")
