"""Public holidays of countries, from a library, in the form in which calendars store them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import holidays

from tickets.holiday_names import chinese_name

COUNTRIES = (
    *("CN", "HK", "TW", "SG", "JP", "KR", "US", "CA", "GB", "IE", "DE", "AT", "CH", "FR", "BE", "NL", "LU"),
    *("IT", "ES", "PT", "PL", "CZ", "SE", "DK", "NO", "FI", "AU", "NZ", "IN", "BR", "MX", "TH", "VN", "MY"),
    *("ID", "PH", "AE"),
)
"""Where sellers and their customers are; every one is known to the library."""

ENGLISH, CHINESE = "en_US", "zh_CN"


@dataclass(frozen=True)
class PublicHolidays:
    """`days` is {"2026-10-01": {"en": "National Day", "zh": "国庆节"}}; `make_up_days` are worked (调休)."""

    days: Mapping[str, Mapping[str, str]]
    make_up_days: Sequence[date]


def public_holidays(country: str, years: Iterable[int]) -> PublicHolidays:
    """The nationwide holidays of a country (ISO 3166 code); ValueError for one that is not known.

    Make-up days are known for a year once its official notice is; before that a year has its base days only.
    """
    if country not in COUNTRIES:
        raise ValueError(f"{country} is not a country whose holidays are known.")
    years = set(years)
    asked = sorted(years | {year + 1 for year in years})  # whose notice may have December worked
    english = _named(country, asked, ENGLISH)
    chinese = _named(country, asked, CHINESE)
    weekend_work: set[date] = getattr(english, "weekend_workdays", set())
    return PublicHolidays(
        days={
            day.isoformat(): {"en": english[day], "zh": _in_chinese(english[day], chinese, day)}
            for day in sorted(english)
            if day.year in years
        },
        make_up_days=sorted(day for day in weekend_work if day.year in years),
    )


def _in_chinese(english: str, told: holidays.HolidayBase, day: date) -> str:
    """As the library tells it in Chinese, else by its usual name, else as its own country calls it."""
    usual = None if told.language == CHINESE else chinese_name(english)
    return usual or told.get(day) or english


def _named(country: str, years: Sequence[int], language: str | None) -> holidays.HolidayBase:
    """In a language, or in the country's own where the library has no such translation."""
    known = holidays.country_holidays(country)
    if language not in (known.supported_languages or ()):
        language = known.default_language  # left out, it would be that of the machine
    return holidays.country_holidays(country, years=years, language=language)
