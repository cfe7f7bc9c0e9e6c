"""Sentences for refusals and events of orders."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orders.states import Direction, TrackingStatus


def _label(choices: type[Choices], value: Any) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)


def _parcel(facts: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (str(facts.get("carrier") or ""), str(facts.get("tracking_number") or ""))))


def _recorded(facts: Mapping[str, Any]) -> str:
    name = _parcel(facts)
    if facts.get("direction") != Direction.OUTBOUND:
        return _now("Parcel %(name)s was recorded: %(direction)s") % {
            "name": name,
            "direction": _label(Direction, facts.get("direction")),
        }
    return _now("Parcel %(name)s was handed to the carrier") % {"name": name}


def _delivered(facts: Mapping[str, Any]) -> str:
    if facts.get("direction") == Direction.RETURN:
        return _now("Parcel %(name)s came back to us") % {"name": _parcel(facts)}
    return _now("Parcel %(name)s was delivered") % {"name": _parcel(facts)}


def _tracked(facts: Mapping[str, Any]) -> str:
    status = _label(TrackingStatus, facts.get("status"))
    return _now("News about parcel %(name)s: %(status)s") % {"name": _parcel(facts), "status": status}


_CHANGES = {
    "lines": _("missing lines were added"),
    "complete": _("no rows are missing any more"),
    "payment": _("the payment was recorded"),
    "returns": _("returned units were recorded"),
}


def _updated(facts: Mapping[str, Any]) -> str:
    told = [str(_CHANGES[change]) for change in facts.get("changes", ()) if change in _CHANGES]
    return _now("The shop told more about the order: %(changes)s") % {"changes": _now(", ").join(told)}


def _listed(pattern: Any, name: str) -> Any:
    """A sentence one fact of which is a list of names."""

    def say(facts: Mapping[str, Any]) -> str:
        names = facts.get(name) or ["–"]
        return str(pattern) % {**facts, name: _now(", ").join(str(each) for each in names)}

    return say


EVENTS: Mapping[str, Any] = {
    "order.placed": _("The order was placed"),
    "order.imported": _("The order was imported from a file of the shop"),
    "order.updated": _updated,
    "shipment.recorded": _recorded,
    "shipment.tracked": _tracked,
    "shipment.delivered": _delivered,
    "import.uploaded": _("%(actor)s handed in the file %(name)s"),
    "import.rechecked": _("%(actor)s had the file read in another way"),
    "import.checked": _("The file was checked: %(rows)s rows, %(errors)s of them bad"),
    "import.started": _("%(actor)s started the import"),
    "import.finished": _("The import is done: %(orders)s orders, %(created)s of them new"),
    "import.failed": _("The import stopped"),
}

_ORDERS: Mapping[str, Any] = {
    "order.no_number": _("An order needs a number."),
    "order.unknown_currency": _("%(currency)s is not the code of a currency."),
    "order.no_lines": _("An order needs at least one line."),
    "order.too_many_lines": _("An order has at most %(most)s lines."),
    "order.units_out_of_range": _("Line %(position)s: the quantity must be between 1 and %(most)s."),
    "order.returned_above_units": _("Line %(position)s: more units came back than were ordered."),
    "order.amount_out_of_range": _("An amount is negative or too large."),
    "order.discount_above_price": _("The discount is higher than the price."),
    "order.tax_without_price": _("Tax cannot be shared over lines that cost nothing."),
    "order.no_such_line": _("The order has no such line."),
    "order.differs": _(
        "Order %(number)s is on record with other content: customer, time, prices, quantities or shipping"
        " differ."
    ),
    "order.payment_taken": _("The payment of order %(number)s is on record for another order."),
    "order.cancelled": _("Order %(number)s is cancelled."),
    "order.unknown_shop": _("There is no shop with the code %(shop)s."),
    "shipment.too_many": _("The parcel would hold more units than are left to send."),
    "shipment.nothing_to_send": _("Everything of order %(number)s is on its way already."),
    "shipment.line_twice": _("A line is named twice in the parcel."),
    "shipment.unknown_status": _("%(status)s is not a tracking status."),
    "shipment.news_from_future": _("The time of the news lies in the future."),
}

_FILES: Mapping[str, Any] = {
    "import.no_such_file": _("There is no file %(name)s."),
    "import.is_a_directory": _("%(name)s is a folder, not a file."),
    "import.unreadable": _("%(name)s cannot be read: %(error)s."),
    "import.empty": _("The file is empty."),
    "import.too_large": _("The file is too large. Split it into smaller ones and import them one by one."),
    "import.not_a_table": _(
        "This is not a CSV, XLS or XLSX file, or it is damaged. Export the orders once more and hand in"
        " that file."
    ),
    "import.password": _("The workbook is protected by a password. Save it without one and try again."),
    "import.wrong_encoding": _("The file is not written in %(encoding)s."),
    "import.unknown_mapping": _listed(_("There is no mapping %(name)s. Known ones: %(known)s."), "known"),
    "import.no_such_sheet": _listed(_("There is no sheet %(name)s. The workbook has: %(known)s."), "known"),
    "import.no_mapping": _listed(
        _(
            "No line of the file is a header we know. It begins with: %(shown)s. Name the columns as in the"
            " template."
        ),
        "shown",
    ),
    "import.columns_missing": _listed(
        _("The header in line %(line)s lacks columns that are needed: %(missing)s."), "missing"
    ),
    "import.column_twice": _(
        "The header in line %(line)s has two columns for one thing: %(first)s and %(second)s."
    ),
    "import.unknown_shop": _listed(_("There is no shop %(shop)s. Known ones: %(known)s."), "known"),
    "import.which_shop": _listed(_("Say which shop the orders belong to. Known ones: %(known)s."), "known"),
    "import.cannot_recheck": _("The file cannot be checked again: it is being imported or done with."),
    "import.cannot_start": _("The file has not been checked yet."),
    "import.nothing_to_import": _("There is no good order in the file."),
    "import.interrupted": _("The command that imported the file was stopped. Run it again: nothing is lost."),
    "import.gave_up": _("Reading the file failed %(attempts)s times. It may be damaged or too large."),
    "import.file_gone": _("The file is not there any more. Hand it in again."),
    "import.quote_not_closed": _("A quotation mark is opened and not closed."),
    "import.cell_too_long": _("A cell is far too long."),
}

_ROWS: Mapping[str, Any] = {
    "row.missing": _("A value is missing."),
    "row.too_many_cells": _(
        "The row has %(found)s cells where the header has %(expected)s. A value with a comma may lack its"
        " quotation marks."
    ),
    "row.too_few_cells": _("The row has %(found)s cells where the header has %(expected)s."),
    "row.outside_the_table": _("There is a value outside the columns of the header."),
    "row.copy": _("The row repeats line %(line)s in every cell."),
    "row.control_characters": _("The value contains control characters."),
    "row.unreadable_characters": _("The value contains characters that the file's encoding does not have."),
    "row.too_long": _("The value has %(length)s characters; %(most)s are allowed."),
    "row.digits_lost": _(
        "A spreadsheet has shortened this number and lost digits. Format the column as text and export again."
    ),
    "row.not_a_number": _("This is not a number."),
    "row.number_too_large": _("The number is too large."),
    "row.negative": _("The amount is negative."),
    "row.amount_ambiguous": _(
        "It is not clear whether the mark stands before decimals or between thousands; the file has both."
    ),
    "row.too_many_decimals": _("%(currency)s has %(decimals)s decimals; the amount has more."),
    "row.other_currency": _("The sign %(sign)s does not fit the currency %(currency)s."),
    "row.unknown_currency": _("This is not the code of a currency."),
    "row.not_whole": _("The quantity must be a whole number."),
    "row.not_positive": _("The quantity must be at least 1."),
    "row.not_a_ratio": _("The discount must be a share between 0 and 1."),
    "row.nothing_left_to_pay": _("A discount of 100 %% leaves nothing to pay, but an amount is given."),
    "row.returned_above_units": _("More units came back than were ordered."),
    "row.does_not_add_up": _("Price, quantity, discount and tax make %(expected)s."),
    "row.not_a_date": _("This is not a date."),
    "row.no_such_day": _("There is no such day or time."),
    "row.date_ambiguous": _("It is not clear which is the day and which the month. Say which comes first."),
    "row.date_too_early": _("The date is before %(earliest)s."),
    "row.in_the_future": _("The date lies in the future."),
    "row.before_the_last_step": _(
        "An order is placed, then shipped, then delivered: this date is too early."
    ),
    "row.unknown_country": _("This is not a country."),
    "row.nobody_to_reach": _(
        "Customer number, e-mail and phone are all missing: the customer cannot be known."
    ),
    "row.order_disagrees": _(
        "The rows of order %(number)s contradict each other in %(column)s: lines %(line)s and %(other)s."
    ),
    "row.order_lacks_rows": _(
        "Order %(number)s has a discount on the whole order, and other rows of it are bad: the discount"
        " cannot be shared rightly, so nothing of the order was imported."
    ),
}

REFUSALS: Mapping[str, Any] = {**_ORDERS, **_FILES, **_ROWS}
