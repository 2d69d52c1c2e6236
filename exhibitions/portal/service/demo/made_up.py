"""Companies of the demo. They are invented: no such firm is meant, and their numbers and addresses reach nobody."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.companies.rules.codes import credit_code
from exhibitions.exhibitors.rules.states import State
from exhibitions.stands.rules.plan import StandKind

GOODS = (
    ("01", "餐厨用品", "Kitchen and tableware"),
    ("02", "收纳与清洁", "Storage and cleaning"),
    ("03", "小家电与照明", "Small appliances and lighting"),
    ("04", "工艺美术", "Arts and crafts"),
    ("05", "玩具文体", "Toys, stationery and sports"),
    ("06", "海产与食品", "Seafood and food"),
    ("07", "酒水饮料", "Drinks"),
    ("08", "家纺服饰", "Home textiles and clothing"),
)


_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Firm:
    """A company of the demo: who it is, what came of the first call, and how far it is with the running fair."""

    name: str
    name_en: str
    zone: str
    state: State
    contact: str
    phone: str
    kind: StandKind = StandKind.SHELL
    region: str = "大连"
    country: str = "CN"
    is_member: bool = False
    title: str = "市场部经理"
    said: str = "有意参展，想要靠主通道的展位。"

    @property
    def email(self) -> str:
        """An address of a domain that nobody can own, for each firm another: one domain would make them doubles."""
        return f"info@e{self.phone[-4:]}.demo.invalid"

    @property
    def credit_code(self) -> str | None:
        """A code whose check characters are right and that is given to nobody; None for a firm abroad."""
        begun = f"91210200MA0DEM{self.phone[-2:]}"
        ends = (f"{begun}{one}{other}" for one in "0123456789X" for other in _SIGNS)
        return next(filter(credit_code, ends)) if self.country == "CN" else None

    @property
    def language(self) -> str:
        """In which language it is written to."""
        return "zh" if self.country == "CN" else "en"


_STATES = (
    *(State.ON_SITE,) * 14,
    *(State.PAID,) * 6,
    *(State.DEPOSIT_PAID,) * 3,
    *(State.CONTRACTED,) * 2,
    State.ACCEPTED,
    State.OFFERED,
    State.OFFERED,
    State.ADMITTED,
    State.ADMITTED,
    State.WAIT_LISTED,
    State.CHECKED,
    State.SUBMITTED,
    State.SUBMITTED,
    State.INTERESTED,
    State.INTERESTED,
    State.CONTACTED,
    State.PROSPECT,
    State.PROSPECT,
    State.NOT_THIS_EDITION,
)
_NAMES: tuple[tuple[str, str, str, str], ...] = (
    ("青松岭家居", "Qingsongling Home", "home", "大连"),
    ("北岸厨具", "North Shore Kitchenware", "home", "沈阳"),
    ("云杉收纳", "Spruce Storage", "home", "大连"),
    ("白帆日用", "White Sail Daily Goods", "home", "营口"),
    ("暖窗照明", "Warm Window Lighting", "appliance", "大连"),
    ("小满电器", "Xiaoman Appliances", "appliance", "丹东"),
    ("海角智能", "Cape Smart Living", "appliance", "大连"),
    ("贝壳工坊", "Shell Workshop", "craft", "大连"),
    ("琉璃巷工艺", "Glaze Lane Crafts", "craft", "沈阳"),
    ("木石陶瓷", "Wood and Stone Ceramics", "craft", "锦州"),
    ("风筝玩具", "Kite Toys", "toy", "大连"),
    ("铅笔镇文具", "Pencil Town Stationery", "toy", "鞍山"),
    ("远足户外", "Long Walk Outdoor", "toy", "大连"),
    ("金渔湾海产", "Golden Bay Seafood", "food", "大连"),
    ("冬藏食品", "Winter Store Foods", "food", "大连"),
    ("鸭绿春茶", "Yalu Spring Tea", "food", "丹东"),
    ("麦浪烘焙", "Wheat Wave Bakery", "food", "沈阳"),
    ("北山饮料", "North Hill Drinks", "food", "抚顺"),
    ("棉里家纺", "Cotton Inside Textiles", "textile", "大连"),
    ("初雪服饰", "First Snow Clothing", "textile", "沈阳"),
    ("海盐调味", "Sea Salt Condiments", "food", "大连"),
    ("竹影餐具", "Bamboo Shade Tableware", "home", "杭州"),
    ("晨光玻璃", "Morning Glass", "craft", "营口"),
    ("河口酒业", "River Mouth Liquor", "food", "盘锦"),
    ("星河灯饰", "Milky Way Lamps", "appliance", "中山"),
    ("小熊绘本", "Little Bear Books", "toy", "北京"),
    ("松果童装", "Pine Cone Kidswear", "textile", "大连"),
    ("雪乡箱包", "Snow Country Bags", "textile", "哈尔滨"),
    ("渔火海藻", "Fishing Light Seaweed", "food", "大连"),
    ("青瓷茶器", "Celadon Tea Ware", "craft", "景德镇"),
    ("南窗卫浴", "South Window Bath", "appliance", "佛山"),
    ("胡桃木作", "Walnut Woodworks", "home", "大连"),
    ("蓝湾乳品", "Blue Bay Dairy", "food", "大连"),
    ("跳房子体育", "Hopscotch Sports", "toy", "泰州"),
    ("银针刺绣", "Silver Needle Embroidery", "craft", "苏州"),
    ("麦田厨电", "Wheat Field Kitchen Appliances", "appliance", "宁波"),
    ("海燕袜业", "Petrel Hosiery", "textile", "辽源"),
    ("果园果酱", "Orchard Preserves", "food", "大连"),
)
_ABROAD = (
    ("Hanbada Foods Co., Ltd.", "food", "KR", "Kim Minji"),
    ("Dongrae Living Inc.", "home", "KR", "Park Jun"),
)
_PEOPLE = ("王敏", "李建国", "赵海燕", "陈晨", "刘芳", "孙伟", "周丽娜", "吴强")


def _firms() -> tuple[Firm, ...]:
    states = iter(_STATES)
    found = []
    for place, (zh, en, zone, region) in enumerate(_NAMES):
        found.append(
            Firm(
                f"{region}{zh}有限公司",
                f"{en} Co., Ltd.",
                zone,
                next(states),
                _PEOPLE[place % len(_PEOPLE)],
                f"+861390000{7001 + place}",
                kind=StandKind.RAW if place in (0, 4, 7, 10, 13, 18) else StandKind.SHELL,
                region=region,
                is_member=region == "大连",
            )
        )
    for place, (name, zone, country, contact) in enumerate(_ABROAD):
        abroad = Firm(
            name,
            name,
            zone,
            (State.PAID, next(states))[place],
            contact,
            f"+82101234{7101 + place}",
            region="",
            country=country,
            title="Sales manager",
            said="Wants a stand near the Korean companies.",
        )
        found.append(abroad)
    return tuple(found)


FIRMS = _firms()
