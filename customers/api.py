"""Customers for other systems: to look up, not to change."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import generics, serializers
from rest_framework.request import Request

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from customers import queries
from customers.access import customers_for
from customers.models import Address, ContactPoint, Customer


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
    return rows.select_related("tier")
