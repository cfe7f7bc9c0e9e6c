"""Where the pages and endpoints of customers are."""

from django.urls import path

from customers.api import (
    CustomerDetail,
    CustomerList,
    CustomerNews,
    MergeCustomer,
    SuspectAgain,
    TellApart,
    UnmergeCustomer,
)
from customers.views import console as desk
from customers.views import merging as joining
from customers.views import portal as door

console = [
    path("customers/", desk.customers, name="customers"),
    path("search/customers/", desk.found_customers, name="found-customers"),
    path("customers/<str:number>/", desk.customer, name="customer"),
    path("customers/<str:number>/edit/", desk.edit, name="customer-edit"),
    path("customers/<str:number>/news/", desk.news, name="customer-news"),
    path("customers/<str:number>/merge/", joining.merge, name="customer-merge"),
    path("customers/<str:number>/unmerge/", joining.unmerge, name="customer-unmerge"),
    path("customers/<str:number>/tell-apart/", joining.tell_apart, name="customer-tell-apart"),
    path("customers/<str:number>/suspect-again/", joining.suspect_again, name="customer-suspect-again"),
    path("customers/<str:number>/contacts/add/", desk.contact_add, name="customer-contact-add"),
    path(
        "customers/<str:number>/contacts/<int:pk>/prefer/",
        desk.contact_prefer,
        name="customer-contact-prefer",
    ),
    path(
        "customers/<str:number>/contacts/<int:pk>/remove/",
        desk.contact_remove,
        name="customer-contact-remove",
    ),
]

portal = [
    path("", door.home, name="home"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-in/code/", door.sign_in_code, name="sign-in-code"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("account/", door.account, name="account"),
    path("account/news/", door.news, name="news"),
    path("orders/find/", door.find_order, name="find-order"),
]

api = [
    path("customers/", CustomerList.as_view(), name="customers"),
    path("customers/<str:number>/", CustomerDetail.as_view(), name="customer"),
    path("customers/<str:number>/news/", CustomerNews.as_view(), name="customer-news"),
    path("customers/<str:number>/merge/", MergeCustomer.as_view(), name="customer-merge"),
    path("customers/<str:number>/unmerge/", UnmergeCustomer.as_view(), name="customer-unmerge"),
    path("customers/<str:number>/tell-apart/", TellApart.as_view(), name="customer-tell-apart"),
    path("customers/<str:number>/suspect-again/", SuspectAgain.as_view(), name="customer-suspect-again"),
]
