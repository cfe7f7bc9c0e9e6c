"""Who works and buys in the demo shop. All names and addresses are made up."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Manager

from accounts.models import Language, Team, User
from accounts.rights import Role
from core.actors import SYSTEM
from customers.actions import get_or_create_customer
from customers.models import Customer, Tier
from returns.models import ServiceCentre

PASSWORD = "demo-portal-2026"
DOMAIN = "demo.example"
ZH, EN = Language.CHINESE, Language.ENGLISH


@dataclass(frozen=True)
class Colleague:
    """A member of staff; `key` is how stories call them and the first part of their address."""

    key: str
    name: str
    role: Role
    language: str = EN
    time_zone: str = "Asia/Shanghai"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


COLLEAGUES: Sequence[Colleague] = (
    Colleague("agent", "Alice Shen", Role.AGENT),
    Colleague("agent2", "陈晓", Role.AGENT, ZH),
    Colleague("agent3", "Tomás Rivera", Role.AGENT, EN, "Europe/Berlin"),
    Colleague("lead", "Lea Wagner", Role.LEAD, EN, "Europe/Berlin"),
    Colleague("manager", "Mara Lindqvist", Role.MANAGER, EN, "Europe/Berlin"),
    Colleague("warehouse", "魏强", Role.WAREHOUSE, ZH),
    Colleague("technician", "汤明", Role.TECHNICIAN, ZH),
    Colleague("finance", "Fin O'Hara", Role.FINANCE),
    Colleague("finance2", "周敏", Role.FINANCE, ZH),
    Colleague("followup", "方蕾", Role.FOLLOW_UP, ZH),
    Colleague("admin", "Ada Novak", Role.ADMINISTRATOR),
)

TIERS: Sequence[tuple[str, int, str, str]] = (
    ("standard", 1, "Standard", "普通会员"),
    ("silver", 2, "Silver", "银卡会员"),
    ("gold", 3, "Gold", "金卡会员"),
)


@dataclass(frozen=True)
class Buyer:
    """A customer; `city` and `lines` are where the parcels go."""

    name: str
    email: str
    phone: str
    country: str
    language: str
    time_zone: str
    city: str
    lines: str
    postcode: str
    tier: str = "standard"


BUYERS: Sequence[Buyer] = (
    Buyer("Carol Hughes", "carol@example.com", "+44 20 7946 0018", "GB", EN, "Europe/London", "London", "18 Larch Road", "SE5 8QH", "gold"),
    Buyer("李文静", "wenjing.li@example.com", "+86 138 0013 8001", "CN", ZH, "Asia/Shanghai", "杭州", "西湖区文三路 201 号 5 幢 302 室", "310012", "gold"),
    Buyer("Charlie Moreau", "charlie@example.com", "+33 1 99 00 12 34", "FR", EN, "Europe/Paris", "Lyon", "7 rue des Tilleuls", "69003"),
    Buyer("张磊", "lei.zhang@example.com", "+86 139 0013 9002", "CN", ZH, "Asia/Shanghai", "成都", "武侯区科华北路 62 号 1805 室", "610041", "silver"),
    Buyer("Jonas Keller", "jonas.keller@example.com", "+49 30 901820", "DE", EN, "Europe/Berlin", "Berlin", "Ahornallee 44", "14050", "silver"),
    Buyer("王芳", "fang.wang@example.com", "+86 136 0013 6003", "CN", ZH, "Asia/Shanghai", "广州", "天河区体育东路 118 号 2201 室", "510620"),
    Buyer("Maya Patel", "maya.patel@example.com", "+1 415 555 0132", "US", EN, "America/Los_Angeles", "San Francisco", "2210 Alder Street, Apt 4", "94115", "gold"),
    Buyer("刘洋", "yang.liu@example.com", "+86 137 0013 7004", "CN", ZH, "Asia/Shanghai", "北京", "朝阳区望京西路 8 号院 3 号楼 1102", "100102"),
    Buyer("Sofia Rossi", "sofia.rossi@example.com", "+39 06 9480 1234", "IT", EN, "Europe/Rome", "Torino", "Via dei Platani 12", "10121"),
    Buyer("赵敏", "min.zhao@example.com", "+86 135 0013 5005", "CN", ZH, "Asia/Shanghai", "武汉", "洪山区珞喻路 33 号 6 栋 402", "430070", "silver"),
    Buyer("Noah Bennett", "noah.bennett@example.com", "+1 212 555 0176", "US", EN, "America/New_York", "Brooklyn", "98 Juniper Avenue", "11215"),
    Buyer("陈思远", "siyuan.chen@example.com", "+86 133 0013 3006", "CN", ZH, "Asia/Shanghai", "深圳", "南山区科苑南路 3099 号 B 座 906", "518057", "gold"),
    Buyer("Emma Johansson", "emma.johansson@example.com", "+46 8 123 456 78", "SE", EN, "Europe/Stockholm", "Göteborg", "Björkgatan 3", "413 01"),
    Buyer("黄丽", "li.huang@example.com", "+86 150 0015 0007", "CN", ZH, "Asia/Shanghai", "南京", "鼓楼区中山北路 88 号 1504", "210008"),
    Buyer("Liam O'Connor", "liam.oconnor@example.com", "+353 1 234 5678", "IE", EN, "Europe/Dublin", "Dublin", "5 Rowan Terrace", "D06 X2P4"),
    Buyer("周杰明", "jieming.zhou@example.com", "+86 151 0015 1008", "CN", ZH, "Asia/Shanghai", "西安", "雁塔区小寨东路 126 号 903", "710061"),
    Buyer("Chloe Tan", "chloe.tan@example.com", "+65 6123 4567", "SG", ZH, "Asia/Singapore", "Singapore", "31 Cedar Walk #08-12", "229847", "silver"),
    Buyer("Oliver Novák", "oliver.novak@example.com", "+420 212 345 678", "CZ", EN, "Europe/Prague", "Brno", "Lipová 21", "602 00"),
    Buyer("林晓彤", "xiaotong.lin@example.com", "+86 158 0015 8009", "CN", ZH, "Asia/Shanghai", "厦门", "思明区湖滨南路 57 号 1203", "361004"),
    Buyer("Grace Miller", "grace.miller@example.com", "+1 312 555 0149", "US", EN, "America/Chicago", "Chicago", "1450 Willow Lane", "60614"),
)  # fmt: skip


def engage() -> dict[str, User]:
    """The staff of the shop by key, in one team."""
    team, _ = Team.objects.get_or_create(
        code="service", defaults={"name_en": "Customer service", "name_zh": "客服组", "is_default": True}
    )
    staff = {}
    for colleague in COLLEAGUES:
        user = User.objects.filter(email=colleague.email).first() or User.objects.create_user(
            colleague.email,
            PASSWORD,
            name=colleague.name,
            role=colleague.role,
            language=colleague.language,
            time_zone=colleague.time_zone,
            speaks=[EN, ZH],
        )
        user.teams.add(team)
        staff[colleague.key] = user
    return staff


def invite() -> list[Customer]:
    """The customers of the shop, in the order of `BUYERS`."""
    tiers = {
        code: Tier.objects.get_or_create(code=code, defaults={"rank": rank, "name_en": en, "name_zh": zh})[0]
        for code, rank, en, zh in TIERS
    }
    invited = []
    for buyer in BUYERS:
        customer = get_or_create_customer(
            email=buyer.email,
            phone=buyer.phone,
            name=buyer.name,
            language=buyer.language,
            country=buyer.country,
            by=SYSTEM,
        )
        customer.tier, customer.time_zone = tiers[buyer.tier], buyer.time_zone
        customer.save(update_fields=["tier", "time_zone"])
        invited.append(customer)
    return invited


def accounts() -> str:
    """Who may sign in, one per role first, as lines to print."""
    width = max(len(colleague.email) for colleague in COLLEAGUES)
    lines = [f"  {each.email:<{width}}  {each.role.value:<13}  {each.name}" for each in COLLEAGUES]
    buyers = ", ".join(buyer.email for buyer in BUYERS[:3])
    return "\n".join(
        [
            f"Staff (password {PASSWORD}):",
            *lines,
            f"Customers (a code is mailed to them): {buyers}",
        ]
    )


def open_service_centres(centres: Manager[ServiceCentre]) -> None:
    """Where goods come back to: one place in China, one for everybody else."""
    centres.get_or_create(
        code="hangzhou",
        defaults={
            "name_en": "Hangzhou returns centre",
            "name_zh": "杭州退货中心",
            "recipient": "拾光好物 售后部",
            "phone": "+86 571 8888 0100",
            "country": "CN",
            "city": "杭州",
            "postcode": "311121",
            "lines": "余杭区良睦路 1288 号 3 号仓",
            "serves": ["CN"],
            "order": 1,
        },
    )
    centres.get_or_create(
        code="leipzig",
        defaults={
            "name_en": "Leipzig returns centre",
            "name_zh": "莱比锡退货中心",
            "recipient": "Shiguang Home Returns",
            "phone": "+49 341 555 0100",
            "country": "DE",
            "city": "Leipzig",
            "postcode": "04356",
            "lines": "Am Lindenhof 12",
            "order": 2,
        },
    )
