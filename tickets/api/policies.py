"""Service level policies for other systems: read, drafted, published, switched off."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Refused
from tickets import conditions, ladder, targets
from tickets.actions import promises as actions
from tickets.api.writing import (
    ReadAtTheDesk,
    ReadJSONField,
    SwitchIn,
    calendar_field,
    me,
    switched_on,
    valid,
)
from tickets.models import PolicyVersion, SlaPolicy

NAMES = ("name_en", "name_zh", "order")
PROMISED = ("calendar", "conditions", "targets", "ladder")


class PolicyIn(serializers.Serializer[Any]):
    """A policy with its draft. `conditions` is a tree of conditions, {} for every ticket.

    `targets` are seconds of working time by kind of clock and priority: {"resolution": {"2": 97200}}. What
    a change leaves out stays as it is in the draft, or in the present version when there is none.
    """

    name_en = serializers.CharField(max_length=100)
    name_zh = serializers.CharField(max_length=100)
    order = serializers.IntegerField(min_value=0, max_value=32_000)
    calendar = calendar_field()
    conditions = ReadJSONField(read=conditions.parse, required=False, default=dict)
    targets = ReadJSONField(read=targets.parse)
    ladder = ReadJSONField(read=ladder.parse, required=False, default=list)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


class PolicyVersionOut(serializers.ModelSerializer[PolicyVersion]):
    """`targets` are seconds of working time by kind of clock and priority."""

    calendar = serializers.CharField(source="calendar.code")

    class Meta:
        model = PolicyVersion
        fields = ("number", "conditions", "calendar", "targets", "ladder", "note", "published_at")


class PolicyOut(serializers.ModelSerializer[SlaPolicy]):
    """A policy: what holds now, and the draft of what will. The lowest `order` that applies wins."""

    current = PolicyVersionOut()
    draft = serializers.SerializerMethodField()

    class Meta:
        model = SlaPolicy
        fields = ("id", "name_en", "name_zh", "order", "is_active", "current", "draft")

    @extend_schema_field(PolicyVersionOut(allow_null=True))
    def get_draft(self, policy: SlaPolicy) -> Any:
        return next((PolicyVersionOut(draft).data for draft in policy.versions.all()), None)


def _rows() -> Any:
    drafts = PolicyVersion.objects.filter(published_at=None).select_related("calendar")
    return SlaPolicy.objects.select_related("current__calendar").prefetch_related(
        Prefetch("versions", queryset=drafts)
    )


def _found(pk: int) -> SlaPolicy:
    row: SlaPolicy = get_object_or_404(_rows(), pk=pk)
    return row


def _told(pk: int, answer: int = status.HTTP_200_OK) -> Response:
    return Response(PolicyOut(_found(pk)).data, status=answer)


class PolicyList(ReadAtTheDesk):
    """Service level policies."""

    @extend_schema(operation_id="policies_list", responses=PolicyOut(many=True))
    def get(self, request: Request) -> Response:
        """Every policy, in the order in which they are asked."""
        return Response(PolicyOut(_rows(), many=True).data)

    @extend_schema(request=PolicyIn, responses={201: PolicyOut})
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """A new policy with its first draft; it applies to nothing before that is published."""
        given = valid(PolicyIn(data=request.data))
        row = actions.create_policy(**{name: given[name] for name in NAMES}, by=me(request))
        _draft(row, given, request)
        return _told(row.pk, status.HTTP_201_CREATED)


class PolicyDetail(ReadAtTheDesk):
    """One policy."""

    @extend_schema(responses=PolicyOut)
    def get(self, request: Request, pk: int) -> Response:
        return _told(pk)

    @extend_schema(request=PolicyIn(partial=True), responses=PolicyOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Write its draft, a new one when there is none. Names and order change at once."""
        row = _found(pk)
        _draft(row, valid(PolicyIn(data=request.data, partial=True)), request)
        return _told(pk)


def _draft(row: SlaPolicy, given: dict[str, Any], request: Request) -> None:
    """The draft as it will be: what was given, and for the rest what stands there."""
    basis = next(iter(row.versions.all()), None) or row.current
    if basis is None and not given.keys() >= set(PROMISED):
        raise Refused("policy.no_draft")
    actions.draft_policy(
        row,
        **{name: given[name] if name in given else getattr(row, name) for name in NAMES},
        **{name: given[name] if name in given else getattr(basis, name) for name in PROMISED},
        is_active=row.is_active,
        note=given.get("note", ""),
        by=me(request),
    )


class PublishPolicy(ReadAtTheDesk):
    @extend_schema(request=None, responses=PolicyOut)
    def post(self, request: Request, pk: int) -> Response:
        """Let the draft hold for tickets opened from now on."""
        actions.publish_policy(_found(pk), by=me(request))
        return _told(pk)


class SwitchPolicy(ReadAtTheDesk):
    @extend_schema(request=SwitchIn, responses=PolicyOut)
    def post(self, request: Request, pk: int) -> Response:
        """Let it apply to new tickets, or not; clocks that run under it go on."""
        actions.switch_policy(_found(pk), on=switched_on(request), by=me(request))
        return _told(pk)
