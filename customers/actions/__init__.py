"""Verbs on customers."""

from customers.actions.contacts import add_contact, make_primary, remove_contact
from customers.actions.merging import bring_back, merge_customers, take_along, unmerge_customers
from customers.actions.people import (
    Contact,
    choose_news,
    contacts_from,
    create_guest,
    edit,
    get_or_create_customer,
)
from customers.actions.sign_in import check_code, send_code
from customers.actions.telling_apart import suspect_again, tell_apart

__all__ = [
    "Contact",
    "add_contact",
    "bring_back",
    "check_code",
    "choose_news",
    "contacts_from",
    "create_guest",
    "edit",
    "get_or_create_customer",
    "make_primary",
    "merge_customers",
    "remove_contact",
    "send_code",
    "suspect_again",
    "take_along",
    "tell_apart",
    "unmerge_customers",
]
