"""Figures for other systems: the same definitions, the same sums."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.rights import Right
from core import clock
from dashboards import figures
from dashboards.kpis import KPI_BY_SLUG, KPIS, Kpi
from dashboards.periods import zone
from dashboards.readings import readings
from dashboards.selection import Selection, selected

FILTERS = [
    OpenApiParameter("period", str, description="7, 30 (default) or 90 days up to today, or custom."),
    OpenApiParameter("since", str, description="First day of a custom period, YYYY-MM-DD."),
    OpenApiParameter("until", str, description="Last day of a custom period, YYYY-MM-DD."),
    OpenApiParameter("team", str, description="Code of a team."),
    OpenApiParameter("channel", str, description="Channel of the ticket."),
    OpenApiParameter("shop", str, description="Code of a shop."),
    OpenApiParameter("country", str, description="Country of the shop, two letters."),
]


class FractionOut(serializers.Serializer[Any]):
    """A share in percent and what it is taken from; `value` is null without data."""

    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    value = serializers.DecimalField(source="share", max_digits=7, decimal_places=4, allow_null=True)


class PointOut(serializers.Serializer[Any]):
    """One step of the trend."""

    first = serializers.DateField(source="period.first")
    last = serializers.DateField(source="period.last")
    target = serializers.DecimalField(max_digits=5, decimal_places=2)
    numerator = serializers.IntegerField(source="figure.numerator")
    denominator = serializers.IntegerField(source="figure.denominator")
    value = serializers.DecimalField(source="figure.share", max_digits=7, decimal_places=4, allow_null=True)


class KpiOut(serializers.Serializer[Any]):
    """A figure of the period with its target and the period before. Texts are in the caller's language."""

    slug = serializers.CharField(source="kpi.slug")
    name = serializers.CharField(source="kpi.name")
    formula = serializers.CharField(source="kpi.formula")
    clock = serializers.CharField(source="kpi.clock")
    details = serializers.ListField(child=serializers.CharField(), source="kpi.details")
    unit = serializers.CharField(source="kpi.unit")
    better = serializers.CharField(source="kpi.better")
    target = serializers.DecimalField(max_digits=5, decimal_places=2)
    is_met = serializers.BooleanField(allow_null=True)
    numerator = serializers.IntegerField(source="figure.numerator")
    denominator = serializers.IntegerField(source="figure.denominator")
    value = serializers.DecimalField(source="share", max_digits=7, decimal_places=4, allow_null=True)
    change = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    before = FractionOut()
    trend = PointOut(source="points", many=True)


class KpisOut(serializers.Serializer[Any]):
    """Figures of a period. `as_of` is when they were added up; days end at midnight in `zone`."""

    first = serializers.DateField()
    last = serializers.DateField()
    zone = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    kpis = KpiOut(many=True)


class _Kpis(APIView):
    permission_classes = [needs(Right.READ_DASHBOARDS)]

    def answer(self, request: Request, kpis: Sequence[Kpi]) -> dict[str, Any]:
        """The readings of some figures for the filters of the request."""
        selection = _selection(request)
        return {
            "first": selection.period.first,
            "last": selection.period.last,
            "zone": zone().key,
            "as_of": figures.as_of(),
            "kpis": readings(kpis, selection.period, selection.scope),
        }


class KpiList(_Kpis):
    """Every figure with target, actual, change and trend."""

    @extend_schema(parameters=FILTERS, responses=KpisOut)
    def get(self, request: Request) -> Response:
        return Response(KpisOut(self.answer(request, KPIS)).data)


class KpiDetail(_Kpis):
    """One figure."""

    @extend_schema(parameters=FILTERS, responses=KpisOut)
    def get(self, request: Request, slug: str) -> Response:
        if slug not in KPI_BY_SLUG:
            raise Http404
        return Response(KpisOut(self.answer(request, [KPI_BY_SLUG[slug]])).data)


def _selection(request: Request) -> Selection:
    selection = selected(request.query_params, clock.now())
    if selection.form.errors:
        raise ValidationError({name: list(errors) for name, errors in selection.form.errors.items()})
    return selection
