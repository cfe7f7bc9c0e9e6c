"""Service calendars for other systems: read, drafted, published, switched off."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core import zones
from core.errors import Refused
from tickets import calendars
from tickets.actions import promises as actions
from tickets.api.writing import ReadAtTheDesk, ReadJSONField, SwitchIn, me, switched_on, valid
from tickets.models import CalendarVersion, ServiceCalendar


class CalendarIn(serializers.Serializer[Any]):
    """A calendar with its draft. `weekly` is {"0": [["09:00", "18:00"]]} with 0 = Monday.

    `holidays` have a name in both languages by date, `extra_days` hours by date, which win over both. What a
    change leaves out stays as it is in the draft, or in the present version when there is none.
    """

    name_en = serializers.CharField(max_length=100)
    name_zh = serializers.CharField(max_length=100)
    zone = serializers.CharField(max_length=64)
    weekly = ReadJSONField(read=calendars.weekly_hours)
    holidays = ReadJSONField(read=calendars.holiday_dates, required=False, default=dict)
    extra_days = ReadJSONField(read=calendars.hours_by_date, required=False, default=dict)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")

    def validate_zone(self, zone: str) -> str:
        if not zones.is_known(zone):
            raise serializers.ValidationError(_("“%s” is not a time zone such as Europe/Berlin.") % zone)
        return zone


class NewCalendarIn(CalendarIn):
    """A new calendar with its first draft."""

    code = serializers.SlugField(max_length=50)


class CalendarVersionOut(serializers.ModelSerializer[CalendarVersion]):
    class Meta:
        model = CalendarVersion
        fields = ("number", "zone", "weekly", "holidays", "extra_days", "note", "published_at")


class CalendarOut(serializers.ModelSerializer[ServiceCalendar]):
    """A calendar: the version that counts now, null when none is published; the draft of the next, if any."""

    current = CalendarVersionOut()
    draft = serializers.SerializerMethodField()

    class Meta:
        model = ServiceCalendar
        fields = ("code", "name_en", "name_zh", "is_active", "current", "draft")

    @extend_schema_field(CalendarVersionOut(allow_null=True))
    def get_draft(self, calendar: ServiceCalendar) -> Any:
        return next((CalendarVersionOut(draft).data for draft in calendar.versions.all()), None)


def _rows() -> Any:
    drafts = CalendarVersion.objects.filter(published_at=None)
    return ServiceCalendar.objects.select_related("current").prefetch_related(
        Prefetch("versions", queryset=drafts)
    )


def _found(code: str) -> ServiceCalendar:
    row: ServiceCalendar = get_object_or_404(_rows(), code=code)
    return row


def _told(code: str, answer: int = status.HTTP_200_OK) -> Response:
    return Response(CalendarOut(_found(code)).data, status=answer)


class CalendarList(ReadAtTheDesk):
    """Service calendars."""

    @extend_schema(operation_id="calendars_list", responses=CalendarOut(many=True))
    def get(self, request: Request) -> Response:
        """Every calendar with its present hours and its draft."""
        return Response(CalendarOut(_rows(), many=True).data)

    @extend_schema(request=NewCalendarIn, responses={201: CalendarOut})
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """A new calendar with its first draft; nothing counts with it before it is published."""
        given = valid(NewCalendarIn(data=request.data))
        names = {name: given[name] for name in ("code", "name_en", "name_zh")}
        row = actions.create_calendar(**names, by=me(request))
        _draft(row, given, request)
        return _told(row.code, status.HTTP_201_CREATED)


class CalendarDetail(ReadAtTheDesk):
    """One calendar."""

    @extend_schema(responses=CalendarOut)
    def get(self, request: Request, code: str) -> Response:
        return _told(code)

    @extend_schema(request=CalendarIn(partial=True), responses=CalendarOut)
    def patch(self, request: Request, code: str) -> Response:
        """Write its draft, a new one when there is none. The names change at once."""
        row = _found(code)
        _draft(row, valid(CalendarIn(data=request.data, partial=True)), request)
        return _told(code)


def _draft(row: ServiceCalendar, given: dict[str, Any], request: Request) -> None:
    """The draft as it will be: what was given, and for the rest what stands there."""
    basis = next(iter(row.versions.all()), None) or row.current
    if basis is None and not given.keys() >= set(actions.HOURS):
        raise Refused("calendar.no_draft")
    hours = {name: given[name] if name in given else getattr(basis, name) for name in actions.HOURS}
    actions.draft_calendar(
        row,
        hours=hours,
        name_en=given.get("name_en", row.name_en),
        name_zh=given.get("name_zh", row.name_zh),
        note=given.get("note", ""),
        by=me(request),
    )


class PublishCalendar(ReadAtTheDesk):
    @extend_schema(request=None, responses=CalendarOut)
    def post(self, request: Request, code: str) -> Response:
        """Let the draft count from now on; clocks that run keep the version they began with."""
        actions.publish_calendar(_found(code), by=me(request))
        return _told(code)


class SwitchCalendar(ReadAtTheDesk):
    @extend_schema(request=SwitchIn, responses=CalendarOut)
    def post(self, request: Request, code: str) -> Response:
        """Offer it for promises, or not; refused while a promise that is switched on counts with it."""
        actions.switch_calendar(_found(code), on=switched_on(request), by=me(request))
        return _told(code)
