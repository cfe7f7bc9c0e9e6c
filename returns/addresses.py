"""Addresses of service centres as they are written on a parcel."""

import re

from core import countries
from returns.models import ServiceCentre

HAN = re.compile(r"[\u4e00-\u9fff]")


def address_lines(centre: ServiceCentre) -> list[str]:
    """An address in Chinese goes from the large to the small, any other from the small to the large."""
    street = [line.strip() for line in centre.lines.splitlines()]
    land = countries.name(centre.country)
    if HAN.search(centre.lines + centre.city):
        rows = [f"{land} {centre.postcode}", f"{centre.region}{centre.city}", *street, centre.recipient]
    else:
        town = " ".join(filter(None, (centre.postcode, centre.city)))
        rows = [centre.recipient, *street, ", ".join(filter(None, (town, centre.region))), land]
    return [row.strip() for row in (*rows, centre.phone) if row.strip()]
