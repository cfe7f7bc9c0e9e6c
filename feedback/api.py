"""Surveys and visits for other systems."""

from typing import Any, cast

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from feedback import actions
from feedback.access import surveys_for, visits_for
from feedback.models import FollowUpVisit, Survey, VisitQuerySet
from feedback.states import Outcome, VisitMethod


class SurveyOut(serializers.ModelSerializer[Survey]):
    """One survey; `score` 1-5 and `comment` are empty until it is answered."""

    ticket = serializers.CharField(source="ticket.number")
    customer = serializers.CharField(source="customer.number")
    agent = serializers.EmailField(source="agent.email", default=None)

    class Meta:
        model = Survey
        fields = [
            "ticket",
            "cycle",
            "customer",
            "agent",
            "language",
            "sent_at",
            "expires_at",
            "answered_at",
            "score",
            "comment",
            "is_late",
            "channel",
        ]


class SurveyFilter(django_filters.FilterSet):
    ticket = django_filters.CharFilter(field_name="ticket__number")
    answered = django_filters.BooleanFilter(field_name="answered_at", lookup_expr="isnull", exclude=True)
    sent = django_filters.IsoDateTimeFromToRangeFilter(field_name="sent_at")

    class Meta:
        model = Survey
        fields = ["ticket", "answered", "score", "sent"]


class VisitOut(serializers.ModelSerializer[FollowUpVisit]):
    """A follow-up visit."""

    reason = serializers.CharField()
    ticket = serializers.CharField(source="ticket.number")
    customer = serializers.CharField(source="customer.number")
    assignee = serializers.EmailField(source="assignee.email", default=None)

    class Meta:
        model = FollowUpVisit
        fields = [
            "number",
            "status",
            "reason",
            "ticket",
            "customer",
            "assignee",
            "due_at",
            "promised_at",
            "attempts",
            "outcome",
            "created_at",
            "finished_at",
        ]


class VisitFilter(django_filters.FilterSet):
    ticket = django_filters.CharFilter(field_name="ticket__number")
    reason = django_filters.CharFilter(field_name="plan__reason")
    due = django_filters.IsoDateTimeFromToRangeFilter(field_name="due_at")

    class Meta:
        model = FollowUpVisit
        fields = ["status", "ticket", "reason", "due"]


class LogAttemptIn(serializers.Serializer[Any]):
    """What came of an attempt; `next_at` only when not reached."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    method = serializers.ChoiceField(choices=VisitMethod.choices, default=VisitMethod.PHONE)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    next_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


def _member(request: Request) -> User:
    """Who asks; the permission classes let nobody else in."""
    return cast(User, request.user)


def _visits(request: Request) -> VisitQuerySet:
    return visits_for(_member(request)).select_related("plan", "ticket", "customer", "assignee")


class SurveyList(generics.ListAPIView[Survey]):
    """Surveys of the tickets you may read, newest first."""

    permission_classes = [needs(Right.READ_TICKETS)]
    serializer_class = SurveyOut
    filterset_class = SurveyFilter
    queryset = Survey.objects.none()

    def get_queryset(self) -> Any:
        return surveys_for(_member(self.request)).select_related("ticket", "customer", "agent")


class VisitList(generics.ListAPIView[FollowUpVisit]):
    """Follow-up visits, newest first."""

    permission_classes = [needs(Right.WORK_VISITS)]
    serializer_class = VisitOut
    filterset_class = VisitFilter
    queryset = FollowUpVisit.objects.none()

    def get_queryset(self) -> Any:
        return _visits(self.request)


class VisitDetail(APIView):
    """One follow-up visit."""

    permission_classes = [needs(Right.WORK_VISITS)]

    @extend_schema(responses=VisitOut)
    def get(self, request: Request, number: str) -> Response:
        return Response(VisitOut(get_object_or_404(_visits(request), number=number)).data)


class LogAttempt(APIView):
    """Write down an attempt at a visit."""

    permission_classes = [needs(Right.WORK_VISITS)]

    @extend_schema(request=LogAttemptIn, responses=VisitOut)
    def post(self, request: Request, number: str) -> Response:
        visit = get_object_or_404(_visits(request), number=number)
        given = LogAttemptIn(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            VisitOut(actions.log_attempt(visit, by=_member(request), **given.validated_data)).data
        )
