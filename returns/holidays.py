"""Public holidays of a country, for periods that may not end on one."""

from datetime import date
from functools import lru_cache

import holidays


def public_holidays(country: str, *years: int) -> frozenset[date]:
    """The nationwide holidays of a country (ISO 3166) in these years; none for one that is not known."""
    return frozenset().union(*(_of_year(country, year) for year in years))


@lru_cache(maxsize=512)
def _of_year(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:  # the library's word for a country it does not know
        return frozenset()
