"""Papers of a case for other systems: label and guide as PDF, the customs declaration, the evidence pack."""

from typing import Any, cast

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core.money import to_decimal
from core.views.downloads import document
from returns import actions
from returns.access import cases_for
from returns.actions import DeclaredGood
from returns.api.cases import minor
from returns.api.shapes import VersionIn
from returns.customs import Declaration, declaration
from returns.models import Case, ReturnCustoms
from returns.models.customs import HS_CODE
from returns.papers import papers

NOT_NOW = OpenApiResponse(description="Not possible now.")


def found(request: Request, number: str) -> Case:
    """The case, if the caller may see it."""
    rows = cases_for(cast(User, request.user)).select_related(
        "ticket", "order__shop", "customer", "reason", "service_centre"
    )
    return get_object_or_404(rows, number=number)


class CaseLabel(APIView):
    """Guide, label and packing slip."""

    permission_classes = (needs(Right.READ_CASES),)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY, 409: NOT_NOW})
    def get(self, request: Request, number: str) -> HttpResponse:
        """One PDF in the customer's language; 409 while there is no address to send to."""
        case = found(request, number)
        return document(papers(case), name=f"{number}.pdf", content_type="application/pdf")


class CaseEvidencePack(APIView):
    """All evidence on a case."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    @extend_schema(request=None, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """One ZIP with summary, timeline, messages, tracking, files and a manifest of their hashes."""
        pack = actions.pack_evidence(found(request, number), by=cast(User, request.user))
        return FileResponse(
            pack.file, as_attachment=True, filename=f"{number}.zip", content_type="application/zip"
        )


class GoodShape(serializers.Serializer[Any]):
    """Goods of one line, by the position of its order line; `value` counts for all units."""

    position = serializers.IntegerField()
    description = serializers.CharField(max_length=200)
    hs_code = serializers.CharField(required=False, default="", allow_blank=True, validators=[HS_CODE])
    origin = serializers.CharField(max_length=2, required=False, default="", allow_blank=True)
    value = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0)


class CustomsIn(VersionIn):
    goods = GoodShape(many=True, allow_empty=False)
    purpose = serializers.ChoiceField(
        choices=ReturnCustoms.Purpose.choices, default=ReturnCustoms.Purpose.RETURNED_GOODS
    )
    incoterm = serializers.ChoiceField(
        choices=ReturnCustoms.Incoterm.choices, default=ReturnCustoms.Incoterm.DAP
    )
    eori = serializers.CharField(max_length=17, required=False, default="", allow_blank=True)
    ioss = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class CustomsOut(CustomsIn):
    """The declaration; not `written` yet means that it is drawn from the order."""

    written = serializers.BooleanField()
    currency = serializers.CharField()


class CustomsPermission(BasePermission):
    """Whoever sees cases reads the declaration; whoever decides them writes it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        right = Right.READ_CASES if request.method == "GET" else Right.DECIDE_CASES
        return needs(right)().has_permission(request, view)


class CaseCustoms(APIView):
    """What customs are told."""

    permission_classes = (CustomsPermission,)

    @extend_schema(responses=CustomsOut)
    def get(self, request: Request, number: str) -> Response:
        """The declaration on record, else a draft."""
        case = found(request, number)
        return Response(_shown(case, declaration(case)))

    @extend_schema(request=CustomsIn, responses={200: CustomsOut, 409: NOT_NOW})
    def post(self, request: Request, number: str) -> Response:
        """Write the declaration, in place of the one before."""
        case, told = found(request, number), CustomsIn(data=request.data)
        told.is_valid(raise_exception=True)
        given = dict(told.validated_data)
        keys = dict(case.lines.values_list("order_line__position", "pk"))
        goods = [
            DeclaredGood(
                line=keys.get(each["position"], 0),
                description=each["description"],
                hs_code=each["hs_code"],
                origin=each["origin"].upper(),
                value=minor(case, each["value"]) or 0,
            )
            for each in given.pop("goods")
        ]
        actions.declare_customs(case, goods=goods, by=cast(User, request.user), **given)
        return Response(_shown(case, declaration(case)))


def _shown(case: Case, told: Declaration) -> dict[str, Any]:
    goods = [
        {
            "position": good.line.order_line.position,
            "description": good.description,
            "hs_code": good.hs_code,
            "origin": good.origin,
            "value": str(to_decimal(good.value, case.currency)),
        }
        for good in told.goods
    ]
    names = ("purpose", "incoterm", "eori", "ioss", "note")
    own = {name: getattr(told, name) for name in names}
    return {"goods": goods, **own, "written": told.is_written, "currency": case.currency}
