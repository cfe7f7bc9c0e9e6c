"""Where the pages and endpoints of channels are."""

from django.urls import URLPattern, path

from channels import doors
from channels.api import calls as call_endpoints
from channels.api import chat as chat_endpoints
from channels.api import connections as connection_endpoints
from channels.api import health as health_endpoints
from channels.api import mail as mail_endpoints
from channels.api import templates as template_endpoints
from channels.views.console import (
    calls,
    connections,
    health,
    mail,
    mail_keeping,
    mailbox_sign_in,
    mailboxes,
    templates,
    told,
)
from channels.views.console import chat as desk
from channels.views.portal import chat

console: list[URLPattern] = [
    path("channels/", health.channels, name="channels"),
    path("channels/inbound/<int:pk>/", health.inbound, name="inbound"),
    path("channels/inbound/<int:pk>/retry/", health.inbound_retry, name="inbound-retry"),
    path("channels/inbound/<int:pk>/dismiss/", health.inbound_dismiss, name="inbound-dismiss"),
    path("tickets/<ticket:number>/messages/<int:pk>/deliver/", health.delivery_retry, name="delivery-retry"),
    path(
        "tickets/<ticket:number>/messages/<int:pk>/template/",
        health.delivery_template,
        name="delivery-template",
    ),
    path("tickets/<ticket:number>/channel/", health.ticket_channel, name="ticket-channel"),
    path("tickets/<ticket:number>/told/", told.ticket_told, name="ticket-told"),
    path("tickets/<ticket:number>/told/<int:pk>/again/", told.telling_again, name="telling-again"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.connection_new, name="connection-new"),
    path("connections/<slug:slug>/", connections.connection, name="connection"),
    path("connections/<slug:slug>/edit/", connections.connection_edit, name="connection-edit"),
    path("connections/<slug:slug>/test/", connections.connection_test, name="connection-test"),
    path("connections/<slug:slug>/rotate/", connections.connection_rotate, name="connection-rotate"),
    path("connections/<slug:slug>/pause/", connections.connection_pause, name="connection-pause"),
    path("connections/<slug:slug>/templates/", templates.templates, name="message-templates"),
    path("connections/<slug:slug>/templates/pull/", templates.pull, name="message-templates-pull"),
    path("connections/<slug:slug>/templates/<int:pk>/", templates.template, name="message-template"),
    path("calls/", calls.calls, name="calls"),
    path("calls/new/", calls.call_new, name="call-new"),
    path("calls/who/", calls.call_who, name="call-who"),
    path("chats/", desk.chats, name="chats"),
    path("chats/list/", desk.chats_list, name="chats-list"),
    path("chats/available/", desk.set_available, name="chats-available"),
    path("chats/ring/", desk.chats_ring, name="chats-ring"),
    path("chats/settings/", desk.chat_settings, name="chat-settings"),
    path("chats/<uuid:reference>/accept/", desk.accept, name="chat-accept"),
    path("chats/<uuid:reference>/decline/", desk.decline, name="chat-decline"),
    path("chats/<uuid:reference>/answer/", desk.answer, name="chat-answer"),
    path("chats/<uuid:reference>/state/", desk.state, name="chat-state"),
    path("chats/<uuid:reference>/typing/", desk.typing, name="chat-typing"),
    path("chats/<uuid:reference>/transfer/", desk.transfer, name="chat-transfer"),
    path("chats/<uuid:reference>/end/", desk.end, name="chat-end"),
    path("chats/<uuid:reference>/block/", desk.block, name="chat-block"),
    path("tickets/<ticket:number>/chat/", desk.ticket_chat, name="ticket-chat"),
    path("incoming-mail/", mail.incoming_mails, name="incoming-mails"),
    path("incoming-mail/<uuid:uuid>/", mail.incoming_mail, name="incoming-mail"),
    path("incoming-mail/<uuid:uuid>/raw/", mail.incoming_mail_raw, name="incoming-mail-raw"),
    path("incoming-mail/<uuid:uuid>/take-in/", mail.incoming_mail_take_in, name="incoming-mail-take-in"),
    path("incoming-mail/<uuid:uuid>/discard/", mail.incoming_mail_discard, name="incoming-mail-discard"),
    path("tickets/<str:number>/messages/<int:pk>/mail/", mail.message_mail, name="message-mail"),
    path("customers/<str:number>/mail/", mail.customer_mail, name="customer-mail"),
    path(
        "customers/<str:number>/mail/delete/", mail_keeping.customer_mail_delete, name="customer-mail-delete"
    ),
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailboxes.mailbox_new, name="mailbox-new"),
    path("mailboxes/signed-in/", mailbox_sign_in.mailbox_signed_in, name="mailbox-signed-in"),
    path("mailboxes/keeping/", mail_keeping.mail_keeping, name="mail-keeping"),
    path("mailboxes/<uuid:uuid>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<uuid:uuid>/sign-in/", mailbox_sign_in.mailbox_sign_in, name="mailbox-sign-in"),
    path("mailboxes/<uuid:uuid>/send-test/", mailboxes.mailbox_send_test, name="mailbox-send-test"),
    path("mailboxes/<uuid:uuid>/test/", mailboxes.mailbox_test, name="mailbox-test"),
    path("suppressions/", mailboxes.suppressions, name="suppressions"),
    path("suppressions/<int:pk>/lift/", mailboxes.suppression_lift, name="suppression-lift"),
]

