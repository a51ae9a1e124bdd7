"""How a notation is read aloud in Mandarin: amounts, dates, times, signs.

What it is: one reader for each kind of token, each giving runs of hanzi, among them English words where Mandarin has
none (`"G."` is the letter's name). A run that begins with "=" is digits read one by one, in which 一 keeps its tone.
What it is not: a finder of notations (`tokens.py`) or pronunciation (`mandarin.py`). `script.py` calls it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from . import english_notation
from .numeral import hanzi, hanzi_digits
from .tokens import Token
from .units import CURRENCIES, SCALES, SIGNS, UNITS, VULGAR

_MEASURES = frozenset(
    "个只条张本位次天年人块元岁点分小周倍件台辆家间座栋层杯瓶碗盒包袋箱双对套把支枝棵朵片颗粒根头匹句篇首部场名口站种类项段页"
    "步遍趟顿门起份斤公米里吨升亩秒万千亿架艘款盘度届任排队群批股道串束章节集封顶扇幅组列册锅碟滴行则例枚桶罐筐卷所笔团粒孔片圈拨波阵代角毛"
)
_NOT_TWO = ("月", "号", "楼", "班", "日", "年级", "分之", "度", "点五", "公司")


_HOTLINES = frozenset("110 112 114 119 120 122 10000 10010 10086 12306 12315 12345".split())
_NAMES = frozenset("315 911 996 007 985 211".split())
_CALLED = (
    "晚会",
    "事件",
    "报警",
    "急救",
    "火警",
    "电话",
    "热线",
    "客服",
    "指挥",
    "平台",
    "网站",
    "大学",
    "高校",
    "工程",
    "工作制",
)
_UNIT_NAMES = ("级", "版", "号", "店", "座", "站", "楼", "区", "口", "型", "类", "款", "股", "轮", "班", "线")
_NAMED = re.compile(
    "(?:^号|号码|微信号|账号|单号|车牌号|证号|工号|电话|密码|验证码|房间号?|编号|邮编|代码|学号|卡号|尾号|热线|拨打|航班|车次|口令)[是为]?$"
)


def read(found: Sequence[Token], i: int) -> list[str]:
    """Return what is said for `found[i]`; nothing where it is not said."""
    reader = _READERS.get(found[i].kind)
    return reader(found, i) if reader else english_notation.read(found, i)


def _plain(figures: str) -> str:
    return hanzi(figures.replace(",", ""))


def _counted(figures: str) -> str:
    """Return a number that counts something: 2 is 两."""
    return "两" if figures == "2" else _plain(figures)


def _after(found: Sequence[Token], i: int) -> str:
    return found[i + 1].text if i + 1 < len(found) and found[i + 1].kind == "hanzi" else ""


def _before(found: Sequence[Token], i: int) -> str:
    return found[i - 1].text if i and found[i - 1].kind in ("hanzi", "word") else ""


def _said_before(found: Sequence[Token], i: int) -> str:
    """Return the hanzi before a token, marks between them apart."""
    return next((t.text for t in reversed(found[:i]) if t.kind not in ("blank", "mark")), "")


def _number(found: Sequence[Token], i: int) -> list[str]:
    sign, figures = found[i].groups.get("signed", ""), found[i].groups["digits"]
    before, after = _before(found, i), _after(found, i)
    if sign:
        return [("正" if sign == "+" else "负") + _plain(figures)]
    if figures == "2" and after[:1] in _MEASURES and not before.endswith("第") and not after.startswith(_NOT_TWO):
        return ["两"]
    if figures.isdigit() and (len(figures) > 9 or (figures[0] == "0" and len(figures) > 1)):
        return ["=" + hanzi_digits(figures, telephone=len(figures) > 6)]
    if re.fullmatch(r"(?:19|20)\d\d", figures) and (
        after.startswith("年") or before.endswith(("公元", "到", "至", "从"))
    ):
        return ["=" + hanzi_digits(figures)]
    if _spelled_out(figures, before, after):
        return ["=" + hanzi_digits(figures, telephone=figures in _HOTLINES)]
    if figures.isdigit() and _NAMED.search(_said_before(found, i)):
        return ["=" + hanzi_digits(figures, telephone=True)]
    return [_plain(figures)]


def _spelled_out(figures: str, before: str, after: str) -> bool:
    """Tell figures that are read one by one: 1米65, 302室, 99年, 110报警."""
    if not figures.isdigit():
        return False
    if len(figures) == 2:
        year = (
            figures >= "50"
            and after.startswith("年")
            and not after.startswith(("年代", "年前", "年后", "年间", "年来"))
        )
        return year or before.endswith(("米", "块"))
    if len(figures) in (3, 4) and after.startswith(("室", "房", "航班", "次列车", "次航班")):
        return True
    return figures in _HOTLINES | _NAMES and after.startswith(_CALLED)


def _scaled(figures: str, scale: str | None) -> str:
    return _plain(figures) + (SCALES[scale.strip()][1] if scale else "")


def _money(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return [("负" if groups.get("minus") else "") + _price(groups["amount"], groups.get("scale"), groups["currency"])]


def _tagged(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return [_price(groups["price_amount"], groups.get("price_scale"), groups["price_sign"])]


def _price(figures: str, scale: str | None, sign: str) -> str:
    amount = "两" if figures == "2" and not scale else _scaled(figures, scale)
    return amount + CURRENCIES[sign].hanzi


def _percent(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    of = "百分之" if groups["percent_sign"] == "%" else "千分之"
    first = groups["percent_from"]
    sign = "负" if first[0] in "-−" else ""
    spoken = sign + of + _plain(first.lstrip("+-−"))
    return [spoken + ("到" + of + _plain(groups["percent_to"]) if "percent_to" in groups else "")]


def _calendar(in_year: str, month: str, day: str, sign: str) -> list[str]:
    parts = ["=" + hanzi_digits(in_year), "年"] if in_year else []
    parts += [hanzi(str(int(month))) + "月"] if month else []
    return parts + ([hanzi(str(int(day))) + sign] if day else [])


def _date(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return _calendar(groups["year"], groups["month"], groups["day"], "日")


def _american(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return _calendar(groups["us_year"], groups["us_month"], groups["us_day"], "日")


def _hanzi_date(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    if "only_yue" in groups:
        return _calendar("", groups["only_yue"], groups["only_ri"], groups["only_sign"])
    return _calendar(groups["nian"], groups.get("yue", ""), groups.get("ri", ""), groups.get("ri_sign", ""))


def _hour(hour: str) -> str:
    return "两" if int(hour) == 2 else hanzi(str(int(hour)))


def _half(half: str) -> str:
    return {"a": "上午", "p": "下午"}.get(half[:1].lower(), "")


def _time(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minute, second = groups["minute"], groups.get("second", "")
    spoken = _half(groups.get("half", "")) + _hour(groups["hour"]) + "点"
    if minute != "00" or second:
        spoken += (
            ("零" if minute[0] == "0" else "")
            + hanzi(str(int(minute))).removeprefix("零" if minute == "00" else "!")
            + "分"
        )
    elif not _after(found, i).startswith("钟"):
        spoken += "整" if int(groups["hour"]) > 12 else "钟"
    return [spoken + (hanzi(str(int(second))) + "秒" if second else "")]


def _clock(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return [_half(groups["clock_half"]) + _hour(groups["clock_hour"]) + "点"]


def _height(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return [hanzi(groups["feet"]) + "英尺" + hanzi(groups["inches"]) + "英寸"]


def _phone(found: Sequence[Token], i: int) -> list[str]:
    plus = ["加"] if found[i].text.startswith("+") else []
    return [*plus, "=" + hanzi_digits(re.sub(r"\D", "", found[i].text), telephone=True)]


def _decade(found: Sequence[Token], i: int) -> list[str]:
    figures = found[i].groups["decade_year"]
    return ["=" + hanzi_digits(figures), "年代"] if len(figures) == 4 else [hanzi(figures) + "年代"]


def _ordinal(found: Sequence[Token], i: int) -> list[str]:
    return ["第" + _plain(found[i].groups["nth"])]


def _fraction(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    whole = groups.get("whole") or groups.get("vulgar_whole")
    top, bottom = VULGAR[groups["vulgar"]] if "vulgar" in groups else (int(groups["top"]), int(groups["bottom"]))
    return [(hanzi(whole) + "又" if whole else "") + hanzi(str(bottom)) + "分之" + hanzi(str(top))]


def _dotted(found: Sequence[Token], i: int) -> list[str]:
    return ["=" + hanzi_digits(found[i].groups["dotted_left"] + found[i].groups["dotted_right"])]


def _area(found: Sequence[Token], i: int) -> list[str]:
    return ["乘".join(_plain(found[i].groups[k]) for k in ("wide", "tall", "deep") if k in found[i].groups)]


def _count(found: Sequence[Token], i: int) -> list[str]:
    figures, mark = found[i].groups["counted"], found[i].groups["times"]
    return [_counted(figures) + "倍"] if mark == "x" else [_plain(figures), mark.upper() + "."]


def _ratio(found: Sequence[Token], i: int) -> list[str]:
    return [hanzi(found[i].groups["left"]) + "比" + hanzi(found[i].groups["right"])]


def _range(found: Sequence[Token], i: int) -> list[str]:
    low, high = found[i].groups["low"], found[i].groups["high"]
    if i + 1 < len(found) and found[i + 1].text == "=":
        return [_plain(low) + "减" + _plain(high)]
    if len(low) == len(high) == 4 and _after(found, i).startswith("年"):
        return ["=" + hanzi_digits(low), "到", "=" + hanzi_digits(high)]
    if float(low.replace(",", "")) > float(high.replace(",", "")):
        return [_plain(low) + "比" + _plain(high)]
    counts = _after(found, i)[:1] in _MEASURES
    return [(_counted(low) if counts else _plain(low)) + "到" + (_counted(high) if counts else _plain(high))]


def _unit(symbol: str) -> list[str]:
    name = UNITS[symbol].hanzi
    return name.split() if name.isascii() else [name]


def _measure(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minus = "零下" if groups.get("negative") and groups["unit"][0] in "°℃℉" else "负" if groups.get("negative") else ""
    symbol = groups["unit"]
    if len(symbol) == 1 and symbol.isascii() and _after(found, i).startswith(_UNIT_NAMES):
        return [minus + _plain(groups["quantity"]), symbol.upper() + "."]
    if symbol in ("°C", "℃"):
        return [minus + _plain(groups["quantity"]) + "摄氏度"]
    count = _plain if UNITS[symbol].hanzi.isascii() or symbol == "°" else _counted
    return [minus + count(groups["quantity"]), *_unit(symbol)]


def _measure_range(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minus = ("零下" if groups["range_unit"][0] in "°℃℉" else "负") if "from_minus" in groups else ""
    return [minus + _counted(groups["from_"]) + "到" + _counted(groups["to_"]), *_unit(groups["range_unit"])]


def _version(found: Sequence[Token], i: int) -> list[str]:
    text = found[i].text
    return [*(["V."] if text[0] in "vV" else []), "点".join(_plain(p) for p in text.lstrip("vV").split("."))]


def _mixed(found: Sequence[Token], i: int) -> list[str]:
    words: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", found[i].text):
        if not part[0].isalpha():
            words.append(
                _plain(part)
                if "." in part
                else "=" + hanzi_digits(part)
                if len(part) > 2 or part[0] == "0"
                else hanzi(part)
            )
        else:
            words += english_notation.letters(part)
    return words


def _sign(found: Sequence[Token], i: int) -> list[str]:
    """Read a sign where English would read it too."""
    sign = found[i].text
    if not english_notation.read(found, i) or sign not in SIGNS:
        return []
    if sign == "/" and not (found[i - 1].text[-1:].isdigit() and found[i + 1].text[:1].isdigit()):
        return []
    if sign == "#":
        return []
    return [SIGNS[sign][1]]


_Reader = Callable[[Sequence[Token], int], list[str]]
_READERS: dict[str, _Reader] = {
    "number": _number, "money": _money, "price": _tagged, "percent": _percent, "date": _date, "american": _american,
    "hanzi_date": _hanzi_date, "time": _time, "clock": _clock, "height": _height, "phone": _phone,
    "decade": _decade, "ordinal": _ordinal,
    "fraction": _fraction, "ratio": _ratio, "range": _range, "measure": _measure, "measure_range": _measure_range,
    "version": _version, "mixed": _mixed, "sign": _sign, "dotted": _dotted, "area": _area, "count": _count,
    "around": lambda *_: ["约"], "through": lambda *_: ["到"],
}  # fmt: skip
