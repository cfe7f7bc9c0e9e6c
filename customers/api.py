"""Customers for other systems: to look up, and to say who is the same person."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from customers import actions, queries
from customers.access import customers_for
from customers.models import Address, ContactPoint, Customer
from customers.states import NewsWay, Topic


class ContactPointOut(serializers.ModelSerializer[ContactPoint]):
    class Meta:
        model = ContactPoint
        fields = ("kind", "value", "is_primary", "verified_at")


class AddressOut(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ("recipient", "phone", "country", "region", "city", "postcode", "lines")


class CustomerOut(serializers.ModelSerializer[Customer]):
    tier = serializers.SlugRelatedField[Customer](slug_field="code", read_only=True)
    merged_into = serializers.SlugRelatedField[Customer](slug_field="number", read_only=True)
    contact_points = ContactPointOut(many=True, read_only=True)

    class Meta:
        model = Customer
        fields = (
            "number",
            "name",
            "language",
            "country",
            "time_zone",
            "tier",
            "merged_into",
            "contact_points",
            "created_at",
        )


class CustomerDetailOut(CustomerOut):
    addresses = AddressOut(many=True, read_only=True)

    class Meta(CustomerOut.Meta):
        fields = (*CustomerOut.Meta.fields, "addresses")  # type: ignore[assignment]


class CustomerFilter(filters.FilterSet):
    """`q` is the search of the console: name, number, e-mail or phone."""

    q = filters.CharFilter(method="search")
    tier = filters.CharFilter(field_name="tier__code")
    country = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = Customer
        fields = ("q", "tier", "country", "language")

    def search(self, rows: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        return queries.matching(rows, text)


class CustomerList(generics.ListAPIView[Customer]):
    """Customers, newest first."""

    serializer_class = CustomerOut
    permission_classes = (needs(Right.READ_CUSTOMERS),)
    filterset_class = CustomerFilter

    def get_queryset(self) -> QuerySet[Customer]:
        return _visible(self.request).prefetch_related("contact_points")


class CustomerDetail(generics.RetrieveAPIView[Customer]):
    """One customer by public number."""

    serializer_class = CustomerDetailOut
    permission_classes = (needs(Right.READ_CUSTOMERS),)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Customer]:
        return _visible(self.request).prefetch_related("contact_points", "addresses")


def _visible(request: Request) -> QuerySet[Customer]:
    user = request.user
    rows = customers_for(user) if isinstance(user, User) else Customer.objects.none()
    return rows.select_related("tier", "merged_into")


class MergeIn(serializers.Serializer[Any]):
    """The number of the customer who is the same person and goes on."""

    into = serializers.CharField(max_length=20)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class NewsChoice(serializers.Serializer[Any]):
    """How a customer hears news: `way`, and the topics in `off` which they do without.

    Decisions, deadlines and money are no topics: they are always told.
    """

    way = serializers.ChoiceField(choices=NewsWay.choices)
    off = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))

    def to_representation(self, customer: Customer) -> dict[str, Any]:
        return {"way": customer.news_way, "off": customer.news_off}


class CustomerNews(APIView):
    """What a customer chose about news."""

    def get_permissions(self) -> list[Any]:
        rights = [Right.READ_CUSTOMERS] + ([Right.EDIT_CUSTOMERS] if self.request.method == "PUT" else [])
        return [needs(*rights)()]

    @extend_schema(responses=NewsChoice)
    def get(self, request: Request, number: str) -> Response:
        return Response(NewsChoice(get_object_or_404(_visible(request), number=number)).data)

    @extend_schema(request=NewsChoice, responses=NewsChoice)
    def put(self, request: Request, number: str) -> Response:
        """Choose for a customer; it counts for what is told from now on."""
        customer, sent = get_object_or_404(_visible(request), number=number), NewsChoice(data=request.data)
        sent.is_valid(raise_exception=True)
        chosen = actions.choose_news(customer, by=cast(User, request.user), **sent.validated_data)
        return Response(NewsChoice(chosen).data)


class _PersonVerb(APIView):
    permission_classes = (needs(Right.READ_CUSTOMERS, Right.MERGE_CUSTOMERS),)

    def found(self, number: str) -> Customer:
        """A customer of this number whom the asker may see."""
        return get_object_or_404(_visible(self.request), number=number)

    def named(self, field: str, number: str) -> Customer:
        """Another customer whom the body names in a field."""
        row = _visible(self.request).filter(number=number.replace("\x00", "")).first()
        if row is None:
            raise serializers.ValidationError({field: [_("There is no customer of this number.")]})
        return row

    def other(self) -> Customer:
        sent = OtherIn(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return self.named("other", sent.validated_data["other"])

    def answer(self, customer: Customer) -> Response:
        """The customer as they are now."""
        return Response(CustomerDetailOut(self.found(customer.number)).data)


class OtherIn(serializers.Serializer[Any]):
    """The number of the other customer."""

    other = serializers.CharField(max_length=20)


class MergeCustomer(_PersonVerb):
    @extend_schema(request=MergeIn, responses=CustomerDetailOut)
    def post(self, request: Request, number: str) -> Response:
        """Say that two customers are one person; answers with the one that goes on. It can be undone."""
        customer, sent = self.found(number), MergeIn(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        into = self.named("into", given["into"])
        by = cast(User, request.user)
        return self.answer(actions.merge_customers(customer, into=into, note=given["note"], by=by))


class UnmergeCustomer(_PersonVerb):
    @extend_schema(request=None, responses=CustomerDetailOut)
    def post(self, request: Request, number: str) -> Response:
        """Tell a merged customer apart again; what came since stays with the other."""
        by = cast(User, request.user)
        return self.answer(actions.unmerge_customers(self.found(number), by=by))


class TellApart(_PersonVerb):
    @extend_schema(request=OtherIn, responses=CustomerDetailOut)
    def post(self, request: Request, number: str) -> Response:
        """Say that two customers who look alike are two persons: they are not proposed again."""
        customer = self.found(number)
        actions.tell_apart(customer, other=self.other(), by=cast(User, request.user))
        return self.answer(customer)


class SuspectAgain(_PersonVerb):
    @extend_schema(request=OtherIn, responses=CustomerDetailOut)
    def post(self, request: Request, number: str) -> Response:
        """Take that back."""
        customer = self.found(number)
        actions.suspect_again(customer, other=self.other(), by=cast(User, request.user))
        return self.answer(customer)
