"""What makes two addresses or two phone numbers the same, and when a sign-in code is good. No database."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from core import bilingual

# --- addresses and numbers ---------------------------------------------------------------------------


def normal_email(given: str) -> str:
    """An e-mail address as it is compared: half width, lower case; "" if it is none.

    Dots and "+tags" before the @ stay: whether they matter is the mail provider's own business.
    """
    email = unicodedata.normalize("NFKC", given).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= 254 else ""


def normal_phone(given: str, regions: Sequence[str]) -> str:
    """A phone number in E.164 ("+8613800138000"); "" if it is none.

    A number without country code is read as one of `regions` (ISO 3166), in order; the first in which
    it exists wins, else the first in which a number of its length could.
    """
    return next(iter(possible_phones(given, regions)), "")


def possible_phones(given: str, regions: Sequence[str]) -> list[str]:
    """Every E.164 number that may be meant, the likeliest first."""
    text = re.sub(r"^00", "+", unicodedata.normalize("NFKC", given).strip())
    read = [number for region in regions or [""] if (number := _parsed(text, region)) is not None]
    likely = sorted(read, key=phonenumbers.is_valid_number, reverse=True)
    return list(dict.fromkeys(_e164(number) for number in likely))


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def regions_of(*countries: str, default: Iterable[str]) -> list[str]:
    """Where to look for a number without country code: the countries known, then the usual ones."""
    return list(dict.fromkeys(region for region in (*(c.upper() for c in countries), *default) if region))


def number_key(given: str) -> str:
    """A number people type in many ways ("#so 1001", "SO-1001"), so that all of them count as one try."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", given)).casefold()


def search_text(
    *, name: str, number: str, emails: Iterable[str], phones: Iterable[str]
) -> tuple[str, str, str]:
    """The three texts a customer is found by, for `core.search.vector`: name; number and e-mail; phones.

    A phone is found by its beginning with and without country code, and by its last four digits.
    """
    return (
        name,
        " ".join([number, *emails]),
        " ".join(part for phone in phones for part in _phone_parts(phone)),
    )


def _phone_parts(phone: str) -> list[str]:
    parsed = phonenumbers.parse(phone)
    return [phone, str(phonenumbers.national_significant_number(parsed)), phone[-4:]]


def normal_language(given: str) -> str:
    """The language of ours that a tag means ("zh-CN" -> "zh-hans"); English for all we do not speak."""
    return bilingual.CHINESE if bilingual.is_chinese(given) else bilingual.ENGLISH


def normal_country(given: str) -> str:
    """A country as ISO 3166 writes it ("CN"); "" for anything else."""
    return given.upper() if re.fullmatch("[A-Za-z]{2}", given) else ""


# --- sign-in codes -----------------------------------------------------------------------------------

CODE_DIGITS = 6
CODE_TRIES = 5
CODE_GOOD_FOR = timedelta(minutes=10)


def may_be_tried(*, expires_at: datetime, used_at: datetime | None, failures: int, now: datetime) -> bool:
    """Whether a code is still open: unused, in time, not guessed at too often."""
    return used_at is None and now < expires_at and failures < CODE_TRIES


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_digest(email: str, code: str) -> str:
    """What is kept of a code: keyed, as six digits alone could be tried out."""
    return salted_hmac("customers.sign-in", f"{email}:{code}", algorithm="sha256").hexdigest()


def is_code(digest: str, email: str, given: str) -> bool:
    """Whether the digits typed are the code; spaces between them and full-width digits do not matter."""
    digits = "".join(re.findall(r"\d", unicodedata.normalize("NFKC", given)))
    return hmac.compare_digest(digest, code_digest(email, digits))
