"""The door at which gateways tell what became of refunds. Their signature says who they are."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import signatures
from returns import notices


class NoticeIn(serializers.Serializer[Any]):
    """What became of a refund; amounts in minor units. `id` names the event: the same one counts once."""

    id = serializers.CharField(max_length=100)
    key = serializers.CharField(max_length=64, help_text="The key the refund was asked for with.")
    state = serializers.ChoiceField(choices=["succeeded", "pending", "refused"])
    refund_id = serializers.CharField(max_length=100, required=False)
    amount = serializers.IntegerField(required=False)
    currency = serializers.CharField(max_length=3, required=False)
    message = serializers.CharField(max_length=500, required=False)
    rate = serializers.CharField(required=False)


class NoticeOut(serializers.Serializer[Any]):
    """`new` is false for an event that was told before."""

    id = serializers.CharField()
    new = serializers.BooleanField()


HEADERS = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True, description=text)
    for name, text in (
        (signatures.KEY_ID, "The key of the refund connection."),
        (signatures.TIMESTAMP, "Unix seconds; at most five minutes from ours."),
        (signatures.SIGNATURE, "HMAC-SHA256 in hexadecimal of timestamp, a full stop, and the body."),
    )
]


class GatewayNotices(APIView):
    """Notices of a shop's system about refunds, each signed with the secret of its refund connection."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()  # who cannot sign is turned away before anything is read from the database twice

    @extend_schema(
        request=NoticeIn,
        parameters=HEADERS,
        responses={200: NoticeOut, 401: OpenApiResponse(description="The signature is not genuine.")},
    )
    def post(self, request: Request) -> Response:
        """Take a notice: it is kept before anything follows from it."""
        body = request.body
        if len(body) > notices.LONGEST:
            return _refused("notice.too_long", _("The notice is too long."), 413)
        try:
            notice, is_new = notices.receive(request.headers, body)
        except notices.NotGenuine:
            return _refused("notice.not_genuine", _("The signature is not genuine, or too old."), 401)
        except notices.Unreadable:
            return _refused("notice.unreadable", _("This is not a notice about a refund."), 400)
        notices.take(notice)
        return Response({"id": notice.event_id, "new": is_new}, status=status.HTTP_200_OK)


def _refused(code: str, message: str, status_code: int) -> Response:
    return Response({"code": code, "message": message, "facts": {}}, status=status_code)
