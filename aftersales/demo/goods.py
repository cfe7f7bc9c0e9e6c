"""What the demo shop sells, in its two storefronts."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.models import Shop


@dataclass(frozen=True)
class Product:
    """Prices are minor units: fen in the Chinese store, cents in the international one."""

    sku: str
    en: str
    zh: str
    category: str
    fen: int
    cents: int


PRODUCTS: Sequence[Product] = (
    Product("LMP-001", "Halo desk lamp, warm white", "光环护眼台灯 暖白", "lighting", 26900, 4900),
    Product("LMP-014", "Rice-paper floor lamp", "和纸落地灯", "lighting", 45900, 8900),
    Product("AUD-102", "Drift wireless earbuds", "漂流真无线耳机", "audio", 39900, 6900),
    Product("AUD-210", "Boulder bluetooth speaker", "磐石蓝牙音箱", "audio", 59900, 9900),
    Product("KIT-305", "Gooseneck kettle 0.9 l", "细口手冲壶 0.9 升", "kitchen", 32900, 5900),
    Product("KIT-311", "Cast-iron pan 26 cm", "铸铁煎锅 26 厘米", "kitchen", 29900, 5400),
    Product("KIT-320", "Coffee grinder, steel burrs", "手摇磨豆机 不锈钢刀盘", "kitchen", 49900, 8500),
    Product("TXT-401", "Linen bed set, oat", "亚麻四件套 燕麦色", "textiles", 69900, 12900),
    Product("TXT-408", "Wool throw, moss", "羊毛盖毯 苔绿", "textiles", 38900, 7200),
    Product("BAG-502", "Commuter backpack 18 l", "通勤双肩包 18 升", "bags", 42900, 7900),
    Product("BAG-510", "Packing cubes, set of 4", "旅行收纳袋四件装", "bags", 12900, 2400),
    Product("SHO-603", "Trail runner, slate", "轻量越野跑鞋 石板灰", "shoes", 56900, 9800),
    Product("ELE-701", "Slim power bank 10,000 mAh", "轻薄充电宝 10000 毫安时", "electronics", 19900, 3600),
    Product("ELE-709", "Robot vacuum R2", "扫地机器人 R2", "electronics", 199900, 34900),
    Product("ELE-715", "Air purifier, quiet series", "静音空气净化器", "electronics", 129900, 22900),
    Product("TOY-801", "Wooden marble run", "木质滚珠轨道", "toys", 23900, 4200),
)

CARRIERS = {"CNY": ("顺丰速运", "中通快递", "京东物流"), "USD": ("DHL", "UPS", "FedEx")}


def open_shops() -> dict[str, Shop]:
    """The two storefronts by currency."""
    stores = (
        {
            "code": "cn",
            "name": "拾光好物旗舰店",
            "currency": "CNY",
            "time_zone": "Asia/Shanghai",
            "country": "CN",
        },
        {"code": "intl", "name": "Shiguang Home", "currency": "USD", "time_zone": "UTC", "country": ""},
    )
    return {
        store["currency"]: Shop.objects.get_or_create(code=store["code"], defaults=store)[0]
        for store in stores
    }
