"""Mail for other systems: pushed in, looked at, taken in or discarded; mailboxes; addresses that bounce."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Team, User
from accounts.rights import Right
from channels.actions import mail_keeping, mail_queue, mailboxes, suppression
from channels.actions.mail_landing import land
from channels.actions.mail_taking import bytes_of, work
from channels.email import oauth, smtp
from channels.email.states import FETCHED, Fetching, MailState, Outcome
from channels.forms.mail import SMTP_WRONG, keeping_wrong
from channels.models import IncomingMail, Mailbox, MailGrant
from core import clock, signatures
from core.models import SuppressedAddress
from core.views.downloads import document
from orders.models import Shop
from tickets.access import tickets_for
from tickets.models import Ticket


class RawMail(BaseParser):
    """The body as it came, whatever it is said to be; what is far too large is not read to its end."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The bytes, and one more than is taken, so that the caller sees that there were too many."""
        return bytes(stream.read(settings.MAIL_MEGABYTES * 2 * 1024 * 1024 + 1))


class DeliveredOut(serializers.Serializer[IncomingMail]):
    """What came of a mail. `outcome`: created, appended, ignored, quarantined or duplicate."""

    outcome = serializers.CharField()
    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)
    reason = serializers.CharField()


class MailboxMail(APIView):
    """The door at which a mail service hands mails over: the raw MIME message as the body."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()  # a service may hand over thousands at once; what is not signed costs one hash
    parser_classes = (RawMail,)

    @extend_schema(
        request={"message/rfc822": OpenApiTypes.BINARY},
        responses={
            200: OpenApiResponse(DeliveredOut, "Kept; or known already, then nothing changed."),
            403: OpenApiResponse(description="The signature is wrong or older than five minutes."),
            404: OpenApiResponse(description="There is no such mailbox, or it is not pushed to."),
        },
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Signed with the mailbox's secret.

        X-Timestamp has Unix seconds, X-Signature the HMAC-SHA256 of "<timestamp>.<body>" as hexadecimal
        digits. The same mail again is one mail.
        """
        row = Mailbox.objects.filter(uuid=uuid, fetching=Fetching.WEBHOOK, is_active=True).first()
        secret = mailboxes.secret_of(row) if row else ""
        if row is None or not secret:
            raise Http404
        given: Any = request.data  # bytes, unless there was no body
        raw = given if isinstance(given, bytes) else b""
        if not signatures.is_genuine(secret, request.headers, raw, clock.now()):
            raise PermissionDenied(_("The signature is wrong."))
        kept, is_new = land(raw, source=Fetching.WEBHOOK, mailbox=row)
        kept = work(kept)
        mailboxes.note_push(row)
        return Response(DeliveredOut(_told(kept, is_new=is_new)).data)


def _told(row: IncomingMail, *, is_new: bool) -> IncomingMail:
    if not is_new:
        row.outcome = Outcome.DUPLICATE
    return row


# --- mails -------------------------------------------------------------------------------------------


class MailOut(serializers.ModelSerializer[IncomingMail]):
    """A mail that came in. `proof`: what our mail server found out about the sender (none, pass, fail)."""

    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)
    mailbox = serializers.CharField(source="mailbox.address", default=None, allow_null=True)
    message_id = serializers.CharField(source="mail_id")

    class Meta:
        model = IncomingMail
        fields: tuple[str, ...] = (
            "uuid",
            "received_at",
            "sent_at",
            "state",
            "outcome",
            "reason",
            "message_id",
            "sender",
            "sender_name",
            "subject",
            "proof",
            "size",
            "attachments",
            "left_out",
            "ticket",
            "mailbox",
        )


class WholeMailOut(MailOut):
    class Meta(MailOut.Meta):
        fields = (*MailOut.Meta.fields, "text", "quoted")


class TakeInIn(serializers.Serializer[Any]):
    """`ticket` is the number of the ticket it belongs to; without one a new ticket is opened."""

    ticket = serializers.CharField(required=False, allow_blank=True, allow_null=True, default="")


class MailFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=MailState.choices)
    sender = filters.CharFilter(lookup_expr="iexact")
    ticket = filters.CharFilter(field_name="ticket__number")

    class Meta:
        model = IncomingMail
        fields = ("state", "sender", "ticket")


class IncomingMailList(generics.ListAPIView[IncomingMail]):
    """Mails that came in, newest first; `state=quarantined` or `ignored` are those that were put aside."""

    permission_classes = (needs(Right.READ_TICKETS),)
    serializer_class = MailOut
    filterset_class = MailFilter
    queryset = IncomingMail.objects.listed().select_related("ticket", "mailbox").defer("ticket__search")


class IncomingMailDetail(generics.RetrieveAPIView[IncomingMail]):
    """One mail with its text."""

    permission_classes = (needs(Right.READ_TICKETS),)
    serializer_class = WholeMailOut
    queryset = IncomingMail.objects.select_related("ticket", "mailbox")
    lookup_field = "uuid"


class IncomingMailRaw(APIView):
    """The mail as it came."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """The raw bytes."""
        row = get_object_or_404(IncomingMail, uuid=uuid)
        kind = "application/octet-stream"
        return document(bytes_of(row), name=f"{row.uuid}.eml", content_type=kind, save=True)


class IncomingMailTakeIn(APIView):
    """Make a message of a mail that was put aside."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=TakeInIn, responses=MailOut)
    def post(self, request: Request, uuid: UUID) -> Response:
        """On a ticket, or on a new one. Twice changes nothing."""
        row = get_object_or_404(IncomingMail, uuid=uuid)
        asked = TakeInIn(data=request.data)
        asked.is_valid(raise_exception=True)
        user = cast(User, request.user)
        ticket = _ticket(user, asked.validated_data["ticket"] or "")
        return Response(MailOut(mail_queue.take_in(row, ticket=ticket, by=user)).data)


def _ticket(user: User, number: str) -> Ticket | None:
    found = tickets_for(user).filter(number=number).first() if number else None
    if number and found is None:
        raise serializers.ValidationError(
            {"ticket": _("There is no ticket %(number)s.") % {"number": number}}
        )
    return found


class IncomingMailDiscard(APIView):
    """Put a mail away; it stays on record."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=None, responses=MailOut)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Twice changes nothing."""
        row = get_object_or_404(IncomingMail, uuid=uuid)
        return Response(MailOut(mail_queue.discard(row, by=cast(User, request.user))).data)


# --- mailboxes ---------------------------------------------------------------------------------------


class SignInSerializer(serializers.ModelSerializer[MailGrant]):
    """How a mailbox signs in at a provider. `is_given`: somebody did, on its page; `refused`: why not."""

    client_secret = serializers.CharField(write_only=True, required=False, allow_blank=True, default="")
    tenant = serializers.RegexField(
        r"^[A-Za-z0-9.-]{1,100}$", required=False, allow_blank=True, default="", max_length=100
    )

    class Meta:
        model = MailGrant
        fields = ("provider", "client_id", "client_secret", "tenant", "is_given", "granted_at", "refused")
        read_only_fields = ("is_given", "granted_at", "refused")


