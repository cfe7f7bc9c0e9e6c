"""What people and tracking services call the carriers we know."""

from collections.abc import Mapping

NAMES: Mapping[str, frozenset[str]] = {
    "sf": frozenset({"sf", "sfexpress", "shunfeng", "顺丰", "順豐"}),
    "zto": frozenset({"zto", "zhongtong", "中通"}),
    "yto": frozenset({"yto", "yt", "yuantong", "圆通"}),
    "sto": frozenset({"sto", "shentong", "申通"}),
    "yunda": frozenset({"yunda", "yd", "韵达"}),
    "jd": frozenset({"jd", "jdl", "jdlogistics", "jingdong", "京东"}),
    "ems": frozenset({"ems", "chinaems"}),
    "china_post": frozenset(
        {"chinapost", "youzhengguonei", "youzhengguoji", "youzhengbk", "中国邮政", "邮政"}
    ),
    "dhl": frozenset({"dhl", "dhlen", "dhlparcel", "dhlgermany", "dhlpaket", "dhlexpress"}),
    "ups": frozenset({"ups"}),
    "fedex": frozenset({"fedex", "federalexpress", "联邦快递"}),
    "usps": frozenset({"usps"}),
    "royal_mail": frozenset({"royalmail"}),
    "deutsche_post": frozenset({"deutschepost"}),
}
"""Code of a carrier -> its names, in small letters and without spaces and dashes."""
