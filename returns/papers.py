"""The papers of a return as PDF: guide, label and packing slip, and a customs note where there is a border.

They speak the customer's language and tell times by the clock on the customer's wall.
"""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Language
from core import bilingual, countries, dates, paper
from core.addresses import PostalAddress
from core.errors import Refused
from core.money import Money, format_money
from core.paper import Block, Code, Facts, Heading, Label, NewPage, Steps, Table, Text
from returns.addresses import address_lines
from returns.customs import Declaration, Incoterm, Purpose, crosses_border, declaration
from returns.models import Case, ServiceCentre
from returns.quotes import shop_bears
from returns.states import CaseStatus


def papers(case: Case) -> bytes:
    """All there is to print for a case as one PDF; case.no_label_yet while there is no address."""
    centre = case.service_centre
    if centre is None:
        raise Refused("case.no_label_yet", number=case.number)
    with translation.override(case.ticket.language), timezone.override(case.terms.zone):
        blocks = [*_guide(case, centre), NewPage(), *_label(case, centre), *_slip(case)]
        if crosses_border(case):
            blocks += _customs_notes(case)
        title = _("Return slip %(number)s") % {"number": case.number}
        return paper.write(blocks, title=title, foot=f"{case.order.shop.name} · {case.number}")


# --- what to do ---------------------------------------------------------------------------------------


def _guide(case: Case, centre: ServiceCentre) -> Iterator[Block]:
    yield Heading(_("How to send it back"), 1)
    yield Facts(list(_facts(case)))
    yield Heading(_("Send the goods to"))
    yield Text("\n".join(address_lines(centre)))
    if hours := bilingual.pick(centre, "hours"):
        yield Text(_("Open: %(hours)s") % {"hours": hours}, soft=True)
    yield Heading(_("Step by step"))
    yield Steps(list(_steps(case)))
    yield Heading(_("What goes into the parcel"))
    yield _items(case)
    yield Code(case.number, _bench_address(case))


def _bench_address(case: Case) -> str:
    """Opens the return on the bench, on any phone; a hand scanner types it into the box."""
    return f"{settings.PUBLIC_URL}{reverse('console:warehouse-case', args=[case.number])}"


def _facts(case: Case) -> Iterator[tuple[str, str]]:
    yield _("Return"), case.number
    yield _("Order"), case.order.number
    yield _("Name"), case.customer.display_name
    if case.status == CaseStatus.AWAITING_RETURN and case.due_at:
        yield _("Send it by"), dates.exact(case.due_at)


def _steps(case: Case) -> Iterator[str]:
    yield _("Pack it well, in the original box if you have it.")
    yield _("Lay the packing slip into the parcel, and stick the label on it.")
    if crosses_border(case):
        yield _("Put three signed copies of the customs note outside on the parcel, in a clear pouch.")
    if shop_bears(case.fault, case.terms):
        yield _("We bear the postage; keep the receipt.")
    else:
        yield _("The postage for sending them back is yours.")
    yield _("Keep the receipt with the tracking number, and enter the number on the page of your request.")


def _items(case: Case) -> Table:
    rows = [
        (
            f"{line.order_line.title}\n{line.order_line.sku}",
            str(line.reason),
            str(line.quantity_approved or line.quantity_requested),
        )
        for line in case.lines.select_related("order_line", "reason")
    ]
    return Table((_("Item"), _("Reason"), pgettext("units", "Units")), rows, (0.56, 0.3, 0.14), numeric=(2,))


# --- what is stuck on and laid in ---------------------------------------------------------------------


def _label(case: Case, centre: ServiceCentre) -> Iterator[Block]:
    yield Text(_("Cut out and put on the parcel"), soft=True)
    yield Label(
        sender_head=pgettext("parcel", "From"),
        sender=_sender(case),
        recipient_head=pgettext("parcel", "To"),
        recipient=address_lines(centre),
        number=case.number,
        address=_bench_address(case),
        note=_returned_goods(case),
    )


def _sender(case: Case) -> list[str]:
    """Where the goods were sent to is where they come from."""
    ship_to = case.order.ship_to
    names = ("recipient", "lines", "city", "region", "postcode", "country")
    told = {name: str(ship_to.get(name) or "") for name in names}
    told["recipient"] = told["recipient"] or case.customer.display_name
    return PostalAddress(**told).written()


def _returned_goods(case: Case) -> str:
    """The words that spare duties on goods that come home; empty inside a country."""
    return _("Returned goods, no sale") if crosses_border(case) else ""


def _slip(case: Case) -> Iterator[Block]:
    yield Heading(_("Lay this part into the parcel"))
    yield Facts([(_("Return"), case.number), (_("Order"), case.order.number)])
    yield _items(case)


# --- what customs read --------------------------------------------------------------------------------


def _customs_notes(case: Case) -> list[Block]:
    """One page for the sender to understand, and one in English, which officers at both ends read."""
    told, pages = declaration(case), []
    for language in dict.fromkeys((case.ticket.language, Language.ENGLISH)):
        with translation.override(language):
            pages += [NewPage(), *_customs(case, told)]
    return pages


def _customs(case: Case, told: Declaration) -> Iterator[Block]:
    yield Heading(pgettext("customs", "Customs note"), 1)
    yield Text(
        _("Goods sold by us come back to us. They are no sale, and their value is given for customs only.")
    )
    yield Facts(list(_customs_facts(case, told)))
    rows = [
        (
            good.description,
            good.hs_code or "–",
            countries.name(good.origin) or "–",
            str(good.units),
            format_money(Money(good.value, case.currency)),
        )
        for good in told.goods
    ]
    head = (_("Description"), _("HS code"), _("Country of origin"), pgettext("units", "Units"), _("Value"))
    yield Table(head, rows, (0.38, 0.16, 0.18, 0.1, 0.18), numeric=(3, 4))
    if told.note:
        yield Text(told.note)
    yield Text(_("I declare that these particulars are true."))
    yield Facts([(_("Date and signature"), "_" * 40)])


def _customs_facts(case: Case, told: Declaration) -> Iterator[tuple[str, str]]:
    centre = case.service_centre
    assert centre is not None
    yield _("Purpose"), str(Purpose(told.purpose).label)
    yield pgettext("parcel", "From"), ", ".join(_sender(case))
    yield pgettext("parcel", "To"), ", ".join(address_lines(centre))
    yield _("Return"), case.number
    yield (
        _("Order"),
        _("%(number)s of %(day)s")
        % {
            "number": case.order.number,
            "day": f"{timezone.localtime(case.order.placed_at):%Y-%m-%d}",
        },
    )
    yield _("Declared value"), format_money(Money(told.value, case.currency))
    yield _("Duties"), str(Incoterm(told.incoterm).label)
    if told.eori:
        yield "EORI", told.eori
    if told.ioss:
        yield "IOSS", told.ioss
