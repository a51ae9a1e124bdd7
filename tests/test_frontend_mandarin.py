"""How the embedded voice's front end pronounces Mandarin."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.embedded.frontend import mandarin, sandhi, speak
from models.embedded.frontend.hanzi import hanzi
from models.embedded.phones import INVENTORY, PAUSE, VOWELS, Language, spell
from models.speech import Text

INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s".split()
# Every syllable of standard Mandarin, by its initial ("" in the last row).
SYLLABLES = """
ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu
pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu
ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu
fa fan fang fei fen feng fo fou fu
da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo
ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo
na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve
la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve
ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo
ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo
ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun
qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun
zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo
cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo
sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo
ran rang rao re ren reng ri rong rou ru ruan rui run ruo
za zai zan zang zao ze zei zen zeng zi zong zou zu zuan zui zun zuo
ca cai can cang cao ce cen ceng ci cong cou cu cuan cui cun cuo
sa sai san sang sao se sen seng si song sou su suan sui sun suo
a ai an ang ao e ei en eng er o ou wa wai wan wang wei wen weng wo wu
ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
""".split()


def pinyin(text: str) -> str:
    """Return the syllables of a text as they are said in connected speech."""
    spelled = mandarin.read(text)
    sandhi.apply(spelled)
    return " ".join(f"{s.pinyin}{s.tone}" for s in spelled)


SANDHI = {
    # third tones
    "你好": "ni2 hao3", "水果": "shui2 guo3", "很美好": "hen3 mei2 hao3", "小老虎": "xiao3 lao2 hu3",
    "展览馆": "zhan2 lan2 guan3", "我买水果": "wo2 mai3 shui2 guo3", "老师好": "lao3 shi1 hao3",
    # not
    "不是": "bu2 shi4", "不去": "bu2 qu4", "不好": "bu4 hao3", "不吃": "bu4 chi1", "好不好": "hao3 bu5 hao3",
    "不客气": "bu2 ke4 qi5", "对不起": "dui4 bu5 qi3", "不见不散": "bu2 jian4 bu2 san4",
    # one
    "一天": "yi4 tian1", "一年": "yi4 nian2", "一本书": "yi4 ben3 shu1", "一样": "yi2 yang4", "一个": "yi2 ge5",
    "一百": "yi4 bai3", "一万": "yi2 wan4", "第一": "di4 yi1", "十一": "shi2 yi1", "星期一": "xing1 qi1 yi1",
    "看一看": "kan4 yi5 kan4", "一月一号": "yi1 yue4 yi1 hao4", "三分之一": "san1 fen1 zhi1 yi1", "统一": "tong3 yi1",
    "一心一意": "yi4 xin1 yi2 yi4", "一点五": "yi1 dian2 wu3", "一百一十一": "yi4 bai3 yi1 shi2 yi1",
}  # fmt: skip

NEUTRAL = {
    "妈妈": "ma1 ma5", "我们": "wo3 men5", "喜欢": "xi3 huan5", "朋友": "peng2 you5", "这里": "zhe4 li5",
    "漂亮": "piao4 liang5", "便宜": "pian2 yi5", "谢谢": "xie4 xie5", "好吧": "hao3 ba5", "是吗": "shi4 ma5",
    "儿子": "er2 zi5", "东西": "dong1 xi5", "知道了": "zhi1 dao5 le5", "我的": "wo3 de5", "没关系": "mei2 guan1 xi5",
}  # fmt: skip

POLYPHONES = {
    "银行": "yin2 hang2", "自行车": "zi4 xing2 che1", "三行字": "san1 hang2 zi4", "音乐": "yin1 yue4",
    "快乐": "kuai4 le4", "重要": "zhong4 yao4", "重新": "chong2 xin1", "重庆": "chong2 qing4", "重做": "chong2 zuo4",
    "校长": "xiao4 zhang3", "长江": "chang2 jiang1", "他长大了": "ta1 zhang3 da4 le5",
    "头发很长": "tou2 fa5 hen3 chang2",
    "还书": "huan2 shu1", "还有": "hai2 you3", "睡觉": "shui4 jiao4", "觉得": "jue2 de5", "跑得快": "pao3 de5 kuai4",
    "我得去": "wo2 dei3 qu4", "高兴地说": "gao1 xing4 de5 shuo1", "土地": "tu3 di4", "睡着了": "shui4 zhao2 le5",
    "看着我": "kan4 zhe5 wo3", "都来了": "dou1 lai2 le5", "首都": "shou3 du1", "为什么": "wei4 shen2 me5",
    "分为": "fen1 wei2", "只有": "zhi2 you3", "三只猫": "san1 zhi1 mao1",
    "干净": "gan1 jing5", "干什么": "gan4 shen2 me5",
    "种花": "zhong4 hua1", "一种": "yi4 zhong3", "角色": "jue2 se4", "参加": "can1 jia1", "人参": "ren2 shen1",
    "会计": "kuai4 ji4", "便是": "bian4 shi4", "假期": "jia4 qi1", "真假": "zhen1 jia3", "中奖": "zhong4 jiang3",
    "子弹": "zi3 dan4", "弹琴": "tan2 qin2", "投降": "tou2 xiang2", "下降": "xia4 jiang4", "省略": "sheng3 lve4",
    "反省": "fan2 xing3", "朝阳": "chao2 yang2", "朝鲜": "chao2 xian3",
    "曾经": "ceng2 jing1", "曾先生": "zeng1 xian1 sheng5",
    "单于": "chan2 yu2", "绿色": "lv4 se4", "女士": "nv3 shi4", "了解": "liao2 jie3", "受不了": "shou4 bu5 liao3",
    "目的": "mu4 di4", "的确": "di2 que4", "厦门": "xia4 men2", "给予": "ji2 yu3", "数学": "shu4 xue2",
}  # fmt: skip


@pytest.mark.parametrize("text", SANDHI)
def test_tones_change_in_connected_speech(text: str) -> None:
    assert pinyin(text) == SANDHI[text]


@pytest.mark.parametrize("text", NEUTRAL)
def test_weak_syllables_lose_their_tone(text: str) -> None:
    assert pinyin(text) == NEUTRAL[text]


@pytest.mark.parametrize("text", POLYPHONES)
def test_a_polyphone_is_read_by_its_word(text: str) -> None:
    assert pinyin(text) == POLYPHONES[text]


@pytest.mark.parametrize("text", ["我想买好酒", "请你给我打水洗脸", "我也有两把伞", "五百九十九", "你可以走了"])
def test_no_two_third_tones_meet_inside_a_foot(text: str) -> None:
    tones = [int(s[-1]) for s in pinyin(text).split()]
    assert sum(a == b == 3 for a, b in pairwise(tones)) <= 1
    assert not any(tones[k : k + 3] == [3, 3, 3] for k in range(len(tones)))


@pytest.mark.parametrize("syllable", SYLLABLES)
def test_every_syllable_is_an_initial_and_a_final_in_the_inventory(syllable: str) -> None:
    for tone in range(1, 6):
        symbols = spell(syllable, tone)
        assert set(symbols) <= set(INVENTORY)
        assert sum(symbol in VOWELS for symbol in symbols) == 1
        assert symbols[-1] in VOWELS | {"n", "ng"}


def test_syllables_differ_in_their_sounds() -> None:
    by_sounds: dict[tuple[str, ...], list[str]] = {}
    for syllable in SYLLABLES:
        by_sounds.setdefault(spell(syllable, 1), []).append(syllable)
    assert {tuple(same) for same in by_sounds.values() if len(same) > 1} == set()


def test_every_reading_of_the_lexicon_can_be_said() -> None:
    spoken = 0
    for code in range(0x4E00, 0xA000):
        if reading := hanzi().reading(chr(code)):
            assert spell(reading[:-1], int(reading[-1]))
            spoken += 1
    assert spoken > 20_000


@pytest.mark.parametrize(
    ("text", "words"), [("花儿", ["花儿"]), ("一会儿", ["一", "会儿"]), ("女儿", ["女", "儿"]), ("儿童", ["儿", "童"])]
)
def test_the_suffix_er_colours_the_hanzi_before_it(text: str, words: list[str]) -> None:
    result = speak([Text(text, 0, len(text))], "zh")
    assert [word.text for word in result.words] == words
    assert "er" in {phone.symbol for phone in result.phones}


def test_phones_carry_their_tone() -> None:
    phones = speak([Text("妈麻马骂吗", 0, 5)], "zh").phones
    tones = {p.word: p.accent for p in phones if p.symbol != PAUSE}
    assert list(tones.values()) == [1, 2, 3, 4, 5]
    assert {p.language for p in phones} == {Language.MANDARIN}


def test_digits_read_one_by_one_keep_the_tone_of_one() -> None:
    phones = speak([Text("2011年", 0, 5)], "zh").phones
    assert [p.accent for p in phones if p.last and p.symbol != PAUSE] == [4, 2, 1, 1, 2]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("銀行", "银行"),
        ("音樂會", "音乐会"),
        ("頭髮很長", "头发很长"),
        ("2024年3月5號", "2024年3月5号"),
        ("2個", "2个"),
        ("花兒", "花儿"),
    ],
)
def test_traditional_hanzi_are_read_as_simplified_ones(traditional: str, simplified: str) -> None:
    read, wanted = (speak([Text(text, 0, len(text))], "zh") for text in (traditional, simplified))
    assert read.phones == wanted.phones
    assert "".join(word.text for word in read.words) == traditional
