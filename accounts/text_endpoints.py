"""Texts to customers for other systems: read them, word them, see how they look and what they said before."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core.models import TextVersion
from core.texts import changing, checking, rendering, versions
from core.texts.declaring import LANGUAGES, Text, Value, Wording, declared
from core.texts.versions import Standing

STATES = ("changed", "built-in", "trouble")


class WordingIn(serializers.Serializer[Any]):
    """The words of a text in one language. Placeholders are written as {{ ticket.number }}."""

    subject = serializers.CharField(
        allow_blank=True,
        required=False,
        default="",
        max_length=checking.SUBJECT_LENGTH,
        help_text="One line; empty for a text that is no mail.",
    )
    body = serializers.CharField(
        max_length=checking.BODY_LENGTH, trim_whitespace=False, help_text="Plain text."
    )
    parts = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=checking.PART_LENGTH, trim_whitespace=False),
        required=False,
        default=dict,
        help_text="The words of each part by its name; a part left out has its built-in words.",
    )


class CustomerTextIn(serializers.Serializer[Any]):
    """How a text is worded. A language that is left out stays as it is."""

    version = serializers.IntegerField(
        min_value=0, help_text="The version you have seen, 0 before the first; another one answers 409."
    )
    en = WordingIn(required=False, help_text="The English words.")
    zh = WordingIn(required=False, help_text="The Chinese words.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"version": given["version"], "wordings": read_wordings(self.context["text"], given)}


class TextPreviewIn(serializers.Serializer[Any]):
    """Words to look at; a language that is left out is shown as it stands."""

    en = WordingIn(required=False, help_text="English words.")
    zh = WordingIn(required=False, help_text="Chinese words.")
    shown = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        allow_null=True,
        default=None,
        help_text="The names of the parts to show; left out, those that come most often.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"shown": given["shown"], "wordings": read_wordings(self.context["text"], given)}


def read_wordings(text: Text, given: Mapping[str, Any]) -> Mapping[str, Wording]:
    """The wordings of an input by "en" and "zh", each as it could be sent; complaints name their field."""
    found: dict[str, Wording] = {}
    wrong: dict[str, Any] = {}
    for name in LANGUAGES:
        if name not in given:
            continue
        said = given[name]
        parts = {**text.built_in(name).parts, **said["parts"]}
        found[name] = Wording(said["subject"], said["body"].replace("\r\n", "\n"), parts)
        if problems := checking.problems(text, found[name]):
            wrong[name] = _by_field(problems)
    if wrong:
        raise serializers.ValidationError(wrong)
    return found


def _by_field(problems: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: [said] for name, said in problems.items() if "." not in name}
    parts = {name.removeprefix("part."): [said] for name, said in problems.items() if "." in name}
    return {**told, "parts": parts} if parts else told


class TextResetIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=0, help_text="The version you have seen.")


class TextRestoreIn(TextResetIn):
    number = serializers.IntegerField(min_value=1, help_text="The version that is to stand again.")


class WordingOut(serializers.Serializer[Wording]):
    subject = serializers.CharField(help_text="Empty for a text that is no mail.")
    body = serializers.CharField()
    parts = serializers.DictField(
        child=serializers.CharField(), help_text="The words of each part by its name."
    )


class ExampleOut(serializers.Serializer[Any]):
    en = serializers.CharField()
    zh = serializers.CharField()


class PlaceholderOut(serializers.Serializer[Any]):
    """A placeholder that may stand in a text."""

    name = serializers.CharField()
    written = serializers.CharField(help_text="As it stands in a text.")
    meaning = serializers.CharField(source="label", help_text="What it stands for.")
    example = ExampleOut(help_text="What a preview shows in its place.")
    is_required = serializers.SerializerMethodField(help_text="Whether subject or body have to name it.")

    def get_is_required(self, value: Value) -> bool:
        text: Text = self.context["text"]
        return value.name in (*text.required, *text.in_subject)


class TextPartOut(serializers.Serializer[Any]):
    """A part of a text that comes only sometimes, with words of its own."""

    name = serializers.CharField()
    written = serializers.CharField(help_text="As it stands in a text.")
    when = serializers.CharField(source="label", help_text="When it comes.")


class CustomerTextOut(serializers.Serializer[Any]):
    """A text to customers as it stands."""

    key = serializers.CharField(source="text.key")
    about = serializers.CharField(source="text.about", help_text="What it belongs to, in your language.")
    name = serializers.CharField(source="text.name")
    when = serializers.CharField(source="text.when", help_text="When it is sent.")
    is_mail = serializers.BooleanField(source="text.is_mail", help_text="Whether it has a subject.")
    version = serializers.IntegerField(
        source="number", help_text="To be named with a change; 0 before the first."
    )
    is_changed = serializers.BooleanField(help_text="Whether it has words of your own.")
    own = serializers.ListField(
        child=serializers.CharField(), help_text="The languages that have words of your own."
    )
    changed_by = serializers.CharField(source="row.actor_name", default="")
    changed_at = serializers.DateTimeField(source="row.created_at", default=None, allow_null=True)
    trouble = serializers.CharField(
        help_text="Why your words cannot be sent, so that the built-in ones are; else empty."
    )
    wordings = serializers.SerializerMethodField(help_text="What is sent, by language.")
    placeholders = serializers.SerializerMethodField()
    parts = TextPartOut(source="text.parts", many=True)

    @extend_schema_field(serializers.DictField(child=WordingOut()))
    def get_wordings(self, standing: Standing) -> dict[str, Any]:
        return {name: WordingOut(said).data for name, said in standing.wordings.items()}

    @extend_schema_field(PlaceholderOut(many=True))
    def get_placeholders(self, standing: Standing) -> list[dict[str, Any]]:
        shown = PlaceholderOut(standing.text.values, many=True, context={"text": standing.text})
        return cast("list[dict[str, Any]]", shown.data)


class TextLookOut(serializers.Serializer[Any]):
    language = serializers.CharField(help_text="“en” or “zh”.")
    subject = serializers.CharField()
    body = serializers.CharField()


class TextVersionOut(serializers.ModelSerializer[TextVersion]):
    """What somebody made of a text. `wording` has the languages with words of their own."""

    by = serializers.CharField(source="actor_name")
    wording = serializers.DictField(child=WordingOut())

    class Meta:
        model = TextVersion
        fields = ("number", "kind", "restored", "by", "created_at", "wording")


class OfText(APIView):
    """What all doors to one text share."""

    permission_classes = (needs(Right.CONFIGURE),)

    def found(self, key: str) -> Text:
        if text := declared().get(key):
            return text
        raise Http404

    def read(self, shape: type[serializers.Serializer[Any]], text: Text) -> dict[str, Any]:
        given = shape(data=self.request.data, context={"text": text})
        given.is_valid(raise_exception=True)
        return cast("dict[str, Any]", given.validated_data)

    @property
    def by(self) -> User:
        return cast(User, self.request.user)


class TextList(APIView):
    """The texts to customers."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(
        responses=CustomerTextOut(many=True),
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Words of the name or the wording."),
            OpenApiParameter("state", OpenApiTypes.STR, enum=STATES, description="Whose words they are."),
        ],
    )
    def get(self, request: Request) -> Response:
        """Every text as it stands."""
        asked, state = request.query_params.get("q", ""), request.query_params.get("state", "")
        if state and state not in STATES:
            choices = ", ".join(STATES)
            raise serializers.ValidationError({"state": [_("Choose one of: %s.") % choices]})
        return Response(CustomerTextOut(versions.found(asked, state), many=True).data)


