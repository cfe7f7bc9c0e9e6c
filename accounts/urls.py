"""Where the staff pages are."""

from django.urls import path

from accounts import browser_endpoints, endpoints, text_endpoints
from accounts.views import app, browsers, texts
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
    path("app/<str:language>/manifest.webmanifest", app.manifest, name="manifest"),
    path("notifications/", notices.notifications, name="notifications"),
    path("notifications/bell/", notices.bell, name="notification-bell"),
    path("notifications/read/", notices.notifications_read, name="notifications-read"),
    path("notifications/<int:pk>/open/", notices.notification_open, name="notification-open"),
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/issue/", pages.token_issue, name="token-issue"),
    path("tokens/<int:pk>/revoke/", pages.token_revoke, name="token-revoke"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<str:key>/", texts.text, name="text"),
    path("texts/<str:key>/preview/", texts.text_preview, name="text-preview"),
    path("texts/<str:key>/test/", texts.text_test, name="text-test"),
    path("texts/<str:key>/reset/", texts.text_reset, name="text-reset"),
    path("texts/<str:key>/versions/<int:number>/", texts.text_version, name="text-version"),
    path("texts/<str:key>/versions/<int:number>/restore/", texts.text_restore, name="text-restore"),
]

api = [
    path("notifications/", endpoints.NotificationList.as_view(), name="notifications"),
    path("notifications/read/", endpoints.ReadNotifications.as_view(), name="notifications-read"),
    path("texts/", text_endpoints.TextList.as_view(), name="texts"),
    path("texts/<str:key>/", text_endpoints.TextDetail.as_view(), name="text"),
    path("texts/<str:key>/preview/", text_endpoints.PreviewText.as_view(), name="text-preview"),
    path("texts/<str:key>/reset/", text_endpoints.ResetText.as_view(), name="text-reset"),
    path("texts/<str:key>/restore/", text_endpoints.RestoreText.as_view(), name="text-restore"),
    path("texts/<str:key>/versions/", text_endpoints.TextVersions.as_view(), name="text-versions"),
    path("notifications/ways/", endpoints.NotificationWays.as_view(), name="notification-ways"),
    path("notifications/browsers/", browser_endpoints.BrowserList.as_view(), name="browsers"),
    path("notifications/browsers/<int:pk>/", browser_endpoints.BrowserDetail.as_view(), name="browser"),
]
