"""Who sees which cases and refunds. Lists, counts, the API and files all ask here."""

from typing import cast

from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from accounts.rights import Right
from core.models import Attachment
from customers.access import Portal, PortalRequest
from orders.access import orders_of
from returns.models import Case, Inspection, Refund, Warranty, Withdrawal
from returns.models.cases import CaseQuerySet
from returns.models.refunds import RefundQuerySet
from returns.models.warranty import WarrantyQuerySet
from returns.models.withdrawal import WithdrawalQuerySet
from tickets.access import tickets_of


def cases_for(user: User) -> CaseQuerySet:
    """Cases a member of staff may see: all of them with the right, none without."""
    return Case.objects.all() if user.may(Right.READ_CASES) else Case.objects.none()


def cases_of(portal: Portal) -> CaseQuerySet:
    """Cases a visitor of the portal may see: those of the requests they may see."""
    return Case.objects.filter(ticket__in=tickets_of(portal))


def refunds_for(user: User) -> RefundQuerySet:
    """Refunds a member of staff may see."""
    return Refund.objects.all() if user.may(Right.READ_REFUNDS) else Refund.objects.none()


def may_read_evidence(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of files that hang on cases: for staff, and for the customer what is public."""
    user = request.user
    if isinstance(user, User) and cases_for(user).filter(pk=subject_pk).exists():
        return True
    portal = cast(PortalRequest, request).portal
    return attachment.public and cases_of(portal).filter(pk=subject_pk).exists()


def may_read_inspection(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of photos from the bench: for staff who see the case."""
    user = request.user
    if not isinstance(user, User):
        return False
    inspection = Inspection.objects.filter(pk=subject_pk).select_related("case_line").first()
    return inspection is not None and cases_for(user).filter(pk=inspection.case_line.case_id).exists()


def may_read_proof(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of proofs of payment: for staff who see refunds."""
    user = request.user
    return isinstance(user, User) and refunds_for(user).filter(pk=subject_pk).exists()


def warranties_for(user: User) -> WarrantyQuerySet:
    """Warranties a member of staff may see: all of them with the right, none without."""
    return Warranty.objects.all() if user.may(Right.READ_CASES) else Warranty.objects.none()


def warranties_of(portal: Portal) -> WarrantyQuerySet:
    """Warranties a visitor of the portal may see: one's own, and those of opened orders."""
    mine = Q(order_line__order__in=orders_of(portal))
    if portal.customer is not None:
        mine |= Q(customer=portal.customer)
    return Warranty.objects.filter(mine)


def may_read_proof_of_purchase(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of proofs of purchase: for staff, and for whoever registered the device."""
    user = request.user
    if isinstance(user, User) and warranties_for(user).filter(pk=subject_pk).exists():
        return True
    customer = cast(PortalRequest, request).portal.customer
    return customer is not None and Warranty.objects.filter(pk=subject_pk, customer=customer).exists()


def withdrawals_for(user: User) -> WithdrawalQuerySet:
    """Withdrawals a member of staff may see: all of them with the right, none without."""
    return Withdrawal.objects.all() if user.may(Right.READ_CASES) else Withdrawal.objects.none()


def withdrawals_of(portal: Portal) -> WithdrawalQuerySet:
    """Withdrawals a visitor of the portal may see: those from orders they may see."""
    return Withdrawal.objects.filter(order__in=orders_of(portal))


def may_read_acknowledgement(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of acknowledgements: for staff, and for whoever may see the order."""
    user = request.user
    if isinstance(user, User) and withdrawals_for(user).filter(pk=subject_pk).exists():
        return True
    return withdrawals_of(cast(PortalRequest, request).portal).filter(pk=subject_pk).exists()
