"""Where the staff pages are."""

from django.urls import path

from accounts import browser_endpoints, endpoints
from accounts.views import browsers
from accounts.views import console as pages
from accounts.views import notifications as notices

console = [
    path("profile/", pages.profile, name="profile"),
    path("profile/shifts/", pages.set_shifts, name="profile-set-shifts"),
    path("profile/away/", pages.set_away, name="profile-set-away"),
    path("profile/away/<int:pk>/come-back/", pages.come_back, name="profile-come-back"),
    path("profile/notices/", notices.set_notices, name="profile-set-notices"),
    path("profile/browsers/add/", browsers.browser_add, name="browser-add"),
    path("profile/browsers/renew/", browsers.browser_renew, name="browser-renew"),
    path("profile/browsers/<int:pk>/remove/", browsers.browser_remove, name="browser-remove"),
    path("profile/browsers/<int:pk>/try/", browsers.browser_try, name="browser-try"),
    path("worker.js", browsers.worker, name="worker"),
    path("notifications/", notices.notifications, name="notifications"),
    path("notifications/bell/", notices.bell, name="notification-bell"),
    path("notifications/read/", notices.notifications_read, name="notifications-read"),
    path("notifications/<int:pk>/open/", notices.notification_open, name="notification-open"),
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/issue/", pages.token_issue, name="token-issue"),
    path("tokens/<int:pk>/revoke/", pages.token_revoke, name="token-revoke"),
]

api = [
    path("notifications/", endpoints.NotificationList.as_view(), name="notifications"),
    path("notifications/read/", endpoints.ReadNotifications.as_view(), name="notifications-read"),
    path("notifications/ways/", endpoints.NotificationWays.as_view(), name="notification-ways"),
    path("notifications/browsers/", browser_endpoints.BrowserList.as_view(), name="browsers"),
    path("notifications/browsers/<int:pk>/", browser_endpoints.BrowserDetail.as_view(), name="browser"),
]
