"""Carriers that are offered while a tracking number is typed; any other name can be typed too."""

CARRIERS = (
    "SF Express 顺丰",
    "ZTO 中通",
    "YTO 圆通",
    "STO 申通",
    "Yunda 韵达",
    "JD Logistics 京东",
    "EMS",
    "China Post 中国邮政",
    "DHL",
    "UPS",
    "FedEx",
    "USPS",
    "Royal Mail",
    "Deutsche Post",
)

CODES = (
    "sf",
    "zto",
    "yto",
    "sto",
    "yunda",
    "jd",
    "ems",
    "china_post",
    "dhl",
    "ups",
    "fedex",
    "usps",
    "royal_mail",
    "deutsche_post",
)
"""Their codes in `orders.carriers`, in the same order."""

NAMES = dict(zip(CODES, CARRIERS, strict=True))
