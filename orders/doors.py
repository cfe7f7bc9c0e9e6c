"""Doors at which tracking services knock. Whoever knows the secret may tell news, and nothing else."""

from hashlib import sha256

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.actions.inbound import land
from orders.tracking.known import SERVICES
from orders.tracking.news import Unreadable


class TrackingPush(APIView):
    """News from a tracking service: kuaidi100, aftership or 17track."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()  # a service may push thousands at once; what is not signed costs one hash

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "Kept; or known already, then nothing changed."),
            403: OpenApiResponse(description="The signature is wrong; nothing changed."),
            404: OpenApiResponse(description="This service is unknown or not set up."),
        },
    )
    def post(self, request: Request, service: str) -> Response:
        """Signed as the service signs its calls; the same call again changes nothing."""
        secret = settings.TRACKING_SECRETS.get(service, "")
        if service not in SERVICES or not secret:
            raise Http404
        body = request.body  # as it came: that is what is signed
        if not SERVICES[service].is_signed(body, request.headers, secret):
            raise PermissionDenied(_("The signature is wrong."))
        land(service, _name_of(service, body), body)
        return Response(SERVICES[service].answer)


def _name_of(service: str, body: bytes) -> str:
    """The service's own name of a call; its digest where it has none or cannot be read."""
    try:
        return SERVICES[service].read(body).event_id
    except Unreadable:
        return sha256(body).hexdigest()
