"""The browsers in which a member of staff is notified, for other systems that act in their name."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions, pushing, rules
from accounts.api import needs
from accounts.models import PushBrowser, User


class BrowserOut(serializers.ModelSerializer[PushBrowser]):
    """A browser; `failures` counts what did not arrive since something last did."""

    class Meta:
        model = PushBrowser
        fields = ("id", "name", "created_at", "last_sent_at", "failures", "last_error")


class KeysIn(serializers.Serializer[Any]):
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=32)


class BrowserIn(serializers.Serializer[Any]):
    """What `PushSubscription.toJSON()` gives in a browser, and a name to know it by."""

    endpoint = serializers.CharField(max_length=rules.LONGEST_ENDPOINT)
    keys = KeysIn()
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class BrowsersOut(serializers.Serializer[Any]):
    """Your browsers, and the key (base64url) that another one has to be subscribed with."""

    public_key = serializers.CharField()
    browsers = BrowserOut(many=True)


class BrowserList(generics.GenericAPIView[PushBrowser]):
    """The browsers in which you are notified."""

    permission_classes = (needs(),)
    serializer_class = BrowserOut
    pagination_class = None
    queryset = PushBrowser.objects.none()

    @extend_schema(responses=BrowsersOut)
    def get(self, request: Request) -> Response:
        """All of them."""
        mine = cast(User, request.user).push_browsers.all()
        return Response(BrowsersOut({"public_key": pushing.public_key(), "browsers": mine}).data)

    @extend_schema(request=BrowserIn, responses={201: BrowserOut})
    def post(self, request: Request) -> Response:
        """Be notified in another one, until it is removed. The same again is one browser."""
        given = BrowserIn(data=request.data)
        given.is_valid(raise_exception=True)
        said, member = given.validated_data, cast(User, request.user)
        row = actions.add_browser(
            member, endpoint=said["endpoint"], **said["keys"], name=said["name"] or "API", by=member
        )
        return Response(BrowserOut(row).data, status=201)


class BrowserDetail(generics.DestroyAPIView[PushBrowser]):
    """A browser in which you are notified."""

    permission_classes = (needs(),)
    serializer_class = BrowserOut
    queryset = PushBrowser.objects.none()

    def get_queryset(self) -> QuerySet[PushBrowser]:
        return cast(User, self.request.user).push_browsers.all()

    def perform_destroy(self, instance: PushBrowser) -> None:
        """Be notified there no more."""
        actions.remove_browser(instance, by=cast(User, self.request.user))
