"""What the staff app says: refusals and events."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "user.unknown_time_zone": _("We know no time zone called “%(time_zone)s”."),
    "user.cannot_set_shifts": _("These shifts cannot be kept: %(problem)s"),
    "user.away_ends_before_it_starts": _("Being away has to end after it begins."),
    "user.cannot_cover_oneself": _("%(member)s cannot cover for themselves. Choose a colleague, or nobody."),
    "user.already_away": _("%(member)s is out of office in that time already. End that absence first."),
    "push.bad_endpoint": _("This is not the address of a push service: it has to begin with https://."),
    "push.bad_keys": _("The keys of this browser cannot be read. Turn notifications off and on again there."),
    "push.too_many_browsers": _("You are notified in %(most)s browsers already. Remove one first."),
    "api_token.member_inactive": _("%(member)s no longer works here, so no token can act in that name."),
}

EVENTS = {
    "user.second_factor_removed": _("%(actor)s removed the second factor of %(member)s"),
    "user.profile_changed": _("%(actor)s changed the profile of %(member)s"),
    "user.shifts_set": _("%(actor)s changed the shifts of %(member)s"),
    "user.set_away": _("%(actor)s set %(member)s out of office"),
    "user.came_back": _("%(actor)s noted that %(member)s is back"),
    "user.browser_added": _("%(actor)s let %(member)s be notified in a browser (%(browser)s)"),
    "user.browser_removed": _("%(actor)s ended the notices of %(member)s in a browser (%(browser)s)"),
    "api_token.issued": _("%(actor)s issued the API token “%(name)s” for %(member)s"),
    "api_token.revoked": _("%(actor)s revoked the API token “%(name)s” of %(member)s"),
}
