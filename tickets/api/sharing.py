"""Taking, handing over and sharing out tickets for other systems, and who is there to get them."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions as staff
from accounts.access import absences_for, may_plan
from accounts.api import needs
from accounts.models import Absence, AbsenceQuerySet, Team, User
from accounts.rights import Right
from accounts.states import Presence, Strategy
from core import clock
from tickets import actions, load
from tickets.access import assignees, may_assign
from tickets.actions.assignment import MOST_AT_ONCE
from tickets.api.desk import TicketOut, TicketVerb
from tickets.forms import BODY_LENGTH
from tickets.models import Ticket

# --- in ----------------------------------------------------------------------------------------------


@extend_schema_field(OpenApiTypes.EMAIL)
class MemberField(serializers.Field[User, Any, str, Any]):
    """Somebody who works on tickets, by e-mail address."""

    def to_internal_value(self, data: Any) -> User:
        email = data.strip().lower() if isinstance(data, str) else ""
        found = assignees().defer(None).filter(email=email).first() if "\x00" not in email else None
        if found is None:
            raise serializers.ValidationError(_("Nobody with this address works on tickets."))
        return found


def _team_field() -> Any:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True, default=None
    )


class HandOverIn(serializers.Serializer[Any]):
    """Who gets it: a colleague by e-mail address, a team by its code, or both; and what they need to know."""

    to = MemberField(required=False, allow_null=True, default=None)
    team = _team_field()
    note = serializers.CharField(max_length=BODY_LENGTH)


class SpreadIn(serializers.Serializer[Any]):
    """Whose tickets are shared out: somebody who is out of office."""

    member = MemberField()


class RebalanceIn(serializers.Serializer[Any]):
    """How many open tickets of a member move to a colleague, or to whoever of a team can take them."""

    member = MemberField()
    to = MemberField(required=False, allow_null=True, default=None)
    team = _team_field()
    how_many = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE)
    oldest = serializers.BooleanField(
        required=False, default=False, help_text="The oldest first instead of the most urgent."
    )


class AbsenceIn(serializers.Serializer[Any]):
    """Out of office; no `ends_at`: until somebody says that they are back. No `member`: you."""

    member = MemberField(required=False, allow_null=True, default=None)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    cover = MemberField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


# --- out ---------------------------------------------------------------------------------------------


class SharedOut(serializers.Serializer[Any]):
    """So many tickets have somebody new; for so many there was no room."""

    moved = serializers.IntegerField()
    left = serializers.IntegerField()


class MemberLoadOut(serializers.Serializer[Any]):
    """A member of a team. `open` counts against `capacity`; `until` is when `presence` ends, if known."""

    email = serializers.EmailField(source="member.email")
    name = serializers.CharField(source="member.display_name")
    presence = serializers.ChoiceField(source="duty.presence", choices=Presence.choices)
    until = serializers.DateTimeField(source="duty.until", allow_null=True)
    capacity = serializers.IntegerField()
    open = serializers.IntegerField(source="load.open")
    waiting = serializers.IntegerField(source="load.waiting")
    late = serializers.IntegerField(source="load.late")
    due_in_an_hour = serializers.IntegerField(source="load.soon")
    languages = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()

    def get_languages(self, place: load.Place) -> list[str]:
        return sorted(place.member.languages)

    def get_skills(self, place: load.Place) -> list[str]:
        return [skill.code for skill in place.member.skills.all()]


class TeamOut(serializers.Serializer[Any]):
    """A team and its load. `unassigned` counts tickets that nobody has, `reasons` why, where known."""

    code = serializers.CharField(source="team.code")
    name_en = serializers.CharField(source="team.name_en")
    name_zh = serializers.CharField(source="team.name_zh")
    strategy = serializers.ChoiceField(source="team.strategy", choices=Strategy.choices)
    is_rapid_response = serializers.BooleanField(source="team.is_rapid_response")
    capacity = serializers.IntegerField(source="team.capacity")
    unassigned = serializers.IntegerField(source="waiting")
    reasons = serializers.SerializerMethodField()
    members = MemberLoadOut(source="places", many=True)

    def get_reasons(self, team: load.TeamLoad) -> dict[str, int]:
        return {code: count for code, count in team.unassigned.items() if code}


class AbsenceOut(serializers.ModelSerializer[Absence]):
    """An absence that goes on or is still to come."""

    member = serializers.EmailField(source="member.email")
    cover = serializers.EmailField(source="cover.email", default=None)

    class Meta:
        model = Absence
        fields = ("id", "member", "starts_at", "ends_at", "cover", "note")


# --- endpoints ---------------------------------------------------------------------------------------


def _me(request: Request) -> User:
    return cast(User, request.user)


def _given(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class ClaimTicket(TicketVerb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Take a ticket that nobody looks after; 409 `ticket.already_taken` when somebody was quicker."""
        return self.act(request, number, lambda ticket: actions.claim(ticket, by=_me(request)))


