"""The verbs of the returns desk. Each locks, asks the table of states, changes, records, returns the row."""

from returns.actions.compensating import accept_offer, decline_offer
from returns.actions.configuring import save_policy
from returns.actions.conversion import convert
from returns.actions.customs import DeclaredGood, declare_customs
from returns.actions.decisions import (
    approve,
    escalate,
    refuse,
    request_info,
    resubmit,
    rule_for_customer,
    rule_for_merchant,
    supply,
    withdraw,
)
from returns.actions.evidence import pack_evidence
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
from returns.actions.intake import Ask, Item, request_compensation, submit, submit_request
from returns.actions.outbound import (
    accept_goods,
    choose_replacement,
    dispatch,
    note_handover,
    report_lost,
    stop_shipment,
)
from returns.actions.payout import (
    cancel_refund,
    confirm_refund,
    create_refund,
    pay_by_hand,
)
from returns.actions.receivables import record_customer_payment
from returns.actions.remedies import tell_remedies
from returns.actions.return_leg import add_tracking, instruct, note_delivery, receive
from returns.actions.settlement import retry_refund, settle_refund
from returns.actions.timing import time_out
from returns.actions.vouchers import redeem_voucher
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
from returns.actions.workshop import (
    Diagnosis,
    Part,
    accept_quote,
    decline_quote,
    diagnose,
    finish_repair,
    record_test,
    start_diagnosis,
)

__all__ = [
    "Ask",
    "DeclaredGood",
    "Diagnosis",
    "Item",
    "Lot",
    "Part",
    "accept_goods",
    "accept_offer",
    "accept_quote",
    "acknowledge_withdrawal",
    "add_repair_days",
    "add_tracking",
    "agree_deduction",
    "approve",
    "cancel_refund",
    "choose_replacement",
    "confirm_refund",
    "confirm_withdrawal",
    "convert",
    "create_refund",
    "declare_customs",
    "declare_withdrawal",
    "decline_offer",
    "decline_quote",
    "diagnose",
    "dispatch",
    "escalate",
    "extend_after_repair",
    "finish_repair",
    "finish_send_back",
    "inspect",
    "instruct",
    "note_delivery",
    "note_handover",
    "note_obstacle",
    "offer_deduction",
    "open_withdrawal_case",
    "pack_evidence",
    "pay_by_hand",
    "receive",
    "record_customer_payment",
    "record_test",
    "redeem_voucher",
    "reduced_refund",
    "refuse",
    "register_warranty",
    "report_lost",
    "request_compensation",
    "request_info",
    "resubmit",
    "retry_refund",
    "rule_for_customer",
    "rule_for_merchant",
    "save_policy",
    "sell_extension",
    "send_back",
    "settle_refund",
    "settle_withdrawal",
    "start_diagnosis",
    "start_inspection",
    "stop_shipment",
    "submit",
    "submit_request",
    "supply",
    "tell_remedies",
    "time_out",
    "verify_warranty",
    "void_warranty",
    "waive_deduction",
    "withdraw",
]
