"""Where the pages and endpoints of channels are."""

from django.urls import URLPattern, path

from channels import doors
from channels.api import calls as call_endpoints
from channels.api import connections as connection_endpoints
from channels.api import health as health_endpoints
from channels.views.console import calls, connections, health

console: list[URLPattern] = [
    path("channels/", health.channels, name="channels"),
    path("channels/inbound/<int:pk>/", health.inbound, name="inbound"),
    path("channels/inbound/<int:pk>/retry/", health.inbound_retry, name="inbound-retry"),
    path("channels/inbound/<int:pk>/dismiss/", health.inbound_dismiss, name="inbound-dismiss"),
    path("tickets/<ticket:number>/messages/<int:pk>/deliver/", health.delivery_retry, name="delivery-retry"),
    path("tickets/<ticket:number>/channel/", health.ticket_channel, name="ticket-channel"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.connection_new, name="connection-new"),
    path("connections/<slug:slug>/", connections.connection, name="connection"),
    path("connections/<slug:slug>/edit/", connections.connection_edit, name="connection-edit"),
    path("connections/<slug:slug>/test/", connections.connection_test, name="connection-test"),
    path("connections/<slug:slug>/rotate/", connections.connection_rotate, name="connection-rotate"),
    path("connections/<slug:slug>/pause/", connections.connection_pause, name="connection-pause"),
    path("calls/", calls.calls, name="calls"),
    path("calls/new/", calls.call_new, name="call-new"),
    path("calls/who/", calls.call_who, name="call-who"),
]

portal: list[URLPattern] = []

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
]
