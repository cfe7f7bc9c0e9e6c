"""What the staff app says: refusals and events."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "user.unknown_time_zone": _("We know no time zone called “%(time_zone)s”."),
    "api_token.member_inactive": _("%(member)s no longer works here, so no token can act in that name."),
}

EVENTS = {
    "user.second_factor_removed": _("%(actor)s removed the second factor of %(member)s"),
    "user.profile_changed": _("%(actor)s changed the profile of %(member)s"),
    "api_token.issued": _("%(actor)s issued the API token “%(name)s” for %(member)s"),
    "api_token.revoked": _("%(actor)s revoked the API token “%(name)s” of %(member)s"),
}
