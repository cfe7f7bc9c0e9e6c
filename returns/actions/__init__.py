"""The verbs of the returns desk. Each locks, asks the table of states, changes, records, returns the row."""

from returns.actions.inspection import (
    Lot,
    agree_deduction,
    finish_send_back,
    inspect,
    offer_deduction,
    reduced_refund,
    send_back,
    start_inspection,
    waive_deduction,
)
from returns.actions.intake import Item, approve, refuse, request_info, submit, supply, withdraw
from returns.actions.payout import (
    cancel_refund,
    confirm_refund,
    create_refund,
    pay_by_hand,
)
from returns.actions.remedies import tell_remedies
from returns.actions.return_leg import add_tracking, instruct, note_delivery, receive
from returns.actions.settlement import retry_refund, settle_refund
from returns.actions.timing import time_out
from returns.actions.warranty import (
    add_repair_days,
    extend_after_repair,
    register_warranty,
    sell_extension,
    verify_warranty,
    void_warranty,
)
from returns.actions.withdrawal import (
    acknowledge_withdrawal,
    confirm_withdrawal,
    declare_withdrawal,
    note_obstacle,
    open_withdrawal_case,
    settle_withdrawal,
)

__all__ = [
    "Item",
    "Lot",
    "acknowledge_withdrawal",
    "add_repair_days",
    "add_tracking",
    "agree_deduction",
    "approve",
    "cancel_refund",
    "confirm_refund",
    "confirm_withdrawal",
    "create_refund",
    "declare_withdrawal",
    "extend_after_repair",
    "finish_send_back",
    "inspect",
    "instruct",
    "note_delivery",
    "note_obstacle",
    "offer_deduction",
    "open_withdrawal_case",
    "pay_by_hand",
    "receive",
    "reduced_refund",
    "refuse",
    "register_warranty",
    "request_info",
    "retry_refund",
    "sell_extension",
    "send_back",
    "settle_refund",
    "settle_withdrawal",
    "start_inspection",
    "submit",
    "supply",
    "tell_remedies",
    "time_out",
    "verify_warranty",
    "void_warranty",
    "waive_deduction",
    "withdraw",
]
