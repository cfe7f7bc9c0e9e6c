"""Deadlines that others set, for other systems: read, written, switched on and off."""

from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from tickets import conditions, ladder, targets
from tickets.actions import external_deadlines as actions
from tickets.api.writing import (
    ReadAtTheDesk,
    ReadJSONField,
    SwitchIn,
    calendar_field,
    me,
    switched_on,
    valid,
)
from tickets.models import ExternalPromise
from tickets.states import ClockKind, ExternalStart, MetBy


def _ladder(value: Any) -> Any:
    return ladder.parse_of(value, ClockKind.EXTERNAL)


class ExternalDeadlineIn(serializers.Serializer[Any]):
    """A deadline of somebody else. `budget` is in seconds of the calendar's working time.

    `conditions` is a tree of conditions, {} for every ticket; a step of the `ladder` need not name its clock.
    """

    name_en = serializers.CharField(max_length=100)
    name_zh = serializers.CharField(max_length=100)
    consequence_en = serializers.CharField(max_length=200)
    consequence_zh = serializers.CharField(max_length=200)
    starts_on = serializers.ChoiceField(choices=ExternalStart.choices)
    met_by = serializers.ChoiceField(choices=MetBy.choices)
    calendar = calendar_field()
    budget = serializers.IntegerField(min_value=1, max_value=int(targets.LONGEST.total_seconds()))
    conditions = ReadJSONField(read=conditions.parse, required=False, default=dict)
    ladder = ReadJSONField(read=_ladder, required=False, default=list)

    def validate_budget(self, seconds: int) -> timedelta:
        return timedelta(seconds=seconds)


class ExternalDeadlineOut(serializers.ModelSerializer[ExternalPromise]):
    """A deadline of somebody else as it stands; switched on, it starts clocks."""

    calendar = serializers.CharField(source="calendar.code")
    budget = serializers.SerializerMethodField()

    class Meta:
        model = ExternalPromise
        fields = (
            "id",
            "name_en",
            "name_zh",
            "consequence_en",
            "consequence_zh",
            "starts_on",
            "met_by",
            "calendar",
            "budget",
            "conditions",
            "ladder",
            "is_active",
        )

    def get_budget(self, promise: ExternalPromise) -> int:
        return int(promise.budget.total_seconds())


def _found(pk: int) -> ExternalPromise:
    return get_object_or_404(ExternalPromise.objects.select_related("calendar"), pk=pk)


class ExternalDeadlineList(ReadAtTheDesk):
    """External deadlines."""

    @extend_schema(operation_id="external_deadlines_list", responses=ExternalDeadlineOut(many=True))
    def get(self, request: Request) -> Response:
        """All of them."""
        rows = ExternalPromise.objects.select_related("calendar").order_by("pk")
        return Response(ExternalDeadlineOut(rows, many=True).data)

    @extend_schema(request=ExternalDeadlineIn, responses={201: ExternalDeadlineOut})
    def post(self, request: Request) -> Response:
        """A new one, switched off."""
        row = actions.add_external_deadline(**valid(ExternalDeadlineIn(data=request.data)), by=me(request))
        return Response(ExternalDeadlineOut(row).data, status=status.HTTP_201_CREATED)


class ExternalDeadlineDetail(ReadAtTheDesk):
    """One external deadline."""

    @extend_schema(responses=ExternalDeadlineOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ExternalDeadlineOut(_found(pk)).data)

    @extend_schema(request=ExternalDeadlineIn(partial=True), responses=ExternalDeadlineOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change some of it; clocks that run keep what they began with."""
        row, given = _found(pk), valid(ExternalDeadlineIn(data=request.data, partial=True))
        return Response(
            ExternalDeadlineOut(actions.edit_external_deadline(row, **given, by=me(request))).data
        )


class SwitchExternalDeadline(ReadAtTheDesk):
    @extend_schema(request=SwitchIn, responses=ExternalDeadlineOut)
    def post(self, request: Request, pk: int) -> Response:
        """Let it start clocks, or not; those that run go on."""
        row, on = _found(pk), switched_on(request)
        return Response(
            ExternalDeadlineOut(actions.switch_external_deadline(row, on=on, by=me(request))).data
        )