class HandOverTicket(TicketVerb):
    @extend_schema(request=HandOverIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Give it to a colleague or a team with a note; giving away others' takes the right to assign."""
        given = _given(HandOverIn, request)

        def hand_over(ticket: Ticket) -> Ticket:
            if not may_assign(_me(request), ticket, given["to"]):
                raise PermissionDenied
            return actions.hand_over(ticket, **given, by=_me(request))

        return self.act(request, number, hand_over)


class TeamList(APIView):
    """The teams with their members and what each has to do."""

    permission_classes = (needs(Right.ASSIGN_TICKETS),)

    @extend_schema(responses=TeamOut(many=True))
    def get(self, request: Request) -> Response:
        """Who is there, what each has, what nobody has."""
        return Response(TeamOut(load.of_teams(clock.now()), many=True).data)


class RebalanceMember(APIView):
    """Moving open tickets of one member to others."""

    permission_classes = (needs(Right.ASSIGN_TICKETS),)

    @extend_schema(request=RebalanceIn, responses=SharedOut)
    def post(self, request: Request) -> Response:
        """Nobody gets more than they have room for; what is left stays where it is."""
        given = _given(RebalanceIn, request)
        return Response(SharedOut(actions.rebalance(given.pop("member"), **given, by=_me(request))).data)


class SpreadMember(APIView):
    """Sharing out everything of one member."""

    permission_classes = (needs(Right.ASSIGN_TICKETS),)

    @extend_schema(request=SpreadIn, responses=SharedOut)
    def post(self, request: Request) -> Response:
        """409 `ticket.cannot_spread` when the member is not out of office."""
        given = _given(SpreadIn, request)
        return Response(SharedOut(actions.spread(given["member"], by=_me(request))).data)


class AbsenceList(generics.ListAPIView[Absence]):
    """Absences that go on or are still to come: yours, or everybody's with the right to assign."""

    permission_classes = (needs(),)
    serializer_class = AbsenceOut
    queryset = Absence.objects.none()

    def get_queryset(self) -> AbsenceQuerySet:
        return absences_for(_me(self.request)).not_over(clock.now()).order_by("-pk")

    @extend_schema(request=AbsenceIn, responses={201: AbsenceOut})
    def post(self, request: Request) -> Response:
        """Set somebody out of office; for others it takes the right to assign."""
        given = _given(AbsenceIn, request)
        member = given.pop("member") or _me(request)
        if not may_plan(_me(request), member):
            raise PermissionDenied
        absence = staff.set_away(member, **given, by=_me(request))
        return Response(AbsenceOut(absence).data, status=status.HTTP_201_CREATED)


class ComeBack(APIView):
    """The end of an absence."""

    permission_classes = (needs(),)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """End it now, or take it back if it is still to come."""
        staff.come_back(get_object_or_404(absences_for(_me(request)), pk=pk), by=_me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
