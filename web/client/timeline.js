/**
 * Which sample of which turn sounds at a frame of the audio context.
 *
 * What it is: the stretches in which the player played, as it told them, exact to the
 * sample. What it is not: a clock; `Player` knows which frame is audible now. Between two
 * stretches (an underrun, a rest) the position stands where the earlier one ended.
 */

/**
 * @typedef {object} Span
 * @property {number} turn key of the turn
 * @property {number} played samples of the turn before it
 * @property {number} from first frame
 * @property {number} to one past its last frame; Infinity while it lasts
 */

/** Spans kept; what was audible so long ago is asked by nobody. */
const MOST_SPANS = 64;

export class Timeline {
  /** @type {Span[]} */
  #spans = [];

  /**
   * Speech begins, or goes on after a gap.
   * @param {number} turn
   * @param {number} played samples
   * @param {number} frame
   */
  start(turn, played, frame) {
    this.#spans.push({ turn, played, from: frame, to: Infinity });
    if (this.#spans.length > MOST_SPANS) this.#spans.shift();
  }

  /**
   * Speech pauses or ends.
   * @param {number} frame
   */
  stop(frame) {
    const last = this.#spans.at(-1);
    if (last && last.to === Infinity) last.to = Math.max(frame, last.from);
  }

  /**
   * Find the position at a frame.
   * @param {number} frame
   * @returns {{turn: number, played: number, moving: boolean}} turn 0 before all speech
   */
  at(frame) {
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const { turn, played, from, to } = this.#spans[i];
      if (frame < from) continue;
      const moving = frame < to;
      return { turn, played: played + (moving ? frame : to) - from, moving };
    }
    return { turn: 0, played: 0, moving: false };
  }
}
