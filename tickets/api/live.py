"""The desk as colleagues share it: drafts, held replies, who is here, followers, views, many at once."""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Team
from accounts.rights import Right
from tickets import actions, bulk, presence
from tickets.access import tickets_for
from tickets.actions import drafts, holding
from tickets.actions.views import change_view, may_edit_view, remove_view, save_view
from tickets.api.desk import TicketOut, TicketVerb
from tickets.api.writing import me, valid
from tickets.forms import BODY_LENGTH
from tickets.listing import KEPT, counts, query
from tickets.models import BulkRun, Draft, HeldReply, SavedView, SavedViewQuerySet, Ticket
from tickets.presence import Doing
from tickets.states import DraftKind, Priority, TicketType, ViewVisibility


def _ticket(request: Request, number: str) -> Ticket:
    return get_object_or_404(tickets_for(me(request)), number=number)


# --- drafts ------------------------------------------------------------------------------------------


class DraftIn(serializers.Serializer[Any]):
    """What you have written so far; an empty body forgets it. `key` is that of the form it is written in."""

    kind = serializers.ChoiceField(choices=DraftKind.choices)
    body = serializers.CharField(max_length=BODY_LENGTH, allow_blank=True, trim_whitespace=False)
    key = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class DraftOut(serializers.ModelSerializer[Draft]):
    class Meta:
        model = Draft
        fields = ("kind", "body", "key", "updated_at")


class TicketDrafts(APIView):
    """Your own drafts on a ticket; nobody sees those of others."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(responses=DraftOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        mine = _ticket(request, number).drafts.filter(user=me(request)).order_by("kind")
        return Response(DraftOut(mine, many=True).data)

    @extend_schema(request=DraftIn, responses=DraftOut(many=True))
    def put(self, request: Request, number: str) -> Response:
        """Keep one; answers with all of yours on the ticket."""
        ticket, given = _ticket(request, number), valid(DraftIn(data=request.data))
        drafts.save_draft(ticket, **{**given, "kind": DraftKind(given["kind"])}, by=me(request))
        return self.get(request, number)


# --- replies that have not left ----------------------------------------------------------------------


class HeldOut(serializers.ModelSerializer[HeldReply]):
    """A reply that leaves at `due_at` unless its author takes it back."""

    author = serializers.EmailField(source="author.email")

    class Meta:
        model = HeldReply
        fields = ("id", "author", "body", "state", "created_at", "due_at")


class HeldReplies(APIView):
    """Replies on a ticket that have not left yet."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=HeldOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        held = _ticket(request, number).held_replies.held().select_related("author")
        return Response(HeldOut(held, many=True).data)


class UndoReply(APIView):
    """Second thoughts."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=None, responses=HeldOut)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Take back a reply of yours; 409 when it has left."""
        mine = _ticket(request, number).held_replies.filter(author=me(request))
        held = get_object_or_404(mine.select_related("author"), pk=pk)
        holding.undo(held, by=me(request))
        held.refresh_from_db()
        return Response(HeldOut(held).data)


# --- who is here -------------------------------------------------------------------------------------


class PresenceIn(serializers.Serializer[Any]):
    doing = serializers.ChoiceField(choices=[one.value for one in Doing])


class PresenceOut(serializers.Serializer[Any]):
    member = serializers.EmailField(source="member.email")
    name = serializers.CharField(source="member.display_name")
    doing = serializers.CharField()


class TicketPresence(APIView):
    """Which colleagues are on a ticket now, and what they do."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=PresenceOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        others = presence.others(_ticket(request, number), than=me(request))
        return Response(PresenceOut(others, many=True).data)

    @extend_schema(request=PresenceIn, responses=PresenceOut(many=True))
    def post(self, request: Request, number: str) -> Response:
        """Say what you do; to be said again every 20 seconds."""
        said = valid(PresenceIn(data=request.data))["doing"]
        presence.note(_ticket(request, number), Doing(said), by=me(request))
        return self.get(request, number)


# --- followers ---------------------------------------------------------------------------------------


class FollowTicket(TicketVerb):
    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Be told of what happens on it."""

        def follow(ticket: Ticket) -> Ticket:
            actions.follow(ticket, member=me(request), by=me(request))
            return ticket

        return self.act(request, number, follow)


