"""Which column means what, for each kind of file we know.

A header is recognised by names in English or Chinese; case, spaces and punctuation do not matter. The
columns of the `generic` mapping are the documentation shops get: on the import page, in its template
file and in `manage.py import_orders --help`.
"""

import re
import unicodedata
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from orders.importing.files import Cell, Line

HEADER_WITHIN = 20
"""A header may stand below a title and empty lines, but not deeper than this."""


class Kind(StrEnum):
    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """One field and the headers that mean it; the first English and Chinese ones stand in the template."""

    field: str
    en: tuple[str, ...]
    zh: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    required: bool = False
    about: str | Promise = ""
    example: str = ""


@dataclass(frozen=True)
class Mapping:
    """A kind of file. `shop` is made when it is missing and none is named; `date_order` is its own habit."""

    name: str
    title: str | Promise
    columns: tuple[Column, ...]
    date_order: str = ""
    shop: Table[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.field == name)


@dataclass(frozen=True)
class Header:
    """Where the fields of a mapping stand in a file."""

    mapping: Mapping
    line: int
    width: int
    places: Table[str, int]
    titles: Table[str, str]
    ignored: tuple[str, ...]

    def has(self, name: str) -> bool:
        return name in self.places


def find_header(lines: Sequence[Line], mappings: Sequence[Mapping]) -> Header:
    """The first line that is the header of one of the mappings.

    Raises `Refused`: "import.column_twice", "import.columns_missing" naming what the best line lacks,
    "import.no_mapping" when no line is like a header.
    """
    best: tuple[int, Mapping, Line, list[str]] | None = None
    for line in [line for line in lines if not line.is_blank][:HEADER_WITHIN]:
        for mapping in mappings:
            places = _places(line, mapping)
            missing = [
                column.en[0] for column in mapping.columns if column.required and column.field not in places
            ]
            if not missing:
                return _header(line, mapping, places)
            if best is None or len(places) > best[0]:
                best = (len(places), mapping, line, missing)
    return _no_header(lines, best)


def _no_header(lines: Sequence[Line], best: tuple[int, Mapping, Line, list[str]] | None) -> Header:
    alike = 2
    if best and best[0] >= alike:
        _count, mapping, line, missing = best
        raise Refused("import.columns_missing", mapping=mapping.name, line=line.number, missing=missing)
    first = next((line for line in lines if not line.is_blank), None)
    shown = [_shown(cell) for cell in first.cells if str(cell).strip()][:8] if first else []
    raise Refused("import.no_mapping", shown=shown)


def _shown(cell: Cell) -> str:
    """A cell as it may be repeated to the reader."""
    return re.sub(r"[\x00-\x1f\ud800-\udfff]", "?", str(cell))[:40]


def _header(line: Line, mapping: Mapping, places: dict[str, int]) -> Header:
    for column in mapping.columns:
        titles = [_shown(cell) for cell in line.cells if _key(cell) in _keys(column)]
        if len(titles) > 1:
            raise Refused("import.column_twice", line=line.number, first=titles[0], second=titles[1])
    width = max(index for index, cell in enumerate(line.cells) if str(cell).strip()) + 1
    known = set(places.values())
    return Header(
        mapping=mapping,
        line=line.number,
        width=width,
        places=places,
        titles={name: _shown(line.cells[place]).strip() for name, place in places.items()},
        ignored=tuple(
            _shown(cell) for n, cell in enumerate(line.cells) if n not in known and str(cell).strip()
        ),
    )


def _places(line: Line, mapping: Mapping) -> dict[str, int]:
    keys = [_key(cell) for cell in line.cells]
    places = {}
    for column in mapping.columns:
        wanted = _keys(column)
        found = next((place for place, key in enumerate(keys) if key in wanted), None)
        if found is not None:
            places[column.field] = found
    return places


def _keys(column: Column) -> set[str]:
    return {_key(name) for name in (*column.en, *column.zh)}


def _key(cell: Cell) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", str(cell)).casefold())


