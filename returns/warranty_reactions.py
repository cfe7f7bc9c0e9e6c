"""What customers hear about the devices they registered."""

from django.conf import settings
from django.urls import reverse

from core import mail
from core.models import Event
from returns.models import Warranty


def tell_customer(event: Event) -> None:
    """That the proof fits and until when the device is covered, or that the warranty has ended and why."""
    warranty = Warranty.objects.select_related("customer").get(pk=event.subject_pk)
    customer = warranty.customer
    if customer is None:
        return
    mail.queue(
        key=f"{event.kind}:{event.pk}",
        to=customer.email,
        language=customer.language,
        template="returns/mail/warranty.txt",
        context={
            "warranty": warranty,
            "customer": customer,
            "is_valid": event.kind == "warranty.verified",
            "link": settings.PUBLIC_URL + reverse("portal:warranties"),
        },
        about=warranty,
    )
