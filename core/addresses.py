"""Postal addresses in the order each country writes them."""

from dataclasses import dataclass

from core import countries

LARGE_FIRST = frozenset({"CN", "TW", "JP", "KR"})
"""Countries that go from the large to the small and end with the person."""

CITY_FIRST = frozenset({"US", "CA", "AU"})
"""Countries that write city, region and postcode in one line."""

POSTCODE_LAST = frozenset({"GB", "IE", "IN", "SG", "HK"})
"""Countries that write the postcode below or behind the city."""


@dataclass(frozen=True)
class PostalAddress:
    """The parts of an address; every one may be empty. `lines` is street and house, `country` ISO 3166."""

    recipient: str = ""
    lines: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def written(self) -> list[str]:
        """The lines as they stand on a parcel, the country by its name in the reader's language."""
        country, street = countries.name(self.country), self.lines.strip().splitlines()
        if self.country in LARGE_FIRST:
            region = "" if self.city.startswith(self.region) else self.region  # 上海 and 上海市 are one
            place = region + self.city
            found = [f"{country} {self.postcode}".strip(), place, *street, self.recipient]
        else:
            found = [self.recipient, *street, *self._place(), country]
        return [line.strip() for line in found if line.strip()]

    def _place(self) -> list[str]:
        if self.country in CITY_FIRST:
            return [", ".join(filter(None, [self.city, f"{self.region} {self.postcode}".strip()]))]
        if self.country in POSTCODE_LAST:
            return [", ".join(filter(None, [self.city, self.region])), self.postcode]
        return [f"{self.postcode} {self.city}", self.region]
