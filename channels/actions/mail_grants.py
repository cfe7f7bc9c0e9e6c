"""Leave to use a mailbox at its provider: asked for, given, renewed before every call, lost.

A refresh token may be good for one use only. So whoever renews holds the row, and whoever comes second
finds a fresh token there.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from channels.email import oauth
from channels.email.oauth import Denied, Endpoints, Tokens
from channels.models import Mailbox, MailGrant
from core import clock, crypto, events
from core.actors import SYSTEM, Actor
from core.errors import Refused

PURPOSE = "channels.mailgrant"
EARLY = timedelta(minutes=5)
"""A token that ends within this time is renewed before it is used."""


def of(box: Mailbox) -> MailGrant | None:
    """The grant of a mailbox that signs in at a provider, None where it has a password."""
    return MailGrant.objects.filter(mailbox=box).first()


def provider(grant: MailGrant) -> Endpoints:
    """Where the provider of a grant is asked."""
    return oauth.endpoints(grant.provider)


def way_back() -> str:
    """The address to which providers lead back; it has to be registered with them."""
    return str(settings.PUBLIC_URL) + reverse("console:mailbox-signed-in")


def sign_in_address(box: Mailbox, *, state: str, verifier: str) -> str:
    """Where the owner of a mailbox says yes. Refuses with mailbox.no_provider."""
    grant = of(box)
    if grant is None:
        raise Refused("mailbox.no_provider", mailbox=box.address)
    return oauth.address(
        provider(grant),
        tenant=grant.tenant,
        client_id=grant.client_id,
        back=way_back(),
        state=state,
        verifier=verifier,
        login=box.username or box.address,
    )


@transaction.atomic
def give(box: Mailbox, *, code: str, verifier: str, by: User) -> MailGrant:
    """Take the leave that came back with a code. Refuses with mailbox.not_granted."""
    grant = MailGrant.objects.select_for_update().get(mailbox=box)
    try:
        tokens = oauth.ask(
            provider(grant),
            tenant=grant.tenant,
            grant_type="authorization_code",
            code=code,
            redirect_uri=way_back(),
            code_verifier=verifier,
            **_client(grant),
        )
    except (Denied, oauth.Unclear) as error:
        raise Refused("mailbox.not_granted", why=str(error)) from error
    if not tokens.refresh:
        raise Refused("mailbox.not_lasting")
    grant.granted_at = clock.now()
    _keep(grant, tokens, grant.granted_at)
    Mailbox.objects.filter(pk=box.pk).update(next_poll_at=grant.granted_at, failures=0, last_error="")
    events.record("mailbox.granted", box, by=by, mailbox=box.address)
    return grant


def access(box: Mailbox) -> str:
    """A token that holds for the next call; renewed where it is about to end.

    Raises `Denied` where somebody has to sign in again, `oauth.Unclear` where the provider does not answer.
    """
    with transaction.atomic():
        grant = MailGrant.objects.select_for_update().get(mailbox=box)
        if grant.refused or not grant.sealed_refresh:
            raise Denied(grant.refused or "nobody has signed in yet")
        now = clock.now()
        if grant.access_until is not None and now + EARLY < grant.access_until:
            return _open(grant.sealed_access)
        try:
            tokens = oauth.ask(
                provider(grant),
                tenant=grant.tenant,
                grant_type="refresh_token",
                refresh_token=_open(grant.sealed_refresh),
                scope=provider(grant).scope,
                **_client(grant),
            )
        except Denied as denied:
            why = str(denied)
            _lose(grant, why, by=SYSTEM)
        else:
            _keep(grant, tokens, now)
            return tokens.access
    raise Denied(why)


def doubt(box: Mailbox) -> None:
    """Have the token renewed before the next call, as the mail server did not like this one."""
    MailGrant.objects.filter(mailbox=box).update(access_until=None)


def _lose(grant: MailGrant, why: str, *, by: Actor) -> None:
    """The provider has taken its leave back: said once, in sight of those who can sign in again."""
    box = grant.mailbox
    grant.refused, grant.sealed_access, grant.access_until = why[:500], "", None
    grant.save(update_fields=["refused", "sealed_access", "access_until"])
    events.record("mailbox.grant_lost", box, by=by, mailbox=box.address, why=why[:200])


def _keep(grant: MailGrant, tokens: Tokens, at: datetime) -> None:
    grant.sealed_access = crypto.seal(tokens.access, purpose=PURPOSE)
    grant.access_until = at + timedelta(seconds=tokens.seconds)
    if tokens.refresh:
        grant.sealed_refresh = crypto.seal(tokens.refresh, purpose=PURPOSE)
    grant.refused = ""
    grant.save()


def _client(grant: MailGrant) -> dict[str, str]:
    return {"client_id": grant.client_id, "client_secret": _open(grant.sealed_client_secret)}


def _open(sealed: str) -> str:
    try:
        return crypto.unseal(sealed, purpose=PURPOSE) if sealed else ""
    except crypto.CannotUnseal:
        return ""


def set_up(
    box: Mailbox, *, provider: str, client_id: str, client_secret: str, tenant: str
) -> MailGrant | None:
    """How a mailbox signs in: at a `provider`, or with "" by its password. An empty secret changes nothing.

    Another client or tenant makes what was given before worthless. Call it within the transaction that
    stores the mailbox.
    """
    if not provider:
        MailGrant.objects.filter(mailbox=box).delete()
        return None
    grant = MailGrant.objects.select_for_update().filter(mailbox=box).first() or MailGrant(mailbox=box)
    known = (grant.provider, grant.client_id, grant.tenant)
    if known != (provider, client_id, tenant):
        grant.sealed_refresh, grant.sealed_access, grant.access_until, grant.refused = "", "", None, ""
        grant.granted_at = None
    grant.provider, grant.client_id, grant.tenant = provider, client_id, tenant
    if client_secret:
        grant.sealed_client_secret = crypto.seal(client_secret, purpose=PURPOSE)
    grant.save()
    return grant
