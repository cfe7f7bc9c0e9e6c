"""What staff do to their own accounts and browsers, to their time at work, and to API tokens."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import rules
from accounts.models import Absence, ApiToken, PushBrowser, User
from core import clock, events, public_web, webpush, zones
from core.actors import Actor
from core.errors import Refused

MOST_BROWSERS = 20
"""Of one member."""


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
def set_shifts(user: User, *, shifts: Any, by: Actor) -> User:
    """Say when a member works, by weekday in their own time zone; nothing at all means always.

    `shifts` that `rules.checked_shifts` does not take are refused with its sentence.
    """
    try:
        weekly = rules.checked_shifts(shifts)
    except ValueError as error:
        raise Refused("user.cannot_set_shifts", problem=str(error)) from error
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.shifts == weekly:
        return user
    user.shifts = weekly
    user.save(update_fields=["shifts"])
    events.record("user.shifts_set", user, by=by, member=user.display_name)
    return user


@transaction.atomic
def set_away(
    user: User,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    by: Actor,
    cover: User | None = None,
    note: str = "",
) -> Absence:
    """Note that a member is out of office: nothing is given to them meanwhile. The same again is one absence.

    One absence at a time: another one in between is refused with `user.already_away`.
    """
    if ends_at is not None and ends_at <= starts_at:
        raise Refused("user.away_ends_before_it_starts")
    if cover == user:
        raise Refused("user.cannot_cover_oneself", member=user.display_name)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    meanwhile = user.absences.not_over(starts_at)
    known = (meanwhile.filter(starts_at__lt=ends_at) if ends_at else meanwhile).first()
    told = {"starts_at": starts_at, "ends_at": ends_at, "cover": cover, "note": note}
    if known is not None:
        if all(getattr(known, name) == value for name, value in told.items()):
            return known
        raise Refused("user.already_away", member=user.display_name)
    absence = Absence.objects.create(member=user, **told)
    events.record(
        "user.set_away",
        user,
        by=by,
        member=user.display_name,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat() if ends_at else None,
    )
    return absence


@transaction.atomic
def come_back(absence: Absence, *, by: Actor) -> None:
    """End an absence now; one that has not begun is taken back. One that is over stays as it was."""
    member = User.objects.select_for_update(no_key=True).get(pk=absence.member_id)
    now = clock.now()
    current = member.absences.not_over(now).filter(pk=absence.pk).first()
    if current is None:
        return
    if current.starts_at < now:
        current.ends_at = now
        current.save(update_fields=["ends_at"])
    else:
        current.delete()
    events.record("user.came_back", member, by=by, member=member.display_name)


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


# --- browsers that are notified ----------------------------------------------------------------------


@transaction.atomic
def add_browser(
    user: User, *, endpoint: str, p256dh: str, auth: str, name: str, by: Actor, session_key: str = ""
) -> PushBrowser:
    """Notify a member in a browser from now on, as long as its session lasts; the same again is one browser.

    `endpoint` and the keys are what the browser gave. One that notified somebody else is theirs no more.
    """
    _check_subscription(endpoint, p256dh, auth)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.push_browsers.exclude(endpoint=endpoint).count() >= MOST_BROWSERS:
        raise Refused("push.too_many_browsers", most=MOST_BROWSERS)
    known = PushBrowser.objects.filter(endpoint=endpoint).first()
    facts = {"member": user, "p256dh": p256dh, "auth": auth, "name": name[:100], "session_key": session_key}
    row, is_new = PushBrowser.objects.update_or_create(
        endpoint=endpoint, defaults=facts, create_defaults=facts | {"created_at": clock.now()}
    )
    if is_new or (known is not None and known.member_id != user.pk):
        events.record("user.browser_added", user, by=by, browser=name, member=user.display_name)
    return row


def _check_subscription(endpoint: str, p256dh: str, auth: str) -> None:
    host = urlsplit(endpoint).hostname or "" if rules.is_push_endpoint(endpoint) else ""
    if not host or (public_web.is_named_private(host) and host not in settings.PUSH_PRIVATE_HOSTS):
        raise Refused("push.bad_endpoint")
    try:
        webpush.keys(p256dh, auth)
    except ValueError as error:
        raise Refused("push.bad_keys") from error


@transaction.atomic
def renew_browser(browser: PushBrowser, *, endpoint: str, p256dh: str, auth: str, session_key: str) -> None:
    """Note what a browser that is known is called by now, and in which session it is."""
    _check_subscription(endpoint, p256dh, auth)
    PushBrowser.objects.filter(endpoint=endpoint).exclude(pk=browser.pk).delete()
    PushBrowser.objects.filter(pk=browser.pk).update(
        endpoint=endpoint, p256dh=p256dh, auth=auth, session_key=session_key
    )


@transaction.atomic
def remove_browser(browser: PushBrowser, *, by: Actor) -> None:
    """Notify nobody in a browser any more; one that is gone already stays gone."""
    removed, _by_model = PushBrowser.objects.filter(pk=browser.pk).delete()
    if removed:
        member = browser.member
        events.record("user.browser_removed", member, by=by, browser=browser.name, member=member.display_name)
