"""Units, currencies and signs by their names in both languages: a table, nothing else.

`english_notation.py` and `mandarin_notation.py` use it.
"""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of measure."""

    one: str
    """After one, in English."""
    many: str
    """After any other number, in English."""
    hanzi: str


def _table(rows: str) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        symbols, one, many, hanzi = (part.strip() for part in row.split("|"))
        units.update(dict.fromkeys(symbols.split(), Unit(one, many, hanzi)))
    return units


UNITS = _table(
    """
    km | kilometer | kilometers | 公里
    m | meter | meters | 米
    cm | centimeter | centimeters | 厘米
    mm | millimeter | millimeters | 毫米
    µm μm | micrometer | micrometers | 微米
    nm | nanometer | nanometers | 纳米
    km² | square kilometer | square kilometers | 平方公里
    m² | square meter | square meters | 平方米
    cm² | square centimeter | square centimeters | 平方厘米
    mm² | square millimeter | square millimeters | 平方毫米
    km³ | cubic kilometer | cubic kilometers | 立方公里
    m³ | cubic meter | cubic meters | 立方米
    cm³ | cubic centimeter | cubic centimeters | 立方厘米
    kg | kilogram | kilograms | 公斤
    g | gram | grams | 克
    mg | milligram | milligrams | 毫克
    µg μg | microgram | micrograms | 微克
    t | ton | tons | 吨
    L l | liter | liters | 升
    ml mL | milliliter | milliliters | 毫升
    km/h kph | kilometer per hour | kilometers per hour | 公里每小时
    mph | mile per hour | miles per hour | 英里每小时
    m/s | meter per second | meters per second | 米每秒
    m/s² | meter per second squared | meters per second squared | 米每二次方秒
    mi | mile | miles | 英里
    ft | foot | feet | 英尺
    yd | yard | yards | 码
    lb lbs | pound | pounds | 磅
    tbsp | tablespoon | tablespoons | 汤匙
    tsp | teaspoon | teaspoons | 茶匙
    oz | ounce | ounces | 盎司
    h hr hrs | hour | hours | 小时
    min mins | minute | minutes | 分钟
    s sec secs | second | seconds | 秒
    ms | millisecond | milliseconds | 毫秒
    µs μs | microsecond | microseconds | 微秒
    ns | nanosecond | nanoseconds | 纳秒
    Hz | hertz | hertz | 赫兹
    kHz | kilohertz | kilohertz | 千赫
    MHz | megahertz | megahertz | 兆赫
    GHz | gigahertz | gigahertz | 吉赫
    bps | bit per second | bits per second | 比特每秒
    kbps | kilobit per second | kilobits per second | 千比特每秒
    Mbps | megabit per second | megabits per second | 兆比特每秒
    Gbps | gigabit per second | gigabits per second | 吉比特每秒
    kB KB | kilobyte | kilobytes | K. B.
    MB | megabyte | megabytes | M. B.
    GB | gigabyte | gigabytes | G. B.
    TB | terabyte | terabytes | T. B.
    PB | petabyte | petabytes | P. B.
    KiB | kibibyte | kibibytes | K. B.
    MiB | mebibyte | mebibytes | M. B.
    GiB | gibibyte | gibibytes | G. B.
    TiB | tebibyte | tebibytes | T. B.
    W | watt | watts | 瓦
    kW | kilowatt | kilowatts | 千瓦
    MW | megawatt | megawatts | 兆瓦
    GW | gigawatt | gigawatts | 吉瓦
    kWh | kilowatt hour | kilowatt hours | 千瓦时
    V | volt | volts | 伏
    kV | kilovolt | kilovolts | 千伏
    mV | millivolt | millivolts | 毫伏
    A | amp | amps | 安
    mA | milliamp | milliamps | 毫安
    mAh | milliamp hour | milliamp hours | 毫安时
    Ω | ohm | ohms | 欧姆
    kΩ | kilohm | kilohms | 千欧
    J | joule | joules | 焦耳
    kJ | kilojoule | kilojoules | 千焦
    cal | calorie | calories | 卡
    kcal | kilocalorie | kilocalories | 千卡
    Pa | pascal | pascals | 帕
    kPa | kilopascal | kilopascals | 千帕
    N | newton | newtons | 牛
    dB | decibel | decibels | 分贝
    ha | hectare | hectares | 公顷
    ° | degree | degrees | 度
    °C ℃ | degree Celsius | degrees Celsius | 摄氏度
    °F ℉ | degree Fahrenheit | degrees Fahrenheit | 华氏度
    fps FPS | frame per second | frames per second | 帧每秒
    rpm | revolution per minute | revolutions per minute | 转每分钟
    psi | P. S. I. | P. S. I. | P. S. I.
    dpi | D. P. I. | D. P. I. | D. P. I.
    ppi | P. P. I. | P. P. I. | P. P. I.
    ppm | part per million | parts per million | P. P. M.
    px | pixel | pixels | 像素
    am | A. M. | A. M. | A. M.
    pm | P. M. | P. M. | P. M.
    k K | K. | K. | K.
    T | T. | T. | T.
    """
)


class Currency(NamedTuple):
    """A currency and its small change."""

    one: str
    many: str
    small_one: str
    """A hundredth in English; "" where there is none in use."""
    small_many: str
    hanzi: str


_DOLLAR = ("dollar", "dollars", "cent", "cents")
CURRENCIES = {
    "$": Currency(*_DOLLAR, "美元"),
    "US$": Currency("U. S. dollar", "U. S. dollars", "cent", "cents", "美元"),
    "USD": Currency("U. S. dollar", "U. S. dollars", "cent", "cents", "美元"),
    "HK$": Currency("Hong Kong dollar", "Hong Kong dollars", "cent", "cents", "港元"),
    "HKD": Currency("Hong Kong dollar", "Hong Kong dollars", "cent", "cents", "港元"),
    "NT$": Currency("Taiwan dollar", "Taiwan dollars", "cent", "cents", "新台币"),
    "CA$": Currency("Canadian dollar", "Canadian dollars", "cent", "cents", "加元"),
    "C$": Currency("Canadian dollar", "Canadian dollars", "cent", "cents", "加元"),
    "A$": Currency("Australian dollar", "Australian dollars", "cent", "cents", "澳元"),
    "￥": Currency("yuan", "yuan", "", "", "元"),
    "¥": Currency("yen", "yen", "", "", "元"),
    "CNY": Currency("yuan", "yuan", "", "", "元人民币"),
    "RMB": Currency("yuan", "yuan", "", "", "元人民币"),
    "JPY": Currency("yen", "yen", "", "", "日元"),
    "€": Currency("euro", "euros", "cent", "cents", "欧元"),
    "EUR": Currency("euro", "euros", "cent", "cents", "欧元"),
    "£": Currency("pound", "pounds", "penny", "pence", "英镑"),
    "GBP": Currency("pound", "pounds", "penny", "pence", "英镑"),
    "¢": Currency("cent", "cents", "", "", "美分"),
    "₩": Currency("won", "won", "", "", "韩元"),
    "₹": Currency("rupee", "rupees", "", "", "卢比"),
    "₽": Currency("ruble", "rubles", "", "", "卢布"),
    "₺": Currency("lira", "lira", "", "", "里拉"),
    "₫": Currency("dong", "dong", "", "", "越南盾"),
    "฿": Currency("baht", "baht", "", "", "泰铢"),
    "₿": Currency("bitcoin", "bitcoin", "", "", "比特币"),
}

SCALES = {
    "hundred": ("hundred", "百"), "thousand": ("thousand", "千"), "million": ("million", "百万"),
    "billion": ("billion", "十亿"), "trillion": ("trillion", "万亿"), "mln": ("million", "百万"), "bn": ("billion",
    "十亿"),
    "k": ("thousand", "千"), "K": ("thousand", "千"), "M": ("million", "百万"), "B": ("billion", "十亿"),
    "百": ("hundred", "百"), "千": ("thousand", "千"), "万": ("ten thousand", "万"), "亿": ("hundred million", "亿"),
    "万亿": ("trillion", "万亿"),
}  # fmt: skip
"""A scale's English and its hanzi."""