portal: list[URLPattern] = [
    path("chat/", chat.chat, name="chat"),
    path("chat/away/", chat.away, name="chat-away"),
    path("chat/<uuid:reference>/", chat.room, name="chat-room"),
    path("chat/<uuid:reference>/news/", chat.news, name="chat-news"),
    path("chat/<uuid:reference>/send/", chat.send, name="chat-send"),
    path("chat/<uuid:reference>/read/", chat.read, name="chat-read"),
    path("chat/<uuid:reference>/typing/", chat.typing, name="chat-typing"),
    path("chat/<uuid:reference>/end/", chat.end, name="chat-end"),
    path("chat/<uuid:reference>/mail/", chat.mail, name="chat-mail"),
    path("chat/<uuid:reference>/rate/", chat.rate, name="chat-rate"),
]

api: list[URLPattern] = [
    path("channels/", health_endpoints.ChannelList.as_view(), name="channels"),
    path("channels/<slug:slug>/inbound/", doors.ChannelInbound.as_view(), name="channel-inbound"),
    path("channels/stuck/", health_endpoints.StuckList.as_view(), name="stuck"),
    path("channels/stuck/<int:pk>/retry/", health_endpoints.RetryStuck.as_view(), name="stuck-retry"),
    path("connections/", connection_endpoints.ConnectionList.as_view(), name="connections"),
    path("connections/<slug:slug>/", connection_endpoints.ConnectionDetail.as_view(), name="connection"),
    path(
        "connections/<slug:slug>/preview/",
        connection_endpoints.PreviewConnection.as_view(),
        name="connection-preview",
    ),
    path(
        "connections/<slug:slug>/test/", connection_endpoints.TestConnection.as_view(), name="connection-test"
    ),
    path(
        "connections/<slug:slug>/rotate/",
        connection_endpoints.RotateConnection.as_view(),
        name="connection-rotate",
    ),
    path(
        "connections/<slug:slug>/pause/",
        connection_endpoints.PauseConnection.as_view(),
        name="connection-pause",
    ),
    path(
        "connections/<slug:slug>/templates/",
        template_endpoints.TemplateList.as_view(),
        name="message-templates",
    ),
    path(
        "connections/<slug:slug>/templates/pull/",
        template_endpoints.PullTemplates.as_view(),
        name="message-templates-pull",
    ),
    path(
        "connections/<slug:slug>/templates/<int:pk>/",
        template_endpoints.TemplateDetail.as_view(),
        name="message-template",
    ),
    path(
        "connections/<slug:slug>/templates/<int:pk>/preview/",
        template_endpoints.TemplatePreview.as_view(),
        name="message-template-preview",
    ),
    path("calls/", call_endpoints.CallList.as_view(), name="calls"),
    path(
        "tickets/<ticket:number>/deliveries/",
        health_endpoints.DeliveryList.as_view(),
        name="ticket-deliveries",
    ),
    path(
        "tickets/<ticket:number>/messages/<int:pk>/deliver/",
        health_endpoints.RetryDelivery.as_view(),
        name="delivery-retry",
    ),
    path(
        "tickets/<ticket:number>/messages/<int:pk>/template/",
        health_endpoints.TemplateDelivery.as_view(),
        name="delivery-template",
    ),
    path("tickets/<ticket:number>/told/", health_endpoints.ToldList.as_view(), name="ticket-told"),
    path(
        "tickets/<ticket:number>/told/<int:pk>/again/",
        health_endpoints.TellAgain.as_view(),
        name="telling-again",
    ),
    path("chats/", chat_endpoints.ChatList.as_view(), name="chats"),
    path("chats/available/", chat_endpoints.SetAvailable.as_view(), name="chats-available"),
    path("chats/settings/", chat_endpoints.ChatSettings.as_view(), name="chat-settings"),
    path("chats/<uuid:reference>/", chat_endpoints.ChatDetail.as_view(), name="chat"),
    path("chats/<uuid:reference>/messages/", chat_endpoints.ChatMessages.as_view(), name="chat-messages"),
    path("chats/<uuid:reference>/accept/", chat_endpoints.AcceptChat.as_view(), name="chat-accept"),
    path("chats/<uuid:reference>/decline/", chat_endpoints.DeclineChat.as_view(), name="chat-decline"),
    path("chats/<uuid:reference>/transfer/", chat_endpoints.TransferChat.as_view(), name="chat-transfer"),
    path("chats/<uuid:reference>/end/", chat_endpoints.EndChat.as_view(), name="chat-end"),
    path("chats/<uuid:reference>/block/", chat_endpoints.BlockChat.as_view(), name="chat-block"),
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
    path("mailboxes/<uuid:uuid>/test/", mail_endpoints.MailboxTest.as_view(), name="mailbox-test"),
    path(
        "mailboxes/<uuid:uuid>/send-test/",
        mail_endpoints.MailboxSendTest.as_view(),
        name="mailbox-send-test",
    ),
    path("mail-keeping/", mail_endpoints.MailKeepingDetail.as_view(), name="mail-keeping"),
    path("mailboxes/<uuid:uuid>/mail/", mail_endpoints.MailboxMail.as_view(), name="mailbox-mail"),
    path("suppressions/", mail_endpoints.SuppressionList.as_view(), name="suppressions"),
    path("suppressions/<str:address>/", mail_endpoints.SuppressionDetail.as_view(), name="suppression"),
]