class MailboxSerializer(serializers.ModelSerializer[Mailbox]):
    """A mailbox. `secret` (a password, or what pushes are signed with) is written and never read."""

    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True
    )
    shop = serializers.SlugRelatedField(
        slug_field="code", queryset=Shop.objects.all(), required=False, allow_null=True
    )
    secret = serializers.CharField(write_only=True, required=False, allow_blank=True, trim_whitespace=False)
    smtp_url = serializers.CharField(
        write_only=True,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text=gettext_lazy("“” leaves the mail server for sending as it is, null forgets it."),
    )
    sends_itself = serializers.SerializerMethodField(
        help_text=gettext_lazy("Whether it has a mail server of its own for sending.")
    )
    sign_in = SignInSerializer(source="grant", required=False, allow_null=True)

    class Meta:
        model = Mailbox
        fields = (
            "uuid",
            "name",
            "address",
            "fetching",
            "host",
            "port",
            "security",
            "username",
            "secret",
            "folder",
            "deletes",
            "language",
            "team",
            "shop",
            "answers",
            "is_default",
            "from_name",
            "reply_address",
            "plus",
            "smtp_url",
            "sends_itself",
            "sign_in",
            "is_active",
            "last_success_at",
            "last_error",
            "failures",
        )
        read_only_fields = ("uuid", "last_success_at", "last_error", "failures")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """A mailbox that we call at needs a server and a name."""
        row = self.instance
        sign_in = given.get("grant")
        if sign_in:
            where = oauth.endpoints(sign_in["provider"])
            is_pop = given.get("fetching", getattr(row, "fetching", Fetching.IMAP)) == Fetching.POP
            given["host"] = (
                given.get("host") or getattr(row, "host", "") or (where.pop if is_pop else where.imap)
            )
            address = given.get("address", getattr(row, "address", ""))
            given["username"] = given.get("username") or getattr(row, "username", "") or address
        if given.get("fetching", getattr(row, "fetching", Fetching.IMAP)) in FETCHED:
            for name in ("host", "username"):
                if not given.get(name, getattr(row, name, "")):
                    raise serializers.ValidationError({name: _("Without this nobody can call there.")})
        return given

    def validate_from_name(self, value: str) -> str:
        """A name that can stand in a header."""
        return " ".join(value.split())

    def validate_smtp_url(self, value: str | None) -> str | None:
        """An address that leads to a mail server."""
        if value and not smtp.is_address(value):
            raise serializers.ValidationError(SMTP_WRONG)
        return value

    def get_sends_itself(self, row: Mailbox) -> bool:
        return bool(row.sealed_smtp) or hasattr(row, "grant")

    def create(self, validated_data: dict[str, Any]) -> Mailbox:
        return self._saved(Mailbox(), validated_data)

    def update(self, instance: Mailbox, validated_data: dict[str, Any]) -> Mailbox:
        return self._saved(instance, validated_data)

    def _saved(self, row: Mailbox, given: dict[str, Any]) -> Mailbox:
        secret, smtp_url = given.pop("secret", ""), given.pop("smtp_url", "")
        sign_in = None
        if "grant" in given:
            sign_in = mailboxes.SignIn(**(given.pop("grant") or {}))
        for name, value in given.items():
            setattr(row, name, value)
        by = self.context["request"].user
        saved = mailboxes.save_mailbox(row, secret=secret, by=by, smtp_url=smtp_url, sign_in=sign_in)
        return Mailbox.objects.select_related("team", "shop", "grant").get(pk=saved.pk)


class TriedOut(serializers.Serializer[Any]):
    """`waiting`: how many mails lie there, null where nobody calls; `sends`: it has a way out of its own."""

    waiting = serializers.IntegerField(allow_null=True)
    sends = serializers.BooleanField()


class SendTestIn(serializers.Serializer[Any]):
    """Whom a test mail goes to."""

    to = serializers.EmailField(required=False, allow_blank=True, default="")


class KeepingIn(serializers.Serializer[Any]):
    """For how many days."""

    days = serializers.IntegerField(min_value=0, max_value=mail_keeping.LONGEST_KEEPING)

    def validate_days(self, days: int) -> int:
        """For ever, or long enough to look something up."""
        if 0 < days < mail_keeping.SHORTEST_KEEPING:
            raise serializers.ValidationError(keeping_wrong())
        return days


class KeepingOut(serializers.Serializer[Any]):
    """How long, how many mails are kept, and their bytes."""

    days = serializers.IntegerField()
    mails = serializers.IntegerField()
    bytes = serializers.IntegerField()


