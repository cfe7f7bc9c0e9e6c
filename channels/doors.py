"""The doors at which connected systems knock. Without a good signature nothing changes."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels import failures
from channels.actions import landing
from channels.adapters import adapter_of
from channels.models import Connection
from channels.reading import Call, NotGenuine, Unreadable
from core import clock, signatures

HEADERS = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text)
    for name, text in (
        (signatures.TIMESTAMP, "Unix seconds; at most five minutes from ours."),
        (signatures.SIGNATURE, "HMAC-SHA256 in hexadecimal of timestamp, a full stop, and the body."),
    )
]


class ChannelInbound(APIView):
    """What customers wrote elsewhere, told by a connected system, by WeChat or by WhatsApp."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()  # a platform may push thousands at once; what is not signed costs one hash

    @extend_schema(
        responses={(200, "text/plain"): OpenApiTypes.STR, 403: OpenApiResponse(description="Not genuine.")}
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The greeting by which WeChat and WhatsApp make sure that this door is ours."""
        connection = _connection(slug)
        try:
            return HttpResponse(landing.greet(connection, _call(request)), content_type="text/plain")
        except NotGenuine:
            return _turned_away(connection)

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        parameters=HEADERS,
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "Kept; or known already, then nothing changed."),
            400: OpenApiResponse(description="Signed, but not what this system sends."),
            403: OpenApiResponse(description="The signature is wrong or too old; nothing changed."),
            413: OpenApiResponse(description="Too long; send files by their address."),
        },
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """A signed call. It is kept at once and worked on afterwards; the same one again changes nothing."""
        connection = _connection(slug)
        try:
            landing.land(connection, _call(request))
        except NotGenuine:
            return _turned_away(connection)
        except Unreadable:
            return _refused("channel.unreadable", _("This cannot be read."), 400)
        except RequestDataTooBig:
            return _refused("channel.too_long", _("This is too long."), 413)
        adapter = adapter_of(connection)
        return HttpResponse(adapter.answer, content_type=adapter.answer_type)


def _connection(slug: str) -> Connection:
    return get_object_or_404(Connection, slug=slug)


def _call(request: Request) -> Call:
    """The request as it came: that is what is signed."""
    method = str(request.method)
    body = request.body if method == "POST" else b""
    return Call(method, request.headers, request.GET.dict(), body)


def _turned_away(connection: Connection) -> Response:
    failures.note(connection, clock.now())
    return _refused("channel.not_genuine", _("The signature is not genuine, or too old."), 403)


def _refused(code: str, message: str, status: int) -> Response:
    return Response({"code": code, "message": message, "facts": {}}, status=status)
