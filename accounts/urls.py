"""Where the staff pages are."""

from django.urls import path

from accounts.views import console as pages

console = [
    path("profile/", pages.profile, name="profile"),
    path("profile/shifts/", pages.set_shifts, name="profile-set-shifts"),
    path("profile/away/", pages.set_away, name="profile-set-away"),
    path("profile/away/<int:pk>/come-back/", pages.come_back, name="profile-come-back"),
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/issue/", pages.token_issue, name="token-issue"),
    path("tokens/<int:pk>/revoke/", pages.token_revoke, name="token-revoke"),
]
