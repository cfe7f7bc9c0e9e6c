"""Connections for other systems. Secrets go in; one of our making comes out, once."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Team, User
from accounts.rights import Right
from channels import previews, rules
from channels.access import connections_for
from channels.actions import connecting
from channels.adapters import adapter_of
from channels.connection_states import ConnectionKind
from channels.forms.connections import FORMS
from channels.models import Connection
from orders.models import Shop


class ConnectionIn(serializers.Serializer[Any]):
    """A connection. `mapping` (our field -> path) is for the kind "generic".

    `secrets` depend on the kind: secret (generic); token, app_secret, aes_key (wechat); app_secret,
    verify_token, access_token (whatsapp).
    """

    kind = serializers.ChoiceField(choices=ConnectionKind.choices)
    slug = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=100)
    channel = serializers.CharField(max_length=8)
    language = serializers.CharField(max_length=10, required=False, default="en")
    shop = serializers.CharField(required=False, allow_blank=True, default="", help_text="Code of the shop.")
    team = serializers.CharField(required=False, allow_blank=True, default="", help_text="Code of the team.")
    account = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    address = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    mapping = serializers.DictField(child=serializers.CharField(max_length=120), required=False, default=dict)
    business_account = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    trusts_contacts = serializers.BooleanField(required=False, default=False)
    carries_news = serializers.BooleanField(required=False, default=False)
    window_hours = serializers.IntegerField(required=False, allow_null=True, default=None)
    silent_hours = serializers.IntegerField(required=False, allow_null=True, default=None)
    secrets = serializers.DictField(child=serializers.CharField(max_length=400), required=False, default=dict)


class ConnectionOut(serializers.ModelSerializer[Connection]):
    """A connection. `door` is where its other side calls us."""

    shop = serializers.CharField(source="shop.code", default=None)
    team = serializers.CharField(source="team.code", default=None)
    door = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields: tuple[str, ...] = (
            "slug",
            "kind",
            "name",
            "channel",
            "shop",
            "team",
            "language",
            "account",
            "address",
            "mapping",
            "business_account",
            "trusts_contacts",
            "carries_news",
            "window_hours",
            "silent_hours",
            "is_active",
            "created_at",
            "door",
        )

    def get_door(self, connection: Connection) -> str:
        return f"/api/v1/channels/{connection.slug}/inbound/"


class MadeOut(ConnectionOut):
    """A new connection; `secret` is shown this once, "" where it is not of our making."""

    secret = serializers.SerializerMethodField()

    class Meta(ConnectionOut.Meta):
        fields: tuple[str, ...] = (*ConnectionOut.Meta.fields, "secret")

    def get_secret(self, connection: Connection) -> str:
        return connection.tell("secret") if connection.kind == ConnectionKind.GENERIC else ""


def _me(request: Request) -> User:
    return cast(User, request.user)


def _found(request: Request, slug: str) -> Connection:
    return get_object_or_404(connections_for(_me(request)), slug=slug)


def _typed(given: dict[str, Any]) -> QueryDict:
    """What was given, as the page's form takes it: so that both say the same about what is wrong."""
    told = QueryDict(mutable=True)
    plain = {**given, **{f"at_{name}": path for name, path in given.get("mapping", {}).items()}}
    plain |= given.get("secrets", {})
    for name, value in plain.items():
        if isinstance(value, bool):
            told.update({name: "on"} if value else {})
        elif isinstance(value, (str, int)):
            told[name] = str(value)
    return told


def _with_keys(given: dict[str, Any]) -> dict[str, Any]:
    """Shop and team by their codes, as forms know them by their keys. Raises for unknown ones."""
    for name, rows in (("shop", Shop.objects), ("team", Team.objects)):
        if given.get(name):
            row = rows.filter(code=given[name]).first()
            if row is None:
                raise ValidationError({name: [given[name]]})
            given[name] = row.pk
    return given


class ConnectionList(generics.ListAPIView[Connection]):
    """All connections, and a way to make one."""

    serializer_class = ConnectionOut
    permission_classes = (needs(Right.CONFIGURE),)
    queryset = Connection.objects.none()

    def get_queryset(self) -> QuerySet[Connection]:
        return connections_for(_me(self.request)).select_related("shop", "team")

    @extend_schema(request=ConnectionIn, responses={201: MadeOut})
    def post(self, request: Request) -> Response:
        """Make one. The secret we make for a system that signs comes with the answer, this once."""
        given = ConnectionIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = _with_keys(dict(given.validated_data))
        form = FORMS[told["kind"]](_typed(told))
        if not form.is_valid():
            raise ValidationError(_by_field(form.errors))
        secrets = {**form.secrets, **told["secrets"]}
        made = connecting.connect(
            kind=told["kind"], slug=form.cleaned_data["slug"], secrets=secrets, by=_me(request), **form.told
        )
        return Response(MadeOut(made).data, status=status.HTTP_201_CREATED)


