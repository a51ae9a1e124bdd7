/**
 * One turn, as its caller has it: text to write, a promise of how it ended.
 *
 * What it is: what `VoiceClient.speak` and `VoiceClient.stream` give. What it is not: what
 * the client keeps of it (`speech.js`), a clock or a socket.
 */
import { VoiceError } from "./error.js";

/**
 * How a turn ended, character for character: `heardText + unheardText` is its text.
 * @typedef {object} TurnResult
 * @property {string} turn id of the turn
 * @property {"completed" | "cancelled" | "failed"} reason
 * @property {number} audioMs length of all its audio that was made
 * @property {number} playedMs what was heard of it
 * @property {string} heardText
 * @property {string} unheardText
 */

/**
 * UTF-16 units in one message. Each takes 6 bytes at worst (an escape), so that a message
 * stays below the usual limit of 64 KiB.
 */
const PIECE = 8192;

export class Turn {
  #send;
  #cancel;
  #ended = false;
  /** Half a surrogate pair, which is no character before its other half has come. */
  #half = "";

  /**
   * @param {string} id unique in the session
   * @param {Promise<TurnResult>} done
   * @param {(message: import("./messages.js").ClientMessage) => void} send
   * @param {() => void} cancel
   */
  constructor(id, done, send, cancel) {
    this.id = id;
    /** Resolves when the turn is over and its sound has ended; it never rejects. */
    this.done = done;
    /** All that was written so far. */
    this.text = "";
    this.#send = send;
    this.#cancel = cancel;
  }

  /**
   * Add text, as an LLM writes it. What comes after a stop has no effect: an LLM may write on
   * for a moment.
   * @param {string} delta of any length
   * @throws {VoiceError} `turn_ended`: it came after `end`
   */
  write(delta) {
    if (this.#ended) {
      throw new VoiceError("turn_ended", "This turn has ended: open another", { turn: this.id });
    }
    this.text += delta;
    let rest = this.#half + delta;
    this.#half = "";
    while (rest !== "") {
      let cut = Math.min(PIECE, rest.length);
      if (isHigh(rest.charCodeAt(cut - 1))) cut--;
      if (cut === 0) break;
      this.#send({ type: "turn.text", turn: this.id, text: rest.slice(0, cut) });
      rest = rest.slice(cut);
    }
    this.#half = rest;
  }

  /** Have the text so far spoken now, even in mid-sentence. */
  flush() {
    if (!this.#ended) this.#send({ type: "turn.flush", turn: this.id });
  }

  /** The text is complete. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#send({ type: "turn.end", turn: this.id });
  }

  /**
   * Stop this turn at once; others go on.
   * @returns {Promise<TurnResult>}
   */
  cancel() {
    this.#cancel();
    return this.done;
  }
}

/** @param {number} unit */
function isHigh(unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
