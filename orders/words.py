"""Sentences for refusals and events of orders."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext, gettext_lazy

from core.money import Money, format_money
from orders.states import Direction, TrackingStatus


def _label(choices: type[Choices], value: Any) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)


def _parcel(facts: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (str(facts.get("carrier") or ""), str(facts.get("tracking_number") or ""))))


def _paid(facts: Mapping[str, Any]) -> str:
    amount = format_money(Money(int(facts["amount"]), str(facts["currency"])))
    return gettext("%(amount)s was received (%(reference)s)") % {**facts, "amount": amount}


def _recorded(facts: Mapping[str, Any]) -> str:
    name = _parcel(facts)
    if facts.get("direction") != Direction.OUTBOUND:
        return gettext("Parcel %(name)s was recorded: %(direction)s") % {
            "name": name,
            "direction": _label(Direction, facts.get("direction")),
        }
    return gettext("Parcel %(name)s was handed to the carrier") % {"name": name}


def _delivered(facts: Mapping[str, Any]) -> str:
    if facts.get("direction") == Direction.RETURN:
        return gettext("Parcel %(name)s came back to us") % {"name": _parcel(facts)}
    return gettext("Parcel %(name)s was delivered") % {"name": _parcel(facts)}


def _lost(facts: Mapping[str, Any]) -> str:
    return gettext("The carrier has lost parcel %(name)s") % {"name": _parcel(facts)}


def _tracked(facts: Mapping[str, Any]) -> str:
    status = _label(TrackingStatus, facts.get("status"))
    return gettext("News about parcel %(name)s: %(status)s") % {"name": _parcel(facts), "status": status}


_CHANGES = {
    "lines": gettext_lazy("missing lines were added"),
    "complete": gettext_lazy("no rows are missing any more"),
    "payment": gettext_lazy("the payment was recorded"),
    "returns": gettext_lazy("returned units were recorded"),
}


def _updated(facts: Mapping[str, Any]) -> str:
    told = [str(_CHANGES[change]) for change in facts.get("changes", ()) if change in _CHANGES]
    return gettext("The shop told more about the order: %(changes)s") % {"changes": gettext(", ").join(told)}


def _listed(pattern: Any, name: str) -> Any:
    """A sentence one fact of which is a list of names."""

    def say(facts: Mapping[str, Any]) -> str:
        names = facts.get(name) or ["–"]
        return str(pattern) % {**facts, name: gettext(", ").join(str(each) for each in names)}

    return say


EVENTS: Mapping[str, Any] = {
    "order.placed": gettext_lazy("The order was placed"),
    "order.imported": gettext_lazy("The order was imported from a file of the shop"),
    "order.updated": _updated,
    "order.receipt_confirmed": gettext_lazy("The customer confirmed that everything has arrived"),
    "payment.recorded": _paid,
    "shipment.recorded": _recorded,
    "shipment.lost": _lost,
    "inbound.landed": gettext_lazy("%(source)s called"),
    "shipment.tracked": _tracked,
    "shipment.delivered": _delivered,
    "import.uploaded": gettext_lazy("%(actor)s handed in the file %(name)s"),
    "import.rechecked": gettext_lazy("%(actor)s had the file read in another way"),
    "import.checked": gettext_lazy("The file was checked: %(rows)s rows, %(errors)s of them bad"),
    "import.started": gettext_lazy("%(actor)s started the import"),
    "import.finished": gettext_lazy("The import is done: %(orders)s orders, %(created)s of them new"),
    "import.failed": gettext_lazy("The import stopped"),
}

_ORDERS: Mapping[str, Any] = {
    "order.no_number": gettext_lazy("An order needs a number."),
    "order.unknown_currency": gettext_lazy("%(currency)s is not the code of a currency."),
    "order.no_lines": gettext_lazy("An order needs at least one line."),
    "order.too_many_lines": gettext_lazy("An order has at most %(most)s lines."),
    "order.units_out_of_range": gettext_lazy(
        "Line %(position)s: the quantity must be between 1 and %(most)s."
    ),
    "order.returned_above_units": gettext_lazy("Line %(position)s: more units came back than were ordered."),
    "order.amount_out_of_range": gettext_lazy("An amount is negative or too large."),
    "order.discount_above_price": gettext_lazy("The discount is higher than the price."),
    "order.rate_out_of_range": gettext_lazy("The exchange rate must be above 0."),
    "order.unknown_flag": gettext_lazy("Line %(position)s: “%(flag)s” is not a mark of goods."),
    "order.cannot_confirm": gettext_lazy("Order %(number)s has not been delivered yet."),
    "order.tax_without_price": gettext_lazy("Tax cannot be shared over lines that cost nothing."),
    "order.tiers_differ": gettext_lazy("The terms of a discount do not come to its amount."),
    "order.tenders_above_total": gettext_lazy(
        "Points, gift cards and coupons cannot have paid more than the order costs."
    ),
    "order.no_such_line": gettext_lazy("The order has no such line."),
    "order.differs": gettext_lazy(
        "Order %(number)s is on record with other content: customer, time, prices, quantities or shipping"
        " differ."
    ),
    "order.payment_taken": gettext_lazy("The payment of order %(number)s is on record for another order."),
    "order.cancelled": gettext_lazy("Order %(number)s is cancelled."),
    "order.unknown_shop": gettext_lazy("There is no shop with the code %(shop)s."),
    "shipment.too_many": gettext_lazy("The parcel would hold more units than are left to send."),
    "shipment.nothing_to_send": gettext_lazy("Everything of order %(number)s is on its way already."),
    "payment.already_used": gettext_lazy("The payment %(reference)s belongs to another order."),
    "payment.not_positive": gettext_lazy("A payment is more than nothing."),
    "shipment.line_twice": gettext_lazy("A line is named twice in the parcel."),
    "shipment.unknown_status": gettext_lazy("%(status)s is not a tracking status."),
    "shipment.news_from_future": gettext_lazy("The time of the news lies in the future."),
}

_FILES: Mapping[str, Any] = {
    "import.no_such_file": gettext_lazy("There is no file %(name)s."),
    "import.is_a_directory": gettext_lazy("%(name)s is a folder, not a file."),
    "import.unreadable": gettext_lazy("%(name)s cannot be read: %(error)s."),
    "import.empty": gettext_lazy("The file is empty."),
    "import.too_large": gettext_lazy(
        "The file is too large. Split it into smaller ones and import them one by one."
    ),
    "import.not_a_table": gettext_lazy(
        "This is not a CSV, XLS or XLSX file, or it is damaged. Export the orders once more and hand in"
        " that file."
    ),
    "import.password": gettext_lazy(
        "The workbook is protected by a password. Save it without one and try again."
    ),
    "import.wrong_encoding": gettext_lazy("The file is not written in %(encoding)s."),
    "import.unknown_mapping": _listed(
        gettext_lazy("There is no mapping %(name)s. Known ones: %(known)s."), "known"
    ),
    "import.no_such_sheet": _listed(
        gettext_lazy("There is no sheet %(name)s. The workbook has: %(known)s."), "known"
    ),
    "import.no_mapping": _listed(
        gettext_lazy(
            "No line of the file is a header we know. It begins with: %(shown)s. Name the columns as in the"
            " template."
        ),
        "shown",
    ),
    "import.columns_missing": _listed(
        gettext_lazy("The header in line %(line)s lacks columns that are needed: %(missing)s."), "missing"
    ),
    "import.column_twice": gettext_lazy(
        "The header in line %(line)s has two columns for one thing: %(first)s and %(second)s."
    ),
    "import.unknown_shop": _listed(
        gettext_lazy("There is no shop %(shop)s. Known ones: %(known)s."), "known"
    ),
    "import.which_shop": _listed(
        gettext_lazy("Say which shop the orders belong to. Known ones: %(known)s."), "known"
    ),
    "import.cannot_recheck": gettext_lazy(
        "The file cannot be checked again: it is being imported or done with."
    ),
    "import.cannot_start": gettext_lazy("The file has not been checked yet."),
    "import.nothing_to_import": gettext_lazy("There is no good order in the file."),
    "import.interrupted": gettext_lazy(
        "The command that imported the file was stopped. Run it again: nothing is lost."
    ),
    "import.gave_up": gettext_lazy(
        "Reading the file failed %(attempts)s times. It may be damaged or too large."
    ),
    "import.file_gone": gettext_lazy("The file is not there any more. Hand it in again."),
    "import.quote_not_closed": gettext_lazy("A quotation mark is opened and not closed."),
    "import.cell_too_long": gettext_lazy("A cell is far too long."),
}

_ROWS: Mapping[str, Any] = {
    "row.missing": gettext_lazy("A value is missing."),
    "row.too_many_cells": gettext_lazy(
        "The row has %(found)s cells where the header has %(expected)s. A value with a comma may lack its"
        " quotation marks."
    ),
    "row.too_few_cells": gettext_lazy("The row has %(found)s cells where the header has %(expected)s."),
    "row.outside_the_table": gettext_lazy("There is a value outside the columns of the header."),
    "row.copy": gettext_lazy("The row repeats line %(line)s in every cell."),
    "row.control_characters": gettext_lazy("The value contains control characters."),
    "row.unreadable_characters": gettext_lazy(
        "The value contains characters that the file's encoding does not have."
    ),
    "row.too_long": gettext_lazy("The value has %(length)s characters; %(most)s are allowed."),
    "row.digits_lost": gettext_lazy(
        "A spreadsheet has shortened this number and lost digits. Format the column as text and export again."
    ),
    "row.not_a_number": gettext_lazy("This is not a number."),
    "row.number_too_large": gettext_lazy("The number is too large."),
    "row.negative": gettext_lazy("The amount is negative."),
    "row.amount_ambiguous": gettext_lazy(
        "It is not clear whether the mark stands before decimals or between thousands; the file has both."
    ),
    "row.too_many_decimals": gettext_lazy("%(currency)s has %(decimals)s decimals; the amount has more."),
    "row.other_currency": gettext_lazy("The sign %(sign)s does not fit the currency %(currency)s."),
    "row.unknown_currency": gettext_lazy("This is not the code of a currency."),
    "row.not_whole": gettext_lazy("The quantity must be a whole number."),
    "row.not_positive": gettext_lazy("The quantity must be at least 1."),
    "row.not_a_ratio": gettext_lazy("The discount must be a share between 0 and 1."),
    "row.nothing_left_to_pay": gettext_lazy(
        "A discount of 100 %% leaves nothing to pay, but an amount is given."
    ),
    "row.returned_above_units": gettext_lazy("More units came back than were ordered."),
    "row.does_not_add_up": gettext_lazy("Price, quantity, discount and tax make %(expected)s."),
    "row.not_a_date": gettext_lazy("This is not a date."),
    "row.no_such_day": gettext_lazy("There is no such day or time."),
    "row.date_ambiguous": gettext_lazy(
        "It is not clear which is the day and which the month. Say which comes first."
    ),
    "row.date_too_early": gettext_lazy("The date is before %(earliest)s."),
    "row.in_the_future": gettext_lazy("The date lies in the future."),
    "row.before_the_last_step": gettext_lazy(
        "An order is placed, then shipped, then delivered: this date is too early."
    ),
    "row.unknown_flag": gettext_lazy("“%(flag)s” is not a mark of goods."),
    "row.unknown_country": gettext_lazy("This is not a country."),
    "row.nobody_to_reach": gettext_lazy(
        "Customer number, e-mail and phone are all missing: the customer cannot be known."
    ),
    "row.order_disagrees": gettext_lazy(
        "The rows of order %(number)s contradict each other in %(column)s: lines %(line)s and %(other)s."
    ),
    "row.order_lacks_rows": gettext_lazy(
        "Order %(number)s has a discount on the whole order, and other rows of it are bad: the discount"
        " cannot be shared rightly, so nothing of the order was imported."
    ),
}

REFUSALS: Mapping[str, Any] = {**_ORDERS, **_FILES, **_ROWS}
