"""Texts that a messenger has approved, and the news each of them stands for."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from channels import template_previews
from channels.access import connections_for
from channels.actions import templates as actions
from channels.models import Connection, MessageTemplate, TemplateUse


class TemplateUseOut(serializers.ModelSerializer[TemplateUse]):
    """News that a template stands for; `values` as they were given."""

    class Meta:
        model = TemplateUse
        fields = ("news", "values")


class TemplateGapOut(serializers.Serializer[Any]):
    """A gap of a template: what kind of text it takes, and how long. What is fixed takes no value of news."""

    name = serializers.CharField(source="gap")
    caption = serializers.CharField()
    kind = serializers.CharField()
    longest = serializers.IntegerField(allow_null=True)
    is_fixed = serializers.BooleanField()
    takes = serializers.CharField()


class TemplateLineOut(TemplateGapOut):
    """A gap with an example in it: `text` as it is sent, `whole` before it is cut, what is wrong with it."""

    text = serializers.CharField()
    whole = serializers.CharField()
    length = serializers.IntegerField()
    is_cut = serializers.BooleanField()
    problem = serializers.CharField()


class TemplateOut(serializers.ModelSerializer[MessageTemplate]):
    """A template as it was last fetched. `obstacle` says why it cannot be used, "" if it can."""

    uses = TemplateUseOut(many=True)
    gaps = serializers.SerializerMethodField()

    class Meta:
        model = MessageTemplate
        fields = (
            "id",
            "name",
            "title",
            "language",
            "category",
            "body",
            "parameters",
            "gaps",
            "obstacle",
            "uses",
            "pulled_at",
        )

    @extend_schema_field(TemplateGapOut(many=True))
    def get_gaps(self, row: MessageTemplate) -> Any:
        return TemplateGapOut(template_previews.gaps(row), many=True).data


class TemplateIn(serializers.Serializer[Any]):
    """News a template stands for, and for each parameter the name of a value, or = and a fixed text."""

    news = serializers.CharField(max_length=40)
    values = serializers.ListField(child=serializers.CharField(max_length=240), required=False, default=list)


class TemplatePreviewIn(serializers.Serializer[Any]):
    """What stands in each of the parameters, as for the template itself."""

    values = serializers.ListField(child=serializers.CharField(max_length=240, allow_blank=True))


def _found(request: Request, slug: str) -> Connection:
    return get_object_or_404(connections_for(cast(User, request.user)), slug=slug)


class TemplateList(APIView):
    """The templates of a connection."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(responses=TemplateOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        rows = _found(request, slug).templates.select_related("connection").prefetch_related("uses")
        return Response(TemplateOut(rows, many=True).data)


class PullTemplates(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=None, responses=TemplateOut(many=True))
    def post(self, request: Request, slug: str) -> Response:
        """Ask the messenger for its templates; 409 where it does not answer."""
        rows = actions.pull(_found(request, slug), by=cast(User, request.user))
        return Response(TemplateOut(rows, many=True).data)


def _template(request: Request, slug: str, pk: int) -> MessageTemplate:
    return get_object_or_404(MessageTemplate, connection=_found(request, slug), pk=pk)


class TemplateDetail(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=TemplateIn, responses=TemplateOut)
    def put(self, request: Request, slug: str, pk: int) -> Response:
        """Let a template stand for a kind of news; what it stands for besides stays."""
        row = _template(request, slug, pk)
        given = TemplateIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        by = cast(User, request.user)
        actions.choose(row, news_code=told["news"], values=told["values"], by=by)
        return Response(TemplateOut(_template(request, slug, pk)).data)

    @extend_schema(parameters=[OpenApiParameter("news", str, required=True)], responses=TemplateOut)
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """Let a template stand for the `news` of the query no longer; it stays in the list."""
        code = request.query_params.get("news", "")
        row = actions.drop(_template(request, slug, pk), news_code=code, by=cast(User, request.user))
        return Response(TemplateOut(row).data)


class TemplatePreview(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=TemplatePreviewIn, responses=TemplateLineOut(many=True))
    def post(self, request: Request, slug: str, pk: int) -> Response:
        """What a template becomes with examples of the values, and what would not fit; nothing is saved."""
        given = TemplatePreviewIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = template_previews.lines(_template(request, slug, pk), given.validated_data["values"])
        return Response(TemplateLineOut(found, many=True).data)
