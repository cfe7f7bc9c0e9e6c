"""Where the pages and endpoints of orders are."""

from django.urls import path

from orders import api as endpoints
from orders import doors
from orders.views import console as desk
from orders.views import imports
from orders.views import portal as customers

console = [
    path("orders/", desk.orders, name="orders"),
    path("search/orders/", desk.found_orders, name="found-orders"),
    path("orders/import/", imports.order_import, name="order-import"),
    path("orders/import/template/", imports.order_import_template, name="order-import-template"),
    path("orders/import/<uuid:uuid>/", imports.run, name="order-import-run"),
    path("orders/import/<uuid:uuid>/start/", imports.start, name="order-import-start"),
    path("orders/import/<uuid:uuid>/recheck/", imports.recheck, name="order-import-recheck"),
    path("orders/import/<uuid:uuid>/report/", imports.order_import_report, name="order-import-report"),
    path("orders/<str:reference>/", desk.order, name="order"),
    path("orders/<str:reference>/panel/", desk.ticket_order, name="ticket-order"),
    path("customers/<str:number>/orders/", desk.customer_orders, name="customer-orders"),
]

portal = [
    path("orders/", customers.orders, name="orders"),
    path("orders/<str:reference>/", customers.order, name="order"),
]

api = [
    path("orders/", endpoints.OrderList.as_view(), name="orders"),
    path("orders/<str:reference>/", endpoints.OrderDetail.as_view(), name="order"),
    path("orders/<str:reference>/confirm/", endpoints.OrderConfirm.as_view(), name="order-confirm"),
    path("orders/<str:reference>/shipments/", endpoints.ShipmentList.as_view(), name="shipments"),
    path(
        "orders/<str:reference>/shipments/<uuid:uuid>/events/",
        endpoints.TrackingEventList.as_view(),
        name="tracking-events",
    ),
    path("tracking/<str:service>/", doors.TrackingPush.as_view(), name="tracking-push"),
]
