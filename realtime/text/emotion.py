"""The vocabulary of emotions and sounds: words and emoji, and which emotion holds when.

What it is: the words (English, Chinese, Japanese) and emoji that stand for one of
``models.speech.EMOTIONS`` or ``SOUNDS``, with the strength each implies, and `Mood`, the
emotion in force while a turn is read. What it is not: a parser; it never sees raw text.
``tags`` looks words up here, ``speakable`` emoji; ``segmenter`` gets what `Mood` answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.speech import EMOTIONS

DEFAULT_INTENSITY: Final = 0.7
MAX_DEPTH: Final = 32
"""Nested `Mood.enter` beyond this depth are counted but not remembered."""


@dataclass(frozen=True, slots=True)
class Emotion:
    """How a sentence is said."""

    name: str
    """One of ``models.speech.EMOTIONS``."""
    intensity: float = DEFAULT_INTENSITY
    """0 (as neutral) to 1 (as strong as the model can)."""

    def at(self, intensity: float) -> Emotion:
        """Give the same emotion at another intensity, clipped to 0..1."""
        return Emotion(self.name, min(1.0, max(0.0, intensity)))


NEUTRAL: Final = Emotion("neutral")


def emotion_named(word: str) -> Emotion | None:
    """Find the emotion that a tag's word stands for; case and outer spaces do not count."""
    return _WORDS.get(word.strip().casefold())


def style_named(word: str) -> Emotion | None:
    """Find an emotion by the wider words of XML attributes (Azure styles, Cartesia names).

    These are words that, in square brackets, would be ordinary text: ``[content]``.
    """
    key = word.strip().casefold()
    return _WORDS.get(key) or _STYLES.get(key)


def sound_named(word: str) -> str | None:
    """Find one of ``models.speech.SOUNDS`` by a tag's word."""
    return _SOUND_WORDS.get(word.strip().casefold())


def emoji_emotion(char: str) -> Emotion | None:
    """Find the emotion of an emoji, given its first code point."""
    return _EMOJI.get(char)


def tag_words() -> frozenset[str]:
    """All words that are a tag when they stand in brackets, case-folded."""
    return frozenset(_WORDS) | frozenset(_SOUND_WORDS)


class Mood:
    """The emotion in force: set by tags, nested by elements, reset to the turn's own."""

    def __init__(self, turn: Emotion = NEUTRAL) -> None:
        self._turn = turn
        self._outer: list[Emotion] = []
        self._lost = 0
        self.current = turn

    def change(self, emotion: Emotion) -> None:
        """``[happy]``: hold this emotion until another is named."""
        self.current = emotion

    def reset(self) -> None:
        """``[/]``: go back to the turn's emotion."""
        self.current = self._turn

    def enter(self, emotion: Emotion | None) -> None:
        """``<express-as>``: change the emotion (None: keep it) until `leave`."""
        if len(self._outer) < MAX_DEPTH:
            self._outer.append(self.current)
        else:
            self._lost += 1
        self.current = emotion or self.current

    def leave(self) -> None:
        """``</express-as>``: restore what held at `enter`; without one, the turn's own."""
        if self._lost:
            self._lost -= 1
        else:
            self.current = self._outer.pop() if self._outer else self._turn


def _table(lines: str) -> Mapping[str, Emotion]:
    """Read ``emotion [intensity]: word, word, ...`` lines."""
    table: dict[str, Emotion] = {}
    for line in lines.strip().splitlines():
        head, _, words = line.partition(":")
        name, _, strength = head.strip().partition(" ")
        assert name in EMOTIONS, name
        emotion = Emotion(name, float(strength) if strength else DEFAULT_INTENSITY)
        table |= {word.strip(): emotion for word in words.split(",")}
    return table


