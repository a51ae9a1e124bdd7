/**
 * What the client keeps of one turn while it is spoken.
 *
 * What it is: the cues that come due (words, visemes, emotions), how far the ear is, and
 * what is still missing before the turn's promise can be kept. What it is not: public;
 * `VoiceClient` makes one a turn and moves it on by the audio clock.
 */
import { Turn } from "./turn.js";

/** @typedef {import("./turn.js").TurnResult} TurnResult */

/**
 * Something to tell when the ear comes to `startMs`.
 * @typedef {object} Cue
 * @property {"emotion" | "viseme" | "word"} type
 * @property {number} startMs
 * @property {Record<string, string | number>} detail
 */

/** Of cues due together: a face changes its expression before it opens its mouth. */
const RANK = { emotion: 0, viseme: 1, word: 2 };

export class Speech {
  /** When its first text was sent, by `performance.now()`; 0: not yet. */
  askedAt = 0;
  /** The server has taken it. */
  started = false;
  /** What was heard of it. */
  playedMs = 0;
  /** The player is done with it, after `renderedMs`; they come to the ear a little later. */
  rendered = false;
  renderedMs = 0;
  /** Length of its audio as far as it is known. */
  audioMs = 0;
  /** Code points of its text up to the end of the last word that was heard. */
  heardChars = 0;
  /** Its sound has begun. */
  speaking = false;
  /** Its sound ended, or never will begin. */
  silent = false;
  /** It was stopped here, or the server dropped it. */
  stopped = false;
  /** @type {TurnResult | null} */
  result = null;
  /** @type {Cue[]} */
  #cues = [];
  /** @type {(result: TurnResult) => void} */
  #resolve = () => {};

  /**
   * @param {string} id
   * @param {number} key the client's count of turns, which is the order of speech
   * @param {(message: import("./messages.js").ClientMessage) => void} send
   * @param {(speech: Speech) => void} cancel
   */
  constructor(id, key, send, cancel) {
    this.id = id;
    this.key = key;
    const done = new Promise((resolve) => (this.#resolve = resolve));
    this.turn = new Turn(id, done, send, () => cancel(this));
  }

  /** @param {Cue[]} cues */
  add(cues) {
    this.#cues.push(...cues);
    this.#cues.sort((a, b) => a.startMs - b.startMs || RANK[a.type] - RANK[b.type]);
  }

  /** Milliseconds of the next cue; Infinity: none is known. */
  get nextMs() {
    return this.#cues[0]?.startMs ?? Infinity;
  }

  /**
   * The ear has come to `ms`: take the cues that are due.
   * @param {number} ms
   * @returns {Cue[]}
   */
  advance(ms) {
    this.playedMs = Math.max(this.playedMs, ms);
    let count = 0;
    while (count < this.#cues.length && this.#cues[count].startMs <= ms) count++;
    const due = this.#cues.splice(0, count);
    for (const { type, detail } of due) {
      if (type === "word") this.heardChars = Number(detail.charEnd);
    }
    return due;
  }

  /**
   * What is known here when the server can't tell any more.
   * @param {TurnResult["reason"]} reason
   * @returns {TurnResult}
   */
  estimate(reason) {
    const characters = Array.from(this.turn.text);
    return {
      turn: this.id,
      reason,
      audioMs: Math.floor(Math.max(this.audioMs, this.playedMs)),
      playedMs: Math.floor(this.playedMs),
      heardText: characters.slice(0, this.heardChars).join(""),
      unheardText: characters.slice(this.heardChars).join(""),
    };
  }

  /**
   * Keep the promise if the server has said how the turn ended and its sound has ended too.
   * @returns {boolean} whether it was kept
   */
  settle() {
    if (!this.result || !this.silent) return false;
    this.#resolve(this.result);
    return true;
  }
}
