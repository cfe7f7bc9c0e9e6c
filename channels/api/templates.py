"""Texts that a messenger has approved, and the news each of them stands for."""

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
from channels.access import connections_for
from channels.actions import templates as actions
from channels.models import Connection, MessageTemplate


class TemplateOut(serializers.ModelSerializer[MessageTemplate]):
    """A template as it was last fetched. `obstacle` says why it cannot be used, "" if it can.

    `news` is the kind it stands for, `values` what is put into each of `parameters`.
    """

    class Meta:
        model = MessageTemplate
        fields = (
            "id",
            "name",
            "language",
            "category",
            "body",
            "parameters",
            "obstacle",
            "news",
            "values",
            "pulled_at",
        )


class TemplateIn(serializers.Serializer[Any]):
    """The news a template stands for, "" for none, and the name of a value for each of its parameters."""

    news = serializers.CharField(max_length=40, allow_blank=True)
    values = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)


def _found(request: Request, slug: str) -> Connection:
    return get_object_or_404(connections_for(cast(User, request.user)), slug=slug)


class TemplateList(APIView):
    """The templates of a connection."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(responses=TemplateOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(TemplateOut(_found(request, slug).templates.all(), many=True).data)


class PullTemplates(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=None, responses=TemplateOut(many=True))
    def post(self, request: Request, slug: str) -> Response:
        """Ask the messenger for its templates; 409 where it does not answer."""
        rows = actions.pull(_found(request, slug), by=cast(User, request.user))
        return Response(TemplateOut(rows, many=True).data)


class TemplateDetail(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=TemplateIn, responses=TemplateOut)
    def put(self, request: Request, slug: str, pk: int) -> Response:
        """Let a template stand for a kind of news."""
        row = get_object_or_404(MessageTemplate, connection=_found(request, slug), pk=pk)
        given = TemplateIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        by = cast(User, request.user)
        return Response(
            TemplateOut(actions.choose(row, news_code=told["news"], values=told["values"], by=by)).data
        )
