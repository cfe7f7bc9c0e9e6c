"""Automation rules for other systems: read them, write them, try them, see what they did."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core import clock
from tickets import conditions
from tickets.access import tickets_for
from tickets.automation import changing, rehearsing
from tickets.automation.steps import parse_steps, steps_of
from tickets.models import AutomationRule, RuleRun
from tickets.states import Trigger


class RuleIn(serializers.Serializer[Any]):
    """A rule. `conditions` is a tree of conditions, `steps` a list of steps; it is switched on apart."""

    name_en = serializers.CharField(max_length=100)
    name_zh = serializers.CharField(max_length=100)
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    conditions = serializers.JSONField(required=False, default=dict)
    steps = serializers.JSONField()

    def validate_conditions(self, tree: Any) -> Any:
        try:
            return conditions.tree_of(conditions.parse(tree))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate_steps(self, given: Any) -> Any:
        try:
            return steps_of(parse_steps(given))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class RuleOut(serializers.ModelSerializer[AutomationRule]):
    """A rule as it stands; rules are asked by rising `order`. `failures` counts those in a row."""

    class Meta:
        model = AutomationRule
        fields = (
            "id",
            "order",
            "name_en",
            "name_zh",
            "trigger",
            "conditions",
            "steps",
            "is_active",
            "failures",
            "switched_off_at",
            "switched_off_because",
        )


class RunOut(serializers.ModelSerializer[RuleRun]):
    """What came of a rule on a ticket: `held` the questions with their answers, `taken` what was done."""

    ticket = serializers.CharField(source="ticket.number")

    class Meta:
        model = RuleRun
        fields = ("id", "ticket", "at", "outcome", "held", "taken", "said")


class PreviewOut(serializers.Serializer[Any]):
    """How many tickets meet the conditions now (counted up to a limit), and the newest of them."""

    count = serializers.IntegerField()
    more = serializers.BooleanField()
    tickets = serializers.ListField(child=serializers.CharField())


class SwitchIn(serializers.Serializer[Any]):
    """On or off."""

    on = serializers.BooleanField()


def _me(request: Request) -> User:
    return cast(User, request.user)


def _rule(pk: int) -> AutomationRule:
    return get_object_or_404(AutomationRule.objects.kept(), pk=pk)


class _RuleView(APIView):
    def get_permissions(self) -> list[Any]:
        """Leads read; only administrators write."""
        right = Right.ASSIGN_TICKETS if self.request.method == "GET" else Right.CONFIGURE
        return [needs(right)()]


class RuleList(_RuleView):
    @extend_schema(operation_id="rules_list", responses=RuleOut(many=True))
    def get(self, request: Request) -> Response:
        """Every rule, in the order in which they are asked."""
        return Response(RuleOut(AutomationRule.objects.kept(), many=True).data)

    @extend_schema(request=RuleIn, responses={201: RuleOut})
    def post(self, request: Request) -> Response:
        """A new rule behind all others, switched off."""
        given = RuleIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = changing.add_rule(by=_me(request), **given.validated_data)
        return Response(RuleOut(row).data, status=status.HTTP_201_CREATED)


class RuleDetail(_RuleView):
    @extend_schema(responses=RuleOut)
    def get(self, request: Request, pk: int) -> Response:
        """One rule."""
        return Response(RuleOut(_rule(pk)).data)

    @extend_schema(request=RuleIn(partial=True), responses=RuleOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a rule; it counts at once."""
        given = RuleIn(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return Response(RuleOut(changing.edit_rule(_rule(pk), by=_me(request), **given.validated_data)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take it from the list; its log stays."""
        changing.remove_rule(_rule(pk), by=_me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SwitchRule(_RuleView):
    @extend_schema(request=SwitchIn, responses=RuleOut)
    def post(self, request: Request, pk: int) -> Response:
        """Let it work, or not; switched on, its failures are forgotten."""
        given = SwitchIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = changing.switch_rule(_rule(pk), on=given.validated_data["on"], by=_me(request))
        return Response(RuleOut(row).data)


class RulePreview(_RuleView):
    @extend_schema(responses=PreviewOut)
    def get(self, request: Request, pk: int) -> Response:
        """Which tickets meet its conditions now; nothing is changed."""
        row = _rule(pk)
        condition = conditions.parse(row.conditions)
        found = rehearsing.preview(row.trigger, condition, tickets_for(_me(request)), clock.now())
        numbers = [ticket.number for ticket in found.tickets]
        return Response(PreviewOut({"count": found.count, "more": found.more, "tickets": numbers}).data)


class RuleRuns(generics.ListAPIView[RuleRun]):
    """What a rule did, newest first."""

    serializer_class = RunOut
    queryset = RuleRun.objects.none()
    permission_classes = (needs(Right.ASSIGN_TICKETS),)

    def get_queryset(self) -> Any:
        return RuleRun.objects.filter(rule=_rule(self.kwargs["pk"])).select_related("ticket")