SIGNS = {
    "+": ("plus", "加"), "×": ("times", "乘"), "÷": ("divided by", "除以"), "=": ("equals", "等于"),
    "<": ("is less than", "小于"), ">": ("is greater than", "大于"), "≤": ("is at most", "小于等于"),
    "≥": ("is at least", "大于等于"), "≠": ("is not equal to", "不等于"), "≈": ("is about", "约等于"),
    "±": ("plus or minus", "正负"), "√": ("the square root of", "根号"), "∞": ("infinity", "无穷大"),
    "∑": ("the sum of", "求和"), "∏": ("the product of", "连乘"), "∫": ("the integral of", "积分"), "π": ("pie", "派"),
    "∂": ("partial", "偏"), "∆": ("delta", "德尔塔"), "°": ("degrees", "度"), "&": ("and", "和"), "@": ("at", "艾特"),
    "#": ("number", "井号"), "%": ("percent", "百分号"), "‰": ("per mille", "千分号"), "−": ("minus", "减"),
    "-": ("minus", "减"), "*": ("times", "乘"), "/": ("divided by", "除以"), "^": ("to the power of", "的次方"),
    "$": ("dollars", "美元"), "€": ("euros", "欧元"), "£": ("pounds", "英镑"), "￥": ("yuan", "元"), "¥": ("yen", "元"),
    "→": ("to", "到"), "№": ("number", "第"),
    "²": ("squared", "的平方"), "³": ("cubed", "的立方"), "<=": ("is at most", "小于等于"),
    ">=": ("is at least", "大于等于"),
    "!=": ("is not equal to", "不等于"), "==": ("equals", "等于"), "->": ("to", "到"), "=>": ("to", "到"),
}  # fmt: skip
"""A sign's English and its hanzi. What is not here is not said."""

VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
          "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip
