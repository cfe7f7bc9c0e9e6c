"""Telling every page who visits the portal."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from customers import doors
from customers.access import Portal, PortalRequest


class PortalIdentity:
    """Sets `request.portal`; the customer is looked up only once somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visitor = SimpleLazyObject(lambda: doors.portal_of(request))
        cast(PortalRequest, request).portal = cast(Portal, visitor)
        return self.get_response(request)