class UnfollowTicket(TicketVerb):
    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Be told no longer."""

        def unfollow(ticket: Ticket) -> Ticket:
            actions.unfollow(ticket, member=me(request), by=me(request))
            return ticket

        return self.act(request, number, unfollow)


# --- saved views -------------------------------------------------------------------------------------


class SavedViewIn(serializers.Serializer[Any]):
    """A view. `conditions` are the queue and the filters of the inbox, by name; `asks` a tree as in rules.

    With `version`, a change is refused when somebody changed the view since.
    """

    name_en = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    name_zh = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    visibility = serializers.ChoiceField(
        choices=ViewVisibility.choices, required=False, default=ViewVisibility.PRIVATE
    )
    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True, default=None
    )
    position = serializers.IntegerField(min_value=0, max_value=999, required=False, default=100)
    conditions = serializers.DictField(child=serializers.CharField(max_length=100), required=False)
    asks = serializers.JSONField(required=False)
    version = serializers.IntegerField(min_value=1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.partial and not (attrs["name_en"] or attrs["name_zh"]):
            raise serializers.ValidationError({"name_en": [_("Give it a name, in one language at least.")]})
        unknown = set(attrs.get("conditions", ())) - set(KEPT)
        if unknown:
            said = _("There is no filter “%s”.") % ", ".join(sorted(unknown))
            raise serializers.ValidationError({"conditions": [said]})
        return attrs


class SavedViewOut(serializers.ModelSerializer[SavedView]):
    """A view; `count` is how many tickets it shows you, at most 100."""

    team = serializers.CharField(source="team.code", default=None)
    owner = serializers.EmailField(source="owner.email")
    count = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = (
            "id",
            "name_en",
            "name_zh",
            "owner",
            "visibility",
            "team",
            "position",
            "conditions",
            "asks",
            "version",
            "count",
        )

    def get_count(self, view: SavedView) -> int:
        return counts(me(self.context["request"]), [view])[view.pk]


class SavedViews(APIView):
    """Views in your side bar."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=SavedViewOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(SavedViewOut(_views(request), many=True, context={"request": request}).data)

    @extend_schema(request=SavedViewIn, responses={201: SavedViewOut})
    def post(self, request: Request) -> Response:
        """Keep a queue with filters under a name."""
        given = valid(SavedViewIn(data=request.data))
        given.pop("version", None)
        view = save_view(**{"conditions": {}, **given}, by=me(request))
        shown = SavedViewOut(view, context={"request": request}).data
        return Response(shown, status=status.HTTP_201_CREATED)


class SavedViewDetail(APIView):
    """One view."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=SavedViewOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(
            SavedViewOut(get_object_or_404(_views(request), pk=pk), context={"request": request}).data
        )

    @extend_schema(request=SavedViewIn(partial=True), responses=SavedViewOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is said; the rest stays."""
        given = valid(SavedViewIn(data=request.data, partial=True))
        change_view(_editable(request, pk), **given, by=me(request))
        return self.get(request, pk)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take it away."""
        remove_view(_editable(request, pk), by=me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _views(request: Request) -> SavedViewQuerySet:
    return SavedView.objects.shown_to(me(request)).select_related("owner", "team")


def _editable(request: Request, pk: int) -> SavedView:
    view = get_object_or_404(_views(request), pk=pk)
    if not may_edit_view(me(request), view):
        raise PermissionDenied
    return view


# --- many at once ------------------------------------------------------------------------------------


class BulkIn(serializers.Serializer[Any]):
    """A verb for all tickets that match `conditions` (queue and filters of the inbox), done by a worker."""

    verb = serializers.ChoiceField(choices=sorted(bulk.VERBS))
    conditions = serializers.DictField(child=serializers.CharField(max_length=100))
    assignee = serializers.IntegerField(required=False, allow_null=True, help_text="Key of the member.")
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    type = serializers.ChoiceField(choices=TicketType.choices, required=False)
    macro = serializers.SlugField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = attrs["verb"]
        if needed in self.fields and needed not in attrs:
            raise serializers.ValidationError({needed: [_("This field is required.")]})
        return attrs


class RunOut(serializers.ModelSerializer[BulkRun]):
    """How far it is; `refused` names the tickets that were not done, with code and facts."""

    class Meta:
        model = BulkRun
        fields = ("id", "verb", "state", "total", "done", "refused", "created_at", "finished_at")


class BulkRuns(APIView):
    """Work on many tickets."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=BulkIn, responses={202: RunOut})
    def post(self, request: Request) -> Response:
        """Begin it; look at the run to see how far it is."""
        given = valid(BulkIn(data=request.data))
        verb, conditions = given.pop("verb"), given.pop("conditions")
        asked: QueryDict = query(conditions)
        run = bulk.begin(verb, given, asked.urlencode(), by=me(request))
        return Response(RunOut(run).data, status=status.HTTP_202_ACCEPTED)


class BulkRunDetail(generics.RetrieveAPIView[BulkRun]):
    """One run of yours."""

    permission_classes = (needs(Right.WORK_TICKETS),)
    serializer_class = RunOut
    queryset = BulkRun.objects.none()

    def get_queryset(self) -> Any:
        return me(self.request).bulk_runs.all()
