"""Macros for other systems: look them up, write them, use them."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Team, User
from accounts.rights import Right
from tickets.access import tickets_for
from tickets.api.desk import TicketOut, TicketVerb
from tickets.forms import BODY_LENGTH
from tickets.macros import changing, choosing, using
from tickets.models import Macro, MacroQuerySet, Ticket

Json = list[dict[str, Any]]


class MacroIn(serializers.Serializer[Any]):
    """A macro as it is written. `steps` are those of the desk: [{"do": "set_priority", "priority": 4}].

    A text has to be there in both languages, or in none when there are steps. Without `team` everybody may
    use it.
    """

    code = serializers.SlugField(max_length=50)
    name_en = serializers.CharField(max_length=100)
    name_zh = serializers.CharField(max_length=100)
    body_en = serializers.CharField(max_length=BODY_LENGTH, allow_blank=True, required=False, default="")
    body_zh = serializers.CharField(max_length=BODY_LENGTH, allow_blank=True, required=False, default="")
    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True, default=None
    )
    steps = serializers.ListField(child=serializers.JSONField(), required=False, default=list)
    is_active = serializers.BooleanField(required=False, default=True)

    def validate_body_en(self, text: str) -> str:
        return _text(text)

    def validate_body_zh(self, text: str) -> str:
        return _text(text)

    def validate_steps(self, steps: Any) -> Json:
        try:
            return changing.check_steps(steps)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        as_it_will_be: dict[str, Any] = {
            name: given.get(name, getattr(self.instance, name, None))
            for name in ("body_en", "body_zh", "steps")
        }
        try:
            changing.require_whole(**as_it_will_be)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return given


def _text(text: str) -> str:
    try:
        return changing.check_text(text)
    except ValueError as error:
        raise serializers.ValidationError(str(error)) from error


class ApplyIn(serializers.Serializer[Any]):
    """`steps` are keys of the steps to take, as the list tells them; left out, all are taken.

    `with_gaps` sends a text in which something is missing; `version` is the ticket's version you have seen.
    """

    steps = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, allow_null=True, default=None
    )
    version = serializers.IntegerField(required=False, allow_null=True, default=None)
    with_gaps = serializers.BooleanField(required=False, default=False)


class StepOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    said = serializers.CharField()


class ProposalOut(serializers.Serializer[Any]):
    """A macro on a ticket: its text in the ticket's language, and the marks of what is missing in it."""

    text = serializers.CharField(source="filled.text")
    gaps = serializers.ListField(child=serializers.CharField(), source="filled.gaps")


class MacroOut(serializers.ModelSerializer[Macro]):
    """A macro. `offered` are its steps in words, with keys; `on_ticket` is there when a ticket was named."""

    team = serializers.CharField(source="team.code", default=None)
    offered = serializers.SerializerMethodField()
    on_ticket = serializers.SerializerMethodField()

    class Meta:
        model = Macro
        fields = (
            "code",
            "name_en",
            "name_zh",
            "body_en",
            "body_zh",
            "team",
            "steps",
            "is_active",
            "uses",
            "last_used_at",
            "offered",
            "on_ticket",
        )

    @extend_schema_field(StepOut(many=True))
    def get_offered(self, macro: Macro) -> Json:
        return cast("Json", StepOut(choosing.offered(macro), many=True).data)

    @extend_schema_field(ProposalOut(allow_null=True))
    def get_on_ticket(self, macro: Macro) -> dict[str, Any] | None:
        ticket: Ticket | None = self.context.get("ticket")
        if ticket is None:
            return None
        (proposal,) = choosing.propose([macro], ticket, self.context["request"].user)
        return dict(ProposalOut(proposal).data)


def _me(request: Request) -> User:
    return cast(User, request.user)


def _readable(user: User) -> MacroQuerySet:
    """Whoever writes macros reads all of them; the others those they may use."""
    return Macro.objects.all() if user.may(Right.WRITE_MACROS) else choosing.macros_for(user)


class MacroList(generics.ListAPIView[Macro]):
    """Macros you may use, or all when you write them, the most used first; and the way to add one."""

    serializer_class = MacroOut
    queryset = Macro.objects.none()

    def get_permissions(self) -> list[Any]:
        return [needs(Right.WRITE_MACROS if self.request.method == "POST" else Right.READ_TICKETS)()]

    def get_queryset(self) -> QuerySet[Macro]:
        asked = choosing.matching(_readable(_me(self.request)), self.request.query_params.get("q", ""))
        return asked.most_used_first().select_related("team")

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if number := self.request.query_params.get("ticket"):
            known = tickets_for(_me(self.request)).select_related("customer", "order__shop")
            context["ticket"] = get_object_or_404(known, number=number)
        return context

    @extend_schema(
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Words of the name, the code or the text."),
            OpenApiParameter("ticket", OpenApiTypes.STR, description="Say what each means for this ticket."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The list; with `ticket`, each with its text for that ticket."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=MacroIn, responses={201: MacroOut})
    def post(self, request: Request) -> Response:
        """Add a macro."""
        given = MacroIn(data=request.data)
        given.is_valid(raise_exception=True)
        macro = changing.add_macro(**given.validated_data, by=_me(request))
        return Response(_told(macro, request), status=status.HTTP_201_CREATED)


class MacroDetail(APIView):
    """One macro."""

    def get_permissions(self) -> list[Any]:
        return [needs(Right.READ_TICKETS if self.request.method == "GET" else Right.WRITE_MACROS)()]

    @extend_schema(responses=MacroOut)
    def get(self, request: Request, code: str) -> Response:
        return Response(_told(self._macro(request, code), request))

    @extend_schema(request=MacroIn(partial=True), responses=MacroOut)
    def patch(self, request: Request, code: str) -> Response:
        """Change some of it."""
        macro = self._macro(request, code)
        given = MacroIn(macro, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return Response(_told(changing.edit_macro(macro, **given.validated_data, by=_me(request)), request))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Take it away for good."""
        changing.remove_macro(self._macro(request, code), by=_me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _macro(self, request: Request, code: str) -> Macro:
        return get_object_or_404(_readable(_me(request)).select_related("team"), code=code)


def _told(macro: Macro, request: Request) -> dict[str, Any]:
    return dict(MacroOut(macro, context={"request": request}).data)


class ApplyMacro(TicketVerb):
    @extend_schema(request=ApplyIn, responses=TicketOut)
    def post(self, request: Request, number: str, code: str) -> Response:
        """Use it: send its text to the customer, then take its steps; all of it or nothing."""
        macro = get_object_or_404(choosing.macros_for(_me(request)), code=code)
        given = ApplyIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data

        def apply(ticket: Ticket) -> Ticket:
            using.apply(
                macro,
                ticket,
                by=_me(request),
                keys=told["steps"],
                version=told["version"],
                with_gaps=told["with_gaps"],
            )
            return ticket

        return self.act(request, number, apply)