class MailboxList(generics.ListCreateAPIView[Mailbox]):
    """Mailboxes."""

    permission_classes = (needs(Right.CONFIGURE),)
    serializer_class = MailboxSerializer
    queryset = Mailbox.objects.select_related("team", "shop", "grant")


class MailboxDetail(generics.RetrieveUpdateAPIView[Mailbox]):
    """One mailbox."""

    permission_classes = (needs(Right.CONFIGURE),)
    http_method_names = ("get", "patch", "head", "options")
    serializer_class = MailboxSerializer
    queryset = Mailbox.objects.select_related("team", "shop", "grant")
    lookup_field = "uuid"


class MailboxTest(APIView):
    """Knocking at the mail servers of a mailbox."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=None, responses=TriedOut)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Take and send nothing; say whether we are let in."""
        return Response(TriedOut(mailboxes.try_mailbox(get_object_or_404(Mailbox, uuid=uuid))).data)


class MailboxSendTest(APIView):
    """A mail to try out how mail leaves a mailbox."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=SendTestIn, responses=SendTestIn)
    def post(self, request: Request, uuid: UUID) -> Response:
        """To you, or to whom you name."""
        row, by = get_object_or_404(Mailbox, uuid=uuid), cast(User, request.user)
        given = SendTestIn(data=request.data)
        given.is_valid(raise_exception=True)
        to = mailboxes.send_test(row, to=given.validated_data["to"] or by.email, by=by)
        return Response(SendTestIn({"to": to}).data)


class MailKeepingDetail(APIView):
    """How long original mails are kept."""

    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(responses=KeepingOut)
    def get(self, request: Request) -> Response:
        """The days, and how much is kept now."""
        return Response(_kept())

    @extend_schema(request=KeepingIn, responses=KeepingOut)
    def put(self, request: Request) -> Response:
        """Keep them so many days, 0 for ever. The same again changes nothing."""
        given = KeepingIn(data=request.data)
        given.is_valid(raise_exception=True)
        mail_keeping.set_keeping(days=given.validated_data["days"], by=cast(User, request.user))
        return Response(_kept())


def _kept() -> Any:
    return KeepingOut({"days": mail_keeping.keeping().days, **mail_keeping.kept()}).data


# --- addresses ---------------------------------------------------------------------------------------


class SuppressedOut(serializers.ModelSerializer[SuppressedAddress]):
    """An address to which nothing is sent any more."""

    class Meta:
        model = SuppressedAddress
        fields = ("address", "reason", "detail", "created_at")


class SuppressedIn(serializers.Serializer[Any]):
    address = serializers.EmailField(max_length=254)


class SuppressionList(generics.ListAPIView[SuppressedAddress]):
    """Addresses to which nothing is sent any more."""

    serializer_class = SuppressedOut
    queryset = SuppressedAddress.objects.all()

    def get_permissions(self) -> list[BasePermission]:
        """Entering one takes the right to change customers."""
        right = (
            Right.READ_CUSTOMERS
            if self.request.method in ("GET", "HEAD", "OPTIONS")
            else Right.EDIT_CUSTOMERS
        )
        return [needs(right)()]

    def get_queryset(self) -> QuerySet[SuppressedAddress]:
        address = self.request.query_params.get("address", "").lower()
        return self.queryset.filter(address=address) if address else self.queryset.all()

    @extend_schema(request=SuppressedIn, responses={201: SuppressedOut})
    def post(self, request: Request) -> Response:
        """Enter one by hand."""
        given = SuppressedIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = suppression.enter_by_hand(given.validated_data["address"], by=cast(User, request.user))
        return Response(SuppressedOut(row).data, status=status.HTTP_201_CREATED)


class SuppressionDetail(APIView):
    """One of them."""

    permission_classes = (needs(Right.EDIT_CUSTOMERS),)

    @extend_schema(responses={204: OpenApiResponse(description=gettext_lazy("Mail is sent there again."))})
    def delete(self, request: Request, address: str) -> Response:
        """Let mail be sent there again; twice changes nothing."""
        suppression.lift(address, by=cast(User, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)