_WORDS: Final = _table("""
neutral: neutral, normal, 中性, 平常, 普通, 正常
happy: happy, happily, happiness, cheerful, cheerfully, joyful, joyfully, joy, glad, delighted
happy: 开心, 高兴, 快乐, 喜悦, 愉快, 開心, 高興, 快樂, 喜悅, 嬉しい, 喜び
happy 0.4: smiling, smiles, 微笑
happy 0.5: playful, playfully, amused
excited: excited, excitedly, excitement, enthusiastic, enthusiastically, thrilled
excited: 兴奋, 激动, 興奮, 激動
excited 1.0: ecstatic, shouting, shouts, yelling, yells, 大喊
sad: sad, sadly, sadness, sorrowful, sorrow, unhappy, melancholy, mournful
sad: 悲伤, 伤心, 难过, 忧伤, 悲傷, 傷心, 難過, 憂傷, 悲しい, 悲しみ
sad 0.4: disappointed, 失望
sad 1.0: heartbroken, crying, cries, sobbing, 哭泣, 哭
angry: angry, angrily, anger, mad, 生气, 愤怒, 恼怒, 生氣, 憤怒, 惱怒, 怒り
angry 0.4: annoyed, irritated, frustrated
angry 1.0: furious, enraged, 暴怒
fearful: fearful, fear, afraid, scared, frightened, 害怕, 恐惧, 恐懼, 怖い
fearful 0.4: nervous, nervously, anxious, worried, 紧张, 緊張, 担心, 擔心
fearful 1.0: terrified, panicked, 惊恐, 驚恐
surprised: surprised, surprise, amazed, astonished, 惊讶, 吃惊, 惊喜, 驚訝, 吃驚, 驚喜, 驚き
surprised 1.0: shocked, 震惊, 震驚
disgusted: disgusted, disgust, 厌恶, 恶心, 厭惡, 噁心
calm: calm, calmly, relaxed, peaceful, 平静, 冷静, 平靜, 冷靜, 穏やか
gentle: gentle, gently, tender, tenderly, soft, softly, warm, warmly, affectionate, loving
gentle: 温柔, 温和, 溫柔, 溫和, 優しい
serious: serious, seriously, stern, sternly, solemn, solemnly, 严肃, 认真, 嚴肅, 認真
whisper: whisper, whispers, whispering, whispered, 低语, 耳语, 小声, 悄悄话
whisper: 低語, 耳語, 小聲, 悄悄話, ささやき
""")

_STYLES: Final = _table("""
neutral: default, general, chat, none
happy: positive, content, satisfied, grateful, proud, friendly, hopeful, funny, laughing, cool
happy 0.4: confident, winking, silly, delicious
excited: energetic, triumphant, enthused, elated, euphoric
sad: negative, depressed, dejected, lonely, hurt, nostalgic, wistful, guilty, rejected
sad 0.4: sympathetic, empathetic, apologetic, tired, bored, resigned, sleepy
angry: hostile, outraged, threatened, unfriendly
angry 0.4: disgruntled, envious, sarcastic, ironic, agitated
fearful 0.4: insecure, embarrassed, confused, hesitant, alarmed, anticipation, panic
surprised 0.4: curious, mysterious
disgusted: contempt
calm: serene, contemplative, trust, thinking, narration-relaxed, documentary-narration
gentle: lyrical, kissy, flirtatious, poetry-reading, love, customerservice, assistant
serious: determined, skeptical, distant, newscast, newscast-formal, narration-professional
""")

_SOUND_WORDS: Final[Mapping[str, str]] = {
    word.strip(): sound
    for sound, words in {
        "laughter": "laughter, laugh, laughs, laughing, laughed, chuckle, chuckles, chuckling,"
        " giggle, giggles, giggling, 笑, 笑声, 大笑, 轻笑, 笑聲, 輕笑, 笑い",
        "breath": "breath, breathe, breathes, breathing, inhale, inhales, inhaling,"
        " 呼吸, 吸气, 换气, 喘气, 吸氣, 換氣, 喘氣, 息",
        "sigh": "sigh, sighs, sighing, sighed, exhale, exhales, exhaling, 叹气, 叹息, 嘆氣, 嘆息, ため息",
    }.items()
    for word in words.split(",")
}

_EMOJI: Final = {
    char: emotion
    for row, emotion in (
        ("😐😶🙂", NEUTRAL),
        ("😀😃😄😁😆😂🤣😊☺😋😎😺😸😹🥳😉😜😝😛🤪🙃", Emotion("happy")),
        ("🤩🎉🎊🔥🙌🥰💪🚀", Emotion("excited")),
        ("😢☹🙁😞😔😟😥😿💔🥺😓", Emotion("sad")),
        ("😭😩😫", Emotion("sad", 1.0)),
        ("😠😤👿💢😾", Emotion("angry")),
        ("😡🤬", Emotion("angry", 1.0)),
        ("😨😰😧😬", Emotion("fearful")),
        ("😱🙀", Emotion("fearful", 1.0)),
        ("😮😲😯😳🤯😵", Emotion("surprised")),
        ("🤢🤮🤧😖😒🙄", Emotion("disgusted")),
        ("😌😴🧘😪", Emotion("calm")),
        ("😍😘🤗😙😚😽❤💕💖💗💓💞", Emotion("gentle")),
        ("🤔🧐🤨", Emotion("serious")),
        ("🤫🤐", Emotion("whisper")),
    )
    for char in row
}