def _by_field(errors: Any) -> dict[str, list[str]]:
    names = {f"at_{name}": f"mapping.{name}" for name in (*rules.MESSAGE_FIELDS, *rules.CALL_FIELDS)}
    return {names.get(name, name): [str(one) for one in found] for name, found in errors.items()}


class ConnectionDetail(APIView):
    """One connection."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(responses=ConnectionOut)
    def get(self, request: Request, slug: str) -> Response:
        return Response(ConnectionOut(_found(request, slug)).data)

    @extend_schema(request=ConnectionIn(partial=True), responses=ConnectionOut)
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is named; the rest, kind, slug and secrets stay."""
        row = _found(request, slug)
        given = ConnectionIn(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        now = {**ConnectionOut(row).data, **given.initial_data}
        form = FORMS[row.kind](_typed(_with_keys(now)), connection=row)
        if not form.is_valid():
            raise ValidationError(_by_field(form.errors))
        changed = connecting.change(row, by=_me(request), **form.told)
        return Response(ConnectionOut(changed).data)


class PreviewIn(serializers.Serializer[Any]):
    """A sample of what the system sends; `mapping` instead of that of the connection, to try it."""

    sample = serializers.CharField(max_length=100_000, trim_whitespace=False)
    mapping = serializers.DictField(child=serializers.CharField(max_length=120), required=False)


class LineOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    path = serializers.CharField()
    value = serializers.CharField()
    problem = serializers.CharField()


class PreviewOut(serializers.Serializer[previews.Preview]):
    """What would come of it: the fields of each message; `problem` "" where nothing is wrong."""

    is_good = serializers.BooleanField()
    problem = serializers.CharField()
    messages = serializers.ListField(child=LineOut(many=True))


class PreviewConnection(APIView):
    """What a sample would become."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=PreviewIn, responses=PreviewOut)
    def post(self, request: Request, slug: str) -> Response:
        """Nothing is kept."""
        row, given = _found(request, slug), PreviewIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        found = previews.preview(told["sample"], told.get("mapping", row.mapping), channel=row.channel)
        lines = [LineOut(list(message), many=True).data for message in found.messages]
        return Response({"is_good": found.is_good, "problem": found.problem, "messages": lines})


class ConnectionVerb(APIView):
    permission_classes = (needs(Right.CONFIGURE),)


class TestConnection(ConnectionVerb):
    @extend_schema(request=None, responses=ConnectionOut)
    def post(self, request: Request, slug: str) -> Response:
        """Try whether the other side answers; 409 with what it said when it does not."""
        return Response(ConnectionOut(connecting.test(_found(request, slug), by=_me(request))).data)


class RotateIn(serializers.Serializer[Any]):
    """New secrets by name; a name that is left out keeps its own, for "generic" a new one is made."""

    secrets = serializers.DictField(child=serializers.CharField(max_length=400), required=False, default=dict)


class RotateConnection(ConnectionVerb):
    @extend_schema(request=RotateIn, responses=MadeOut)
    def post(self, request: Request, slug: str) -> Response:
        """Give it new secrets. The former ones still open what comes in for a day."""
        row, given = _found(request, slug), RotateIn(data=request.data)
        given.is_valid(raise_exception=True)
        names = adapter_of(row).secret_names
        secrets = {name: text for name, text in given.validated_data["secrets"].items() if name in names}
        fresh = connecting.rotate(row, secrets=secrets, by=_me(request))
        return Response(MadeOut(fresh).data)


class PauseIn(serializers.Serializer[Any]):
    on = serializers.BooleanField(help_text="true lets it go on, false pauses it.")


class PauseConnection(ConnectionVerb):
    @extend_schema(request=PauseIn, responses=ConnectionOut)
    def post(self, request: Request, slug: str) -> Response:
        """Pause it or let it go on. What comes in meanwhile is kept."""
        row, given = _found(request, slug), PauseIn(data=request.data)
        given.is_valid(raise_exception=True)
        verb = connecting.go_on if given.validated_data["on"] else connecting.pause
        return Response(ConnectionOut(verb(row, by=_me(request))).data)
