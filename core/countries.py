"""Countries by ISO 3166 code, named in the reader's language."""

from functools import cache

from babel import Locale

from core.dates import locale


@cache
def _named(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    countries = {
        code: name for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES
    }
    return dict(sorted(countries.items(), key=lambda entry: entry[1]))


NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


EUROPEAN_UNION = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
"""Its 27 members."""


def name(code: str) -> str:
    """The country's name, the code itself if there is none; "" for ""."""
    return _named(locale()).get(code, code)


def choices() -> list[tuple[str, str]]:
    """Every country, by name."""
    return list(_named(locale()).items())
