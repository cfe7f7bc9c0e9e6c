"""What a member of staff was told of, for other systems that act in their name."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import notifying
from accounts.api import needs
from accounts.models import Notification, NotificationQuerySet, User
from accounts.states import NoticeKind, NoticeWay


class NotificationOut(serializers.ModelSerializer[Notification]):
    """A notice; `about` is the thread it happened on, `read_at` null while nobody has looked."""

    class Meta:
        model = Notification
        fields = ("id", "kind", "who", "title", "excerpt", "about", "url", "at", "read_at")


class ReadIn(serializers.Serializer[Any]):
    """Which notices were looked at: one by `id`, those about a thread, or all."""

    id = serializers.IntegerField(required=False, allow_null=True, default=None)
    about = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)


class ReadOut(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class NotificationList(generics.ListAPIView[Notification]):
    """What you were told of, newest first; `?unread=1` what you have not looked at."""

    permission_classes = (needs(),)
    serializer_class = NotificationOut
    queryset = Notification.objects.none()

    def get_queryset(self) -> NotificationQuerySet:
        mine = cast(User, self.request.user).notifications.all()
        return mine.unread() if self.request.query_params.get("unread") == "1" else mine


class ReadNotifications(APIView):
    """Notices looked at."""

    permission_classes = (needs(),)

    @extend_schema(request=ReadIn, responses=ReadOut)
    def post(self, request: Request) -> Response:
        """Note that they were looked at."""
        given = ReadIn(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        done = notifying.read(cast(User, request.user), about=said["about"], pk=said["id"])
        return Response(ReadOut({"read": done}).data)


class WaysIn(serializers.Serializer[Any]):
    """How you want to be told, by kind; a kind that is not named stays as it is."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {kind.value: serializers.ChoiceField(NoticeWay.choices, required=False) for kind in NoticeKind}


class NotificationWays(APIView):
    """How you are told of each kind of thing."""

    permission_classes = (needs(),)

    @extend_schema(responses=WaysIn)
    def get(self, request: Request) -> Response:
        """As it is."""
        return Response(notifying.ways(cast(User, request.user)))

    @extend_schema(request=WaysIn, responses=WaysIn)
    def patch(self, request: Request) -> Response:
        """Choose."""
        given = WaysIn(data=request.data)
        given.is_valid(raise_exception=True)
        member = cast(User, request.user)
        chosen = notifying.choose_ways(member, {**notifying.ways(member), **given.validated_data})
        return Response(notifying.ways(chosen))
