"""How the deadlines of a ticket came about, for other systems."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core import bilingual
from tickets import clocks
from tickets.access import tickets_for
from tickets.api.desk import ClockOut
from tickets.models import Clock


class SpanOut(serializers.Serializer[Any]):
    """From and until when; an open pause has no end."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True)


class StepOut(serializers.Serializer[Any]):
    """A step of the ladder: `offset` in seconds of working time, `at` null while a pause is open."""

    offset = serializers.IntegerField()
    notify = serializers.ListField(child=serializers.CharField())
    reassign = serializers.CharField()
    raise_priority = serializers.BooleanField()
    at = serializers.DateTimeField(allow_null=True)
    taken = serializers.BooleanField()


class ExplainedClockOut(ClockOut):
    """A clock with what its deadline is made of: `budget` and `left` in seconds of working time."""

    policy = serializers.IntegerField(source="policy_version.policy_id", default=None)
    policy_version = serializers.IntegerField(source="policy_version.number", default=None)
    calendar = serializers.CharField(source="calendar.calendar.code")
    calendar_version = serializers.IntegerField(source="calendar.number")
    zone = serializers.CharField(source="calendar.zone")
    budget = serializers.SerializerMethodField()
    consequence = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    ladder = serializers.SerializerMethodField()

    class Meta(ClockOut.Meta):
        fields = (
            *ClockOut.Meta.fields,
            "started_at",
            "fulfilled_at",
            "policy",
            "policy_version",
            "calendar",
            "calendar_version",
            "zone",
            "budget",
            "consequence",
            "explanation",
            "ladder",
        )

    def get_budget(self, clock: Clock) -> int:
        return int(clock.budget.total_seconds())

    def get_consequence(self, clock: Clock) -> str:
        return bilingual.pick(clock.external, "consequence") if clock.external else ""

    def get_explanation(self, clock: Clock) -> dict[str, Any]:
        found = clocks.explain(clock)
        segments = [{"start": segment.start, "end": segment.end} for segment in found.segments]
        pauses = [{"start": start, "end": end} for start, end in found.pauses]
        return {
            "segments": SpanOut(segments, many=True).data,
            "pauses": SpanOut(pauses, many=True).data,
            "left": int(found.left.total_seconds()),
        }

    def get_ladder(self, clock: Clock) -> list[Any]:
        steps = [
            {**step.as_stored, "at": at, "taken": place < clock.taken}
            for place, (step, at) in enumerate(clocks.timetable(clock))
        ]
        return list(StepOut(steps, many=True).data)


class TicketClocks(APIView):
    """The clocks of a ticket, each with its explanation."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=ExplainedClockOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """All clocks of all cycles, in the order in which they began."""
        ticket = get_object_or_404(tickets_for(cast(User, request.user)), number=number)
        rows = ticket.clocks.select_related("calendar__calendar", "policy_version", "external")
        return Response(ExplainedClockOut(rows.order_by("pk"), many=True).data)