GENERIC = Mapping(
    name="generic",
    title=_("General order list"),
    columns=(
        Column(
            "order_number",
            ("Order number", "Order no", "Order", "Order id"),
            ("订单编号", "订单号", "订单"),
            required=True,
            about=_("The shop's own number. Rows with the same number are lines of one order."),
            example="1001",
        ),
        Column(
            "placed_at",
            ("Placed at", "Order date", "Order time", "Ordered at", "Created at", "Date"),
            ("下单时间", "下单日期", "订单时间", "订单创建时间", "订单日期"),
            kind=Kind.DATE,
            required=True,
            about=_("When it was ordered: 2026-03-08, 2026-03-08 14:30, 08.03.2026 and the like."),
            example="2026-03-08 14:30",
        ),
        Column(
            "sku",
            ("SKU", "Item number", "Product id", "Product code"),
            ("商品编码", "商家编码", "货号", "SKU编码"),
            required=True,
            example="LAMP-01",
        ),
        Column(
            "title",
            ("Title", "Product", "Product name", "Item", "Item name"),
            ("商品名称", "商品标题", "宝贝标题", "品名"),
            about=_("Without it the SKU stands in."),
            example="Desk lamp",
        ),
        Column(
            "quantity",
            ("Quantity", "Qty", "Units"),
            ("数量", "购买数量", "商品数量"),
            kind=Kind.NUMBER,
            required=True,
            example="2",
        ),
        Column(
            "unit_price",
            ("Unit price", "Price", "Item price"),
            ("单价", "商品单价", "价格"),
            kind=Kind.AMOUNT,
            required=True,
            about=_("Of one unit, before discounts."),
            example="24.90",
        ),
        Column(
            "line_discount",
            ("Line discount", "Item discount", "Discount"),
            ("商品优惠", "单品优惠"),
            kind=Kind.AMOUNT,
            about=_("Discount on this row's units together."),
            example="4.00",
        ),
        Column(
            "line_tax",
            ("Line tax", "Item tax", "Tax"),
            ("税额", "税费"),
            kind=Kind.AMOUNT,
            about=_("Only tax that comes on top of the price."),
        ),
        Column(
            "line_total",
            ("Line total", "Item total", "Amount"),
            ("商品实付金额", "实付金额", "小计"),
            kind=Kind.AMOUNT,
            about=_("What was paid for the row; checked against the other amounts."),
            example="45.80",
        ),
        Column("category", ("Category",), ("类目", "商品类目", "分类"), example="Lighting"),
        Column(
            "flags",
            ("Marks", "Line flags", "Goods marks"),
            ("商品标记", "特殊商品"),
            about=_(
                "What limits a return, separated by commas: made to order, perishable, sealed for hygiene,"
                " digital content, final sale."
            ),
        ),
        Column(
            "order_discount",
            ("Order discount", "Coupon"),
            ("订单优惠", "优惠券金额", "店铺优惠"),
            kind=Kind.AMOUNT,
            about=_("Of the whole order, the same in each of its rows or in one; shared by price."),
        ),
        Column(
            "shipping",
            ("Shipping", "Shipping fee", "Freight", "Shipping cost"),
            ("运费", "邮费", "快递费"),
            kind=Kind.AMOUNT,
            about=_("Of the whole order, the same in each of its rows or in one."),
            example="4.90",
        ),
        Column(
            "currency",
            ("Currency",),
            ("币种", "货币"),
            about=_("ISO code such as EUR or CNY. Without it the shop's own."),
            example="EUR",
        ),
        Column(
            "fx_rate",
            ("Exchange rate", "Fx rate"),
            ("汇率",),
            kind=Kind.NUMBER,
            about=_("Units of the shop's currency for one of the order's, when it was paid."),
        ),
        Column(
            "email",
            ("Email", "Customer email"),
            ("邮箱", "电子邮箱", "买家邮箱"),
            example="carol@example.com",
        ),
        Column(
            "phone",
            ("Phone", "Mobile", "Telephone", "Customer phone"),
            ("手机", "手机号", "电话", "联系电话", "收货人手机"),
            about=_("One of e-mail, phone and customer number is needed, to know the customer again."),
        ),
        Column(
            "customer_id",
            ("Customer number", "Customer id", "Buyer id"),
            ("客户编号", "买家ID", "买家昵称", "买家会员名"),
        ),
        Column(
            "customer_name",
            ("Customer name", "Customer", "Buyer", "Name"),
            ("客户姓名", "买家姓名", "买家", "姓名"),
            example="Carol Jones",
        ),
        Column(
            "language",
            ("Language",),
            ("语言",),
            about=_("zh or en. Without it, by name and country."),
            example="en",
        ),
        Column(
            "paid_at",
            ("Paid at", "Payment date", "Payment time"),
            ("付款时间", "支付时间"),
            kind=Kind.DATE,
            about=_("A file with this column: an empty cell means not paid yet. Without it all is paid."),
            example="2026-03-08 14:31",
        ),
        Column("payment_method", ("Payment method", "Paid by"), ("支付方式", "付款方式"), example="card"),
        Column("carrier", ("Carrier", "Shipping company"), ("快递公司", "物流公司", "承运商"), example="DHL"),
        Column(
            "tracking_number",
            ("Tracking number", "Tracking no", "Waybill"),
            ("快递单号", "物流单号", "运单号"),
            example="00340434161094042557",
        ),
        Column(
            "shipped_at",
            ("Shipped at", "Ship date", "Shipping date"),
            ("发货时间", "发货日期"),
            kind=Kind.DATE,
            example="2026-03-09",
        ),
        Column(
            "delivered_at",
            ("Delivered at", "Delivery date"),
            ("签收时间", "收货时间", "妥投时间"),
            kind=Kind.DATE,
            about=_("Return periods begin here."),
            example="2026-03-11",
        ),
        Column(
            "returned_quantity",
            ("Returned quantity", "Returned units"),
            ("退货数量", "已退数量"),
            kind=Kind.NUMBER,
            about=_("Units of this row that have come back already."),
        ),
        Column(
            "recipient",
            ("Recipient", "Ship to name"),
            ("收货人", "收件人", "收货人姓名"),
            example="Carol Jones",
        ),
        Column(
            "address",
            ("Address", "Ship to", "Street", "Shipping address"),
            ("收货地址", "详细地址", "地址"),
            example="Lindenstr. 5",
        ),
        Column("city", ("City",), ("城市", "市"), example="Berlin"),
        Column("region", ("Region", "State", "Province"), ("省份", "省", "州"), example="BE"),
        Column(
            "postcode", ("Postcode", "Postal code", "Zip", "Zip code"), ("邮编", "邮政编码"), example="10969"
        ),
        Column(
            "country",
            ("Country",),
            ("国家", "国家/地区"),
            about=_("Code or name. Phone numbers without country code are read by it."),
            example="DE",
        ),
    ),
)

