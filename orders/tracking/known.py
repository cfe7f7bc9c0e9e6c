"""The services we understand, by the name that stands in the address of their door."""

from collections.abc import Mapping

from orders.tracking.aftership import AfterShip
from orders.tracking.kuaidi100 import Kuaidi100
from orders.tracking.news import Service
from orders.tracking.seventeen import SeventeenTrack

SERVICES: Mapping[str, Service] = {
    "kuaidi100": Kuaidi100(),
    "aftership": AfterShip(),
    "17track": SeventeenTrack(),
}
