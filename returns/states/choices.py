"""The words of cases: kinds, states, verbs, timers, and what can be said of goods. Labels stand on pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseKind(models.TextChoices):
    REFUND_ONLY = "refund_only", _("Refund without return")
    RETURN_REFUND = "return_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", _("Repair")
    RESEND = "resend", _("Resend")
    COMPENSATION = "compensation", _("Compensation")


class CaseStatus(models.TextChoices):
    SUBMITTED = "submitted", _("Awaiting review")
    INFO_REQUIRED = "info_required", _("More evidence needed")
    APPROVED = "approved", pgettext_lazy("case status", "Approved")
    AWAITING_RETURN = "awaiting_return", _("Awaiting customer shipment")
    RETURN_IN_TRANSIT = "return_in_transit", _("Return in transit")
    RECEIVED = "received", _("Received, to inspect")
    INSPECTING = "inspecting", _("Inspecting")
    INSPECTION_DISPUTE = "inspection_dispute", _("Inspection disputed")
    AWAITING_REFUND = "awaiting_refund", _("Refund due")
    REFUNDING = "refunding", _("Refund in progress")
    REFUND_FAILED = "refund_failed", _("Refund failed")
    AWAITING_DISPATCH = "awaiting_dispatch", _("Awaiting dispatch")
    DISPATCHED = "dispatched", _("Dispatched")
    AWAITING_ACCEPTANCE = "awaiting_acceptance", _("Awaiting customer confirmation")
    DIAGNOSING = "diagnosing", _("Diagnosing")
    QUOTED = "quoted", _("Quote sent")
    REPAIRING = "repairing", _("Repairing")
    TESTING = "testing", _("Testing")
    COMPLETED = "completed", pgettext_lazy("case status", "Completed")
    REJECTED = "rejected", pgettext_lazy("case status", "Rejected")
    CANCELLED = "cancelled", _("Withdrawn by customer")
    CLOSED_TIMEOUT = "closed_timeout", _("Closed by timeout")
    ESCALATED = "escalated", _("Escalated")
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting customer payment")
    ISSUING = "issuing", _("Compensation being issued")
    CONVERTED = "converted", _("Continued as another case")
    RETURNED_TO_CUSTOMER = "returned_to_customer", _("Goods sent back")


class Fault(models.TextChoices):
    """Who caused the return; decides who bears postage and fees."""

    MERCHANT = "merchant", pgettext_lazy("fault", "Shop")
    CUSTOMER = "customer", pgettext_lazy("fault", "Customer")
    CARRIER = "carrier", pgettext_lazy("fault", "Carrier")
    UNKNOWN = "unknown", pgettext_lazy("fault", "Unknown")


class TimerKind(models.TextChoices):
    REVIEW = "review", _("Review")
    INFO = "info", _("Evidence")
    SHIP_BACK = "ship_back", _("Sending back")
    RECEIPT = "receipt", pgettext_lazy("return step", "Receipt")
    REFUND = "refund", _("Refund")
    ESCALATE = "escalate", _("Objection")
    QUOTE = "quote", pgettext_lazy("timer", "Answer to the quote")
    DISPATCH = "dispatch", pgettext_lazy("timer", "Dispatch")
    ACCEPTANCE = "acceptance", _("Confirmation of receipt")
    OFFER = "offer", _("Answer to the offer")
    PAYMENT = "payment", pgettext_lazy("timer", "Payment by the customer")


class Verb(models.TextChoices):
    """What can be done to a case; the labels stand on buttons."""

    SUBMIT = "submit", _("Send request")
    AUTO_APPROVE = "auto_approve", _("Approve by rule")
    REQUEST_INFO = "request_info", _("Ask for evidence")
    SUPPLY = "supply", _("Send evidence")
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")
    WITHDRAW = "withdraw", _("Withdraw")
    INSTRUCT = "instruct", _("Send return instructions")
    ADD_TRACKING = "add_tracking", _("Add tracking number")
    NOTE_DELIVERY = "note_delivery", _("Note delivery")
    RECEIVE = "receive", _("Receive parcel")
    START_INSPECTION = "start_inspection", _("Start inspection")
    INSPECT = "inspect", _("Record inspection")
    OFFER_DEDUCTION = "offer_deduction", _("Offer a reduced refund")
    AGREE_DEDUCTION = "agree_deduction", _("Accept the reduced refund")
    WAIVE_DEDUCTION = "waive_deduction", _("Refund in full")
    SEND_BACK = "send_back", _("Send goods back")
    FINISH_SEND_BACK = "finish_send_back", _("Goods are back with the customer")
    CREATE_REFUND = "create_refund", _("Pay refund")
    CONFIRM_REFUND = "confirm_refund", _("Release payment")
    CANCEL_REFUND = "cancel_refund", _("Cancel payment")
    RETRY_REFUND = "retry_refund", _("Try again")
    PAY_BY_HAND = "pay_by_hand", _("Paid by hand")
    SETTLE_REFUND = "settle_refund", _("Book the answer")
    TIME_OUT = "time_out", _("Deadline passed")
    RESUBMIT = "resubmit", _("Ask again")
    ESCALATE = "escalate", _("Escalate")
    RULE_FOR_CUSTOMER = "rule_for_customer", _("Decide for the customer")
    RULE_FOR_MERCHANT = "rule_for_merchant", _("Decide for the shop")
    CONVERT = "convert", _("Continue as another kind")
    CARRY_OVER = "carry_over", _("Take over from another case")
    PROCEED = "proceed", _("Go on")
    STOP_SHIPMENT = "stop_shipment", _("Shipment stopped")
    REPORT_LOST = "report_lost", _("Report parcel as lost")
    DISPATCH = "dispatch", pgettext_lazy("verb", "Dispatch")
    NOTE_HANDOVER = "note_handover", _("Note handover to the customer")
    ACCEPT_GOODS = "accept_goods", _("Confirm receipt")
    RECORD_PAYMENT = "record_payment", _("Record the customer's payment")
    START_DIAGNOSIS = "start_diagnosis", _("Start diagnosis")
    DIAGNOSE = "diagnose", _("Record diagnosis")
    ACCEPT_QUOTE = "accept_quote", _("Accept the quote")
    DECLINE_QUOTE = "decline_quote", _("Decline the quote")
    FINISH_REPAIR = "finish_repair", _("Repair done")
    RECORD_TEST = "record_test", _("Record test")
    ACCEPT_OFFER = "accept_offer", _("Accept the offer")
    DECLINE_OFFER = "decline_offer", _("Decline the offer")
    ISSUE = "issue", _("Issue compensation")


class RefusalReason(models.TextChoices):
    WINDOW_CLOSED = "window_closed", _("The return period is over")
    NOT_RETURNABLE = "not_returnable", _("This item cannot be returned")
    USED = "used", _("The item has been used or is incomplete")
    EVIDENCE = "evidence", _("The evidence does not show the problem")
    NO_FAULT = "no_fault", _("The item works as described")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class Grade(models.TextChoices):
    A = "A", _("A · as new")
    B = "B", _("B · opened")
    C = "C", _("C · used")
    D = "D", _("D · damaged")
    E = "E", _("E · wrong or missing item")


class DispositionType(models.TextChoices):
    RESTOCK = "restock", _("Back to stock")
    OPEN_BOX = "open_box", _("Sell as open box")
    REFURBISH = "refurbish", _("Refurbish")
    REPAIR = "repair", pgettext_lazy("disposition", "Repair")
    TO_VENDOR = "to_vendor", _("Return to vendor")
    TO_CUSTOMER = "to_customer", _("Return to customer")
    SCRAP = "scrap", _("Scrap")
    DONATE = "donate", _("Donate")
    MISSING = "missing", _("Missing")


class CompensationType(models.TextChoices):
    """What the shop gives to make up for something, the goods staying where they are."""

    CASH = "cash", _("Money back")
    VOUCHER = "voucher", _("Voucher")
    POINTS = "points", pgettext_lazy("compensation", "Points")
    PRICE_PROTECTION = "price_protection", _("Price protection")


CASH_TYPES: frozenset[str] = frozenset({CompensationType.CASH, CompensationType.PRICE_PROTECTION})
"""Compensations paid as a refund of the order's payments."""