SUPERSTORE = Mapping(
    name="superstore",
    title=_("Superstore sample"),
    date_order="mdy",
    shop={
        "code": "superstore",
        "name": "Superstore",
        "currency": "USD",
        "country": "US",
        "time_zone": "America/New_York",
    },
    columns=(
        Column("order_number", ("Order ID",), required=True),
        Column("placed_at", ("Order Date",), kind=Kind.DATE, required=True),
        Column("shipped_at", ("Ship Date",), kind=Kind.DATE, required=True),
        Column("service", ("Ship Mode",)),
        Column("customer_id", ("Customer ID",), required=True),
        Column("customer_name", ("Customer Name",), required=True),
        Column("country", ("Country", "Country/Region")),
        Column("city", ("City",)),
        Column("region", ("State", "State/Province")),
        Column("postcode", ("Postal Code",)),
        Column("sku", ("Product ID",), required=True),
        Column("category", ("Category",)),
        Column("subcategory", ("Sub-Category",)),
        Column("title", ("Product Name",), required=True),
        Column("sales", ("Sales",), kind=Kind.AMOUNT, required=True),
        Column("quantity", ("Quantity",), kind=Kind.NUMBER, required=True),
        Column("discount", ("Discount",), kind=Kind.NUMBER, required=True),
        Column("returned", ("Returned",)),
    ),
)

RETURNS = Mapping(
    name="returns",
    title="",
    columns=(
        Column("returned", ("Returned",), ("已退货",), required=True),
        Column("order_number", ("Order ID", "Order number"), ("订单编号", "订单号"), required=True),
    ),
)
"""A second sheet that names the orders that came back."""

MAPPINGS = (SUPERSTORE, GENERIC)


def mappings_named(name: str) -> tuple[Mapping, ...]:
    """The mapping of a name, or all of them for "". Raises `Refused` "import.unknown_mapping"."""
    found = tuple(mapping for mapping in MAPPINGS if name in {"", mapping.name})
    if not found:
        raise Refused("import.unknown_mapping", name=name, known=[mapping.name for mapping in MAPPINGS])
    return found
