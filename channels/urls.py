"""Where the pages and endpoints of channels are."""

from django.urls import URLPattern, path

from channels.api import chat as chat_endpoints
from channels.views.console import chat as desk
from channels.views.portal import chat

console: list[URLPattern] = [
    path("chats/", desk.chats, name="chats"),
    path("chats/list/", desk.chats_list, name="chats-list"),
    path("chats/available/", desk.set_available, name="chats-available"),
    path("chats/<uuid:reference>/accept/", desk.accept, name="chat-accept"),
    path("chats/<uuid:reference>/answer/", desk.answer, name="chat-answer"),
    path("chats/<uuid:reference>/state/", desk.state, name="chat-state"),
    path("chats/<uuid:reference>/typing/", desk.typing, name="chat-typing"),
    path("chats/<uuid:reference>/transfer/", desk.transfer, name="chat-transfer"),
    path("chats/<uuid:reference>/end/", desk.end, name="chat-end"),
    path("chats/<uuid:reference>/block/", desk.block, name="chat-block"),
    path("tickets/<ticket:number>/chat/", desk.ticket_chat, name="ticket-chat"),
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
    path("chats/", chat_endpoints.ChatList.as_view(), name="chats"),
    path("chats/available/", chat_endpoints.SetAvailable.as_view(), name="chats-available"),
    path("chats/<uuid:reference>/", chat_endpoints.ChatDetail.as_view(), name="chat"),
    path("chats/<uuid:reference>/messages/", chat_endpoints.ChatMessages.as_view(), name="chat-messages"),
    path("chats/<uuid:reference>/accept/", chat_endpoints.AcceptChat.as_view(), name="chat-accept"),
    path("chats/<uuid:reference>/transfer/", chat_endpoints.TransferChat.as_view(), name="chat-transfer"),
    path("chats/<uuid:reference>/end/", chat_endpoints.EndChat.as_view(), name="chat-end"),
    path("chats/<uuid:reference>/block/", chat_endpoints.BlockChat.as_view(), name="chat-block"),
]
