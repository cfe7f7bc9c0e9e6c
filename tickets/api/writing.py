"""What the endpoints share that write what is promised."""

import json
from collections.abc import Callable
from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from tickets.models import ServiceCalendar


class ReadAtTheDesk(APIView):
    """Whoever reads tickets reads what is promised; only administrators write it."""

    def get_permissions(self) -> list[Any]:
        return [needs(Right.READ_TICKETS if self.request.method == "GET" else Right.CONFIGURE)()]


class SwitchIn(serializers.Serializer[Any]):
    """On or off."""

    on = serializers.BooleanField()


class ReadJSONField(serializers.JSONField):
    """JSON that is read as something; what it cannot be read as is said in a sentence."""

    def __init__(self, *, read: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if "\\u0000" in json.dumps(value):
            raise serializers.ValidationError(_("Null characters are not allowed."))
        try:
            self.read(value)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return value


def calendar_field() -> Any:
    """A calendar by its code."""
    return serializers.SlugRelatedField(
        slug_field="code", queryset=ServiceCalendar.objects.select_related("current")
    )


def valid(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """What was sent, checked; 400 when something is wrong."""
    serializer.is_valid(raise_exception=True)
    return cast("dict[str, Any]", serializer.validated_data)


def me(request: Request) -> User:
    return cast(User, request.user)


def switched_on(request: Request) -> bool:
    """What a request to switch says."""
    return bool(valid(SwitchIn(data=request.data))["on"])
