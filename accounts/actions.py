"""What staff do to their own accounts and to API tokens."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from accounts import rules
from accounts.models import ApiToken, User
from core import clock, events, zones
from core.actors import Actor
from core.errors import Refused


@transaction.atomic
def change_profile(user: User, *, name: str, language: str, time_zone: str, by: Actor) -> User:
    """Change how a member is called and how pages speak to them; no change records nothing."""
    if not zones.is_known(time_zone):
        raise Refused("user.unknown_time_zone", time_zone=time_zone)
    user = User.objects.select_for_update().get(pk=user.pk)
    if (user.name, user.language, user.time_zone) == (name, language, time_zone):
        return user
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    events.record("user.profile_changed", user, by=by, member=user.display_name)
    return user


@transaction.atomic
def remove_second_factor(user: User, *, by: Actor) -> None:
    """Let a member who lost their phone sign in with the password alone; without one nothing changes."""
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        events.record("user.second_factor_removed", user, by=by, member=user.display_name)


@transaction.atomic
def issue_token(user: User, *, name: str, by: Actor) -> tuple[ApiToken, str]:
    """A new API token of a member and its text, which is told here and never again."""
    if not user.is_active:
        raise Refused("api_token.member_inactive", member=user.display_name)
    text = rules.new_token()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=rules.token_prefix(text),
        digest=rules.token_digest(text),
        created_at=clock.now(),
    )
    events.record("api_token.issued", token, by=by, name=name, member=user.display_name)
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """Make a token worthless at once; a second time changes nothing."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        events.record("api_token.revoked", token, by=by, name=token.name, member=token.user.display_name)
    return token


def note_use(token: ApiToken) -> None:
    """Remember when a token was last used, to the minute; many parallel requests write once."""
    now = clock.now()
    if rules.is_use_worth_noting(token.last_used_at, now):
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - rules.USE_NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