class TextDetail(OfText):
    """One text."""

    @extend_schema(responses=CustomerTextOut)
    def get(self, request: Request, key: str) -> Response:
        """The text as it stands, with the placeholders that it may use."""
        return Response(CustomerTextOut(versions.standing(self.found(key))).data)

    @extend_schema(request=CustomerTextIn, responses=CustomerTextOut)
    def patch(self, request: Request, key: str) -> Response:
        """Word it anew in one language or both."""
        text = self.found(key)
        changing.change_text(text, **self.read(CustomerTextIn, text), by=self.by)
        return Response(CustomerTextOut(versions.standing(text)).data)


class PreviewText(OfText):
    """How words would look."""

    @extend_schema(request=TextPreviewIn, responses=TextLookOut(many=True))
    def post(self, request: Request, key: str) -> Response:
        """The words with examples for their placeholders, in both languages; nothing is saved."""
        text = self.found(key)
        given = self.read(TextPreviewIn, text)
        wordings = {**versions.standing(text).wordings, **given["wordings"]}
        shown = _shown(text, given["shown"])
        looks = [
            dict(zip(("language", "subject", "body"), (name, *_look(text, name, said, shown)), strict=True))
            for name, said in wordings.items()
        ]
        return Response(TextLookOut(looks, many=True).data)


def _shown(text: Text, asked: Sequence[str] | None) -> Mapping[str, bool]:
    return {part.name: part.shown if asked is None else part.name in asked for part in text.parts}


def _look(text: Text, name: str, wording: Wording, shown: Mapping[str, bool]) -> tuple[str, str]:
    return rendering.sample(text, wording, LANGUAGES[name], shown)


class ResetText(OfText):
    """Back to the built-in wording."""

    @extend_schema(request=TextResetIn, responses=CustomerTextOut)
    def post(self, request: Request, key: str) -> Response:
        """Let the built-in wording stand again in both languages; the former words are kept."""
        text = self.found(key)
        changing.reset_text(text, **self.read(TextResetIn, text), by=self.by)
        return Response(CustomerTextOut(versions.standing(text)).data)


class RestoreText(OfText):
    """Back to an earlier version."""

    @extend_schema(request=TextRestoreIn, responses=CustomerTextOut)
    def post(self, request: Request, key: str) -> Response:
        """Let an earlier version stand again, as a new one."""
        text = self.found(key)
        given = self.read(TextRestoreIn, text)
        try:
            changing.restore_text(text, **given, by=self.by)
        except ValueError as error:
            raise serializers.ValidationError({"number": [str(error)]}) from error
        return Response(CustomerTextOut(versions.standing(text)).data)


class TextVersions(OfText, generics.ListAPIView[TextVersion]):
    """What was made of a text."""

    serializer_class = TextVersionOut
    queryset = TextVersion.objects.none()

    @extend_schema(responses=TextVersionOut(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every version, newest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return versions.history(self.found(self.kwargs["key"]))
