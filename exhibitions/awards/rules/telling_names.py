"""By which words of a text a company would be known (§3.6): its names, and what people call it for short.

A Chinese company is called by its place, its own name, its trade and its legal form (大连 星河 家居 有限公司). People leave
out the form and the place; what is left tells the company only while its own name is in it: 食品 of 大连食品有限公司 is a word
that every maker of food writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from exhibitions.core.regions import is_known, region_key

_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = "[A-Za-z0-9\u00c0-\u024f]"
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_FORM = re.compile(
    r"(?:集团|控股|股份|有限|责任|总公司|分公司|公司|(?<![轻重化手电])工厂|总厂|分厂|厂|实业|科技)+$"
)
_LATIN_FORM = re.compile(
    r"(?:[\s,.]+(?:co|ltd|limited|inc|corp|corporation|company|group|holdings?|gmbh|ag|llc|plc|kk|works|factory)\b)+\.?$",
    re.IGNORECASE,
)
_PLACE_ENDING = re.compile(r"^(?:维吾尔自治区|壮族自治区|回族自治区|自治区|省|市)")
_LONGEST_PLACE = 5
_LONGEST_PLACE_WORDS = 3
_LEAST_HAN, _LEAST_LATIN = 2, 3
_LEAST_WITHOUT_PLACE = 3
_SHORT_WORD = 4

# What companies make, deal in and do, and what they say of it: words that tell no company, alone or in a row.
_TRADES = """
轻工 轻工业 重工 重工业 工业 手工业 机械 机电 电机 电气 电器 电子 电工 电力 电讯 通讯 家电 家用电器 家用 家具 家居 家纺 家装 家私
木业 木制品 木器 木材 板材 门业 门窗 建材 建筑 装饰 装潢 装修 材料 新材料 石材 食品 食品厂 饮料 饮品 酒业 酒厂 啤酒 白酒 葡萄酒
黄酒 酿酒 酿造 茶业 茶叶 茶 乳业 乳品 乳制品 奶业 粮油 粮食 油脂 糖业 糖果 盐业 水产 水产品 海产 海产品 海洋 海珍品 肉类 肉业 肉制品
调味品 调料 豆制品 面业 面粉 米业 农业 农产品 农副产品 果业 果品 烘焙 糕点 罐头 速冻 冷冻 冷链 保健 保健品 营养 健康 生物 医药 药业
制药 医疗 医疗器械 器械 化工 化学 精细化工 日化 日用 日用品 日用化工 日用化学 化妆品 美妆 护肤 洗涤 洗涤剂 洗涤用品 洗化 香料 香精
涂料 油漆 颜料 染料 塑料 塑料制品 塑胶 橡胶 橡塑 塑业 包装 包装制品 印刷 印务 造纸 纸业 纸制品 纸品 生活用纸 文具 文化 文教 文体 体育
运动 户外 休闲 用品 办公 玩具 礼品 工艺 工艺品 工艺美术 美术 艺术 珠宝 首饰 黄金 钟表 眼镜 光学 照明 灯具 灯饰 五金 工具 刀具 炊具
厨具 厨房 厨卫 卫浴 洁具 锁业 锁具 阀门 轴承 模具 金属 钢铁 钢构 铝业 铜业 不锈钢 制品 制造 制造业 加工 生产 陶瓷 瓷业 玻璃 搪瓷 水晶
纺织 纺织品 针织 棉纺 棉业 毛纺 丝绸 印染 服装 服饰 制衣 时装 内衣 皮革 皮具 皮业 皮草 箱包 鞋业 制鞋 鞋帽 羽绒 地毯 毛巾 寝具 床垫 床上用品
自行车 电动车 缝纫机 缝制 衡器 仪器 仪表 乐器 钢琴 电池 能源 新能源 太阳能 热水器 燃气 环保 节能 科技 技术 高新技术 信息 网络 软件 智能
智能家居 自动化 数码 数控 设备 装备 机床 器材 配件 零部件 工程 设计 研发 开发 发展 实业 产业 贸易 商贸 工贸 经贸 进出口 国际 对外 外贸
销售 供应链 物流 电商 电子商务 商业 商务 连锁 超市 百货 投资 控股 管理 服务 咨询 传媒 广告 展览 会展 旅游 教育 园林 花卉 苗木 宠物
母婴 婴童 婴幼儿 儿童 孕婴 养老 天然 绿色 有机 生态 环境 净化 空气 水处理 净水 制冷 空调 精密 现代 新型 特种 民族 民间 传统 手工 手工艺
联合 综合 中心 研究所 研究院 协会 合作社 商行 商店 工作室 总 第一 第二 第三 业 厂 店 行 类 等 及 和 与 的
"""
_GENERIC = re.compile(f"(?:{'|'.join(sorted(_TRADES.split(), key=len, reverse=True))})+")
# Three characters that end so are a thing (茅台酒 is called whole, 热水器 is no company), others a name (同仁堂).
_THINGS = frozenset(
    "酒茶水油米面糖奶肉鱼药品具器机车灯表鞋服布纸笔椅床柜门窗锅杯瓷琴球伞刷剂膏料材板箱包业厂店"
)
_LATIN_TRADES = """
the and of for a an new china chinese light heavy industry industries industrial machinery machine machines electric
electrical electronic electronics appliance appliances home household house furniture wood wooden timber door doors
food foods drink drinks beverage beverages beer wine tea dairy milk seafood meat sugar salt oil oils grain bakery
health healthcare medical medicine pharma pharmaceutical biotech chemical chemicals cosmetic cosmetics beauty
detergent paint plastic plastics rubber packaging printing paper stationery culture sports sport toys toy gift gifts
craft crafts art arts jewelry jewellery watch clock glass glassware ceramic ceramics porcelain lighting light lamp
lamps hardware tools tool kitchen bath sanitary lock metal metals steel iron aluminium aluminum copper textile
textiles knitting silk cotton wool garment garments clothing apparel fashion leather shoes shoe bags carpet bedding
bicycle bike sewing instrument instruments music piano battery energy solar water green natural organic nature air
environment environmental technology technologies tech science smart automation equipment parts material materials
product products manufacturing manufacture production engineering design development trade trading import export
international global world national general first best good service services logistics commerce business enterprise
enterprises investment life living daily modern
"""
_REMEMBERED = 4096
_GENERIC_LATIN = frozenset(_LATIN_TRADES.split())


def telling_names(names: Iterable[str]) -> list[str]:
    """The words by which a company would be known: its names, and each without its legal form and place, the longest first.

    What is left of a name that only says a trade tells nobody, nor do two characters behind a place.
    """
    found: set[str] = set()
    for name in names:
        found |= _of_one(" ".join(name.split()))
    return sorted(found, key=lambda each: (-len(each), each))


# A juror's queue asks of the same companies on every page.
@lru_cache(_REMEMBERED)
def _of_one(whole: str) -> frozenset[str]:
    return frozenset(_of_han(whole) if _HAN.search(whole) else _of_latin(whole))


@lru_cache(_REMEMBERED)
def pattern_of(name: str) -> re.Pattern[str]:
    """How a name is found in a text: in any case, whatever blanks stand in it, its Latin letters as words of their own."""
    if _HAN.search(name):
        letters = [each for each in name if not each.isspace()]
        middle = r"\s*".join(map(re.escape, letters))
        first, last = letters[0], letters[-1]
    else:
        words = [each for each in re.split(r"[\W_]+", name) if each]
        middle = r"[\W_]+".join(map(re.escape, words))
        first, last = words[0], words[-1]
    begins = "" if _HAN.match(first) else rf"(?<!{_LATIN})"
    ends = "" if _HAN.match(last) else rf"(?!{_LATIN})"
    return re.compile(begins + middle + ends, re.IGNORECASE)


def is_mere_word(name: str, written: str) -> bool:
    """Whether a Latin name stands in a text as the word that it also is: "air" and "green" are no mention of Air and Green."""
    is_word = len(name) <= _SHORT_WORD or name.casefold() in _GENERIC_LATIN
    return is_word and not _HAN.search(name) and written.islower()


def _of_han(whole: str) -> set[str]:
    short = _FORM.sub("", _BRACKETS.sub("", whole).strip()).strip(" ,.")
    found = {each for each in (whole, short) if len(each) >= _LEAST_HAN and not _GENERIC.fullmatch(each)}
    return found | {each for each in _without_places(short) if _tells_without_place(each)}


def _without_places(name: str) -> list[str]:
    """星河家居 of 大连市星河家居, and 大连市星河家居 of 辽宁省大连市星河家居 besides."""
    found: list[str] = []
    while True:
        length = next((each for each in range(2, _LONGEST_PLACE + 1) if _is_place(name[:each])), 0)
        name = _PLACE_ENDING.sub("", name[length:].strip())
        if not length or not name:
            return found
        found.append(name)


def _tells_without_place(rest: str) -> bool:
    if len(rest) < _LEAST_WITHOUT_PLACE or _GENERIC.fullmatch(rest):
        return False
    return len(rest) > _LEAST_WITHOUT_PLACE or rest[-1] not in _THINGS


def _of_latin(whole: str) -> set[str]:
    short = _LATIN_FORM.sub("", _BRACKETS.sub("", whole).strip()).strip(" ,.&-")
    words = short.split()
    place = next(
        (
            n
            for n in range(min(_LONGEST_PLACE_WORDS, len(words) - 2), 0, -1)
            if _is_place(" ".join(words[:n]))
        ),
        0,
    )
    return {each for each in (whole, short, " ".join(words[place:])) if _tells_in_latin(each)}


def _tells_in_latin(name: str) -> bool:
    words = [each.casefold() for each in re.split(r"[\W_]+", name) if each]
    letters = "".join(words)
    is_long = len(letters) >= _LEAST_LATIN and not letters.isdecimal()
    # One word may be a brand's own; a row of words that all say a trade is none.
    return is_long and (len(words) == 1 or not _GENERIC_LATIN.issuperset(words))


def _is_place(text: str) -> bool:
    return is_known(region_key(text))
