"""Where the pages and endpoints of channels are."""

from django.urls import URLPattern, path

from channels.api import mail as mail_endpoints
from channels.views.console import mail, mailboxes

console: list[URLPattern] = [
    path("incoming-mail/", mail.incoming_mails, name="incoming-mails"),
    path("incoming-mail/<uuid:uuid>/", mail.incoming_mail, name="incoming-mail"),
    path("incoming-mail/<uuid:uuid>/raw/", mail.incoming_mail_raw, name="incoming-mail-raw"),
    path("incoming-mail/<uuid:uuid>/take-in/", mail.incoming_mail_take_in, name="incoming-mail-take-in"),
    path("incoming-mail/<uuid:uuid>/discard/", mail.incoming_mail_discard, name="incoming-mail-discard"),
    path("tickets/<str:number>/messages/<int:pk>/mail/", mail.message_mail, name="message-mail"),
    path("customers/<str:number>/mail/", mail.customer_mail, name="customer-mail"),
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailboxes.mailbox_new, name="mailbox-new"),
    path("mailboxes/<uuid:uuid>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<uuid:uuid>/test/", mailboxes.mailbox_test, name="mailbox-test"),
    path("suppressions/", mailboxes.suppressions, name="suppressions"),
    path("suppressions/<int:pk>/lift/", mailboxes.suppression_lift, name="suppression-lift"),
]

portal: list[URLPattern] = []

api: list[URLPattern] = [
    path("incoming-mail/", mail_endpoints.IncomingMailList.as_view(), name="incoming-mails"),
    path("incoming-mail/<uuid:uuid>/", mail_endpoints.IncomingMailDetail.as_view(), name="incoming-mail"),
    path(
        "incoming-mail/<uuid:uuid>/raw/", mail_endpoints.IncomingMailRaw.as_view(), name="incoming-mail-raw"
    ),
    path(
        "incoming-mail/<uuid:uuid>/take-in/",
        mail_endpoints.IncomingMailTakeIn.as_view(),
        name="incoming-mail-take-in",
    ),
    path(
        "incoming-mail/<uuid:uuid>/discard/",
        mail_endpoints.IncomingMailDiscard.as_view(),
        name="incoming-mail-discard",
    ),
    path("mailboxes/", mail_endpoints.MailboxList.as_view(), name="mailboxes"),
    path("mailboxes/<uuid:uuid>/", mail_endpoints.MailboxDetail.as_view(), name="mailbox"),
    path("mailboxes/<uuid:uuid>/mail/", mail_endpoints.MailboxMail.as_view(), name="mailbox-mail"),
    path("suppressions/", mail_endpoints.SuppressionList.as_view(), name="suppressions"),
    path("suppressions/<str:address>/", mail_endpoints.SuppressionDetail.as_view(), name="suppression"),
]
