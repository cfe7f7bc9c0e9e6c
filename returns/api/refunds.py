"""Refunds for other systems: list, one, pay, release, take back, try again."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core import clock
from returns import actions, reconciliation
from returns.access import cases_for, refunds_for
from returns.api.cases import CaseVerb, detailed, minor
from returns.api.shapes import FindingsOut, RefundIn, RefundOut
from returns.filters import RefundFilter
from returns.models import Case, Refund
from returns.models.refunds import RefundQuerySet

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key is the same refund, however often it is sent: 8 to 64 characters.",
)


class RefundList(generics.ListAPIView[Refund]):
    """Refunds, newest first."""

    serializer_class = RefundOut
    permission_classes = (needs(Right.READ_REFUNDS),)
    filterset_class = RefundFilter
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Refund]:
        return _refunds(cast(User, self.request.user))

    @extend_schema(
        request=RefundIn,
        parameters=[KEY],
        responses={201: RefundOut(many=True), 409: OpenApiResponse(description="Not possible now.")},
    )
    def post(self, request: Request) -> Response:
        """Pay what is due on a case; a worker takes it to the payment provider."""
        user = cast(User, request.user)
        if not user.may(Right.PAY_REFUNDS):
            self.permission_denied(request)
        told = RefundIn(data=request.data)
        told.is_valid(raise_exception=True)
        case = get_object_or_404(cases_for(user), number=told.validated_data["case"])
        made = actions.create_refund(
            case,
            by=user,
            key=request.headers.get("Idempotency-Key", ""),
            expected_refunded=minor(case, told.validated_data["expected_refunded"]),
        )
        rows = _refunds(user).filter(pk__in=[refund.pk for refund in made]).order_by("pk")
        return Response(RefundOut(rows, many=True).data, status=status.HTTP_201_CREATED)


def _refunds(user: User) -> RefundQuerySet:
    rows = refunds_for(user).select_related("case", "payment", "created_by", "confirmed_by")
    return rows.prefetch_related("lines__case_line__order_line")


class RefundReconciliation(APIView):
    """What gateways said beside what our books say."""

    permission_classes = (needs(Right.READ_REFUNDS),)

    @extend_schema(responses=FindingsOut)
    def get(self, request: Request) -> Response:
        """Refunds a person has to look at; at most a hundred of each kind."""
        found = reconciliation.findings(_refunds(cast(User, request.user)), clock.now())
        return Response(FindingsOut(found).data)


class RefundDetail(generics.RetrieveAPIView[Refund]):
    """One refund with its lines."""

    serializer_class = RefundOut
    permission_classes = (needs(Right.READ_REFUNDS),)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Refund]:
        return _refunds(cast(User, self.request.user))


class RefundVerb(CaseVerb):
    """A verb on the payments of a case, named by one of its refunds; answers with the case as it is then."""

    permission_classes = (needs(Right.PAY_REFUNDS),)

    def found(self, number: str) -> Case:
        refund = get_object_or_404(refunds_for(cast(User, self.request.user)), number=number)
        return get_object_or_404(detailed(cast(User, self.request.user)), pk=refund.case_id)


class RefundConfirm(RefundVerb):
    """Release what waits for a second person."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.confirm_refund(case, by=self.by, **given)


class RefundCancel(RefundVerb):
    """Take back what waits for a second person."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.cancel_refund(case, by=self.by, **given)


class RefundRetry(RefundVerb):
    """Try a failed payment again."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.retry_refund(case, by=self.by, **given)


VERBS = {"confirm": RefundConfirm, "cancel": RefundCancel, "retry": RefundRetry}
"""The verbs of a refund by the last part of their address."""
