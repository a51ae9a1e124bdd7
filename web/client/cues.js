/**
 * From the server's messages to what is told when the sound comes to it.
 *
 * What it is: two pure functions, which `VoiceClient` calls on `sentence.started` and
 * `marks`. What it is not: a clock; `Ear` lets cues come due.
 */

/** @typedef {import("./speech.js").Cue} Cue */

/**
 * @param {import("./messages.js").SentenceStarted} sentence
 * @returns {Cue}
 */
export function emotionCue(sentence) {
  const { turn, text, char_start: charStart, char_end: charEnd, start_ms: startMs } = sentence;
  const { name, intensity, applied } = sentence.emotion;
  const detail = { turn, name, intensity, applied, text, charStart, charEnd };
  return { type: "emotion", startMs, detail };
}

/**
 * @param {import("./messages.js").Marks} marks
 * @returns {Cue[]}
 */
export function markCues({ turn, words = [], visemes = [] }) {
  return [
    ...visemes.map((mark) => {
      const { viseme, start_ms: startMs, end_ms: endMs, weight } = mark;
      const detail = { turn, viseme, startMs, endMs, weight };
      return { type: /** @type {const} */ ("viseme"), startMs, detail };
    }),
    ...words.map((mark) => {
      const { text, start_ms: startMs, end_ms: endMs } = mark;
      const { char_start: charStart, char_end: charEnd } = mark;
      const detail = { turn, text, startMs, endMs, charStart, charEnd };
      return { type: /** @type {const} */ ("word"), startMs, detail };
    }),
  ];
}
