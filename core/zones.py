"""Time zones by name: which there are, and which one a country keeps."""

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

# Countries of several zones in which nearly everybody lives by one of them.
MOSTLY = {
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
}


@cache
def names() -> tuple[str, ...]:
    """Zones to choose from: "UTC" first, then Area/City in order of the alphabet."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(AREAS)))


def is_known(name: str) -> bool:
    """Whether a zone of this name may be kept on a row."""
    return name in names()


@cache
def of_country(country: str) -> str:
    """The zone a country (ISO 3166, two letters) lives by; "" where that is open, as in the US."""
    if country in MOSTLY:
        return MOSTLY[country]
    zones = [zone for zone, territory in get_global("zone_territories").items() if territory == country]
    return zones[0] if len(zones) == 1 and is_known(zones[0]) else ""
