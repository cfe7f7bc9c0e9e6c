"""Chats for other systems: who waits, what was said, and every verb a member of staff has."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from channels.actions import chat as sides
from channels.actions import chat_desk as actions
from channels.actions import chat_giving as giving
from channels.chat import rules
from channels.chat.access import chats_for
from channels.chat.filters import ChatFilter
from channels.chat.states import EndedBy
from channels.models import ChatDuty, ChatGiving, ChatSession, ChatSessionQuerySet
from core.errors import Refused
from tickets.access import may_assign, messages_of
from tickets.api.desk import MessageList, MessageOut
from tickets.api.sharing import HandOverIn

# --- in ----------------------------------------------------------------------------------------------


class ChatAnswerIn(serializers.Serializer[Any]):
    """What you say to the customer. The same `key` again is the same message."""

    body = serializers.CharField(max_length=rules.BODY_LENGTH)
    key = serializers.CharField(min_length=8, max_length=60)


class AvailableIn(serializers.Serializer[Any]):
    """Whether you take chats, and how many at once (as before when it is left out)."""

    on = serializers.BooleanField()
    capacity = serializers.IntegerField(
        min_value=1, max_value=20, required=False, allow_null=True, default=None
    )


# --- out ---------------------------------------------------------------------------------------------


class AvailableOut(serializers.ModelSerializer[ChatDuty]):
    """Whether you take chats, and how many at once."""

    class Meta:
        model = ChatDuty
        fields = ("is_available", "capacity", "changed_at")


class ChatGivingIn(serializers.ModelSerializer[ChatGiving]):
    """How chats find somebody; what is left out stays."""

    class Meta:
        model = ChatGiving
        fields = ("way", "strategy", "ring_seconds", "missed_at_most", "widen_seconds", "gone_seconds")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"min_value": span[0], "max_value": span[-1]} for name, span in rules.SECONDS.items()
        }


class ChatOut(serializers.ModelSerializer[ChatSession]):
    """A chat. `email` is what a visitor typed and proves nothing; `is_proven` says that we know who it is.

    `customer_read` and `staff_read` are the ids of the newest messages each side has seen. A chat that waits
    may ring for `offered_to` until `offered_until`.
    """

    ticket = serializers.CharField(source="ticket.number")
    customer = serializers.CharField(source="ticket.customer.number")
    agent = serializers.EmailField(source="agent.email", default=None)
    offered_to = serializers.EmailField(source="offered_to.email", default=None)
    ended_by = serializers.ChoiceField(choices=[("", ""), *EndedBy.choices])

    class Meta:
        model = ChatSession
        fields = (
            "reference",
            "state",
            "ticket",
            "customer",
            "is_proven",
            "email",
            "language",
            "page",
            "agent",
            "started_at",
            "waiting_since",
            "offered_to",
            "offered_until",
            "is_returned",
            "accepted_at",
            "ended_at",
            "ended_by",
            "last_message_at",
            "seen_at",
            "customer_read",
            "staff_read",
            "rating",
            "rating_comment",
            "rated_at",
        )


# --- endpoints ---------------------------------------------------------------------------------------


def _me(request: Request) -> User:
    return cast(User, request.user)


def _chats(request: Request) -> ChatSessionQuerySet:
    return chats_for(_me(request)).select_related("ticket__customer", "agent", "offered_to")


def _chat(request: Request, reference: UUID) -> ChatSession:
    return get_object_or_404(_chats(request), reference=reference)


def _given(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class ChatList(generics.ListAPIView[ChatSession]):
    """Chats you may read, newest first."""

    serializer_class = ChatOut
    filterset_class = ChatFilter
    permission_classes = (needs(Right.READ_TICKETS),)
    queryset = ChatSession.objects.none()

    def get_queryset(self) -> ChatSessionQuerySet:
        return _chats(self.request)


class ChatDetail(APIView):
    """One chat."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=ChatOut)
    def get(self, request: Request, reference: UUID) -> Response:
        return Response(ChatOut(_chat(request, reference)).data)


class ChatMessages(MessageList):
    """What was said in a chat, newest first; and the way to answer."""

    def get_queryset(self) -> Any:
        session = _chat(self.request, self.kwargs["reference"])
        return messages_of(session.ticket).select_related("ticket")

    @extend_schema(request=ChatAnswerIn, responses={201: MessageOut})
    def post(self, request: Request, reference: UUID) -> Response:
        """Answer; a chat that waits is taken with it. Twice the same is one message."""
        session, given = _chat(request, reference), _given(ChatAnswerIn, request)
        return self.said(actions.answer(session, by=_me(request), **given))


class ChatVerb(APIView):
    """A verb on a chat: 200 with the chat as it is then, 409 when it cannot be done now."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    def answer(self, request: Request, reference: UUID) -> Response:
        """The fresh chat."""
        return Response(ChatOut(_chat(request, reference)).data)


class AcceptChat(ChatVerb):
    @extend_schema(request=None, responses=ChatOut)
    def post(self, request: Request, reference: UUID) -> Response:
        """Take it, and its ticket with it."""
        actions.accept(_chat(request, reference), by=_me(request))
        return self.answer(request, reference)


class DeclineChat(ChatVerb):
    @extend_schema(request=None, responses=ChatOut)
    def post(self, request: Request, reference: UUID) -> Response:
        """Let a chat that rings for you ring for somebody else; one that does not stays as it is."""
        giving.decline(_chat(request, reference), by=_me(request))
        return self.answer(request, reference)


class TransferChat(ChatVerb):
    @extend_schema(request=HandOverIn, responses=ChatOut)
    def post(self, request: Request, reference: UUID) -> Response:
        """Hand it over to a colleague or a team, with a note."""
        session, given = _chat(request, reference), _given(HandOverIn, request)
        if not may_assign(_me(request), session.ticket, given["to"]):
            raise Refused("ticket.not_yours", number=session.ticket.number)
        actions.transfer(session, by=_me(request), **given)
        return self.answer(request, reference)


class EndChat(ChatVerb):
    @extend_schema(request=None, responses=ChatOut)
    def post(self, request: Request, reference: UUID) -> Response:
        """End it; the ticket stays as it is."""
        sides.end(_chat(request, reference), by=_me(request))
        return self.answer(request, reference)


class BlockChat(ChatVerb):
    @extend_schema(request=None, responses=ChatOut)
    def post(self, request: Request, reference: UUID) -> Response:
        """End it and keep the visitor away for a day."""
        actions.block(_chat(request, reference), by=_me(request))
        return self.answer(request, reference)


class SetAvailable(APIView):
    """Whether you take chats. Say it again every minute: who is not heard of any more is given none."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=AvailableIn, responses=AvailableOut)
    def post(self, request: Request) -> Response:
        """Take chats from now on, or no more."""
        given = _given(AvailableIn, request)
        duty = actions.set_available(_me(request), by=_me(request), **given)
        return Response(AvailableOut(duty).data)


class ChatSettings(APIView):
    """How chats find somebody."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(responses=ChatGivingIn)
    def get(self, request: Request) -> Response:
        """The settings that hold now."""
        return Response(ChatGivingIn(ChatGiving.current()).data)

    @extend_schema(request=ChatGivingIn, responses=ChatGivingIn)
    def patch(self, request: Request) -> Response:
        """Change some of them."""
        given = ChatGivingIn(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changed = giving.set_giving(by=_me(request), **given.validated_data)
        return Response(ChatGivingIn(changed).data)
