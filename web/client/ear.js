/**
 * What the listener hears, when the listener hears it.
 *
 * What it is: it follows the audio clock through the player's reports, lets each turn's
 * cues come due, tells the client's events and reports the playback to the server. What it
 * is not: public, or the session: `VoiceClient` makes one a session and hands it its turns.
 */
import { SAMPLE_RATE } from "./player.js";

/**
 * @typedef {import("./player.js").Player} Player
 * @typedef {import("./ports.js").PlayerReport} PlayerReport
 * @typedef {import("./speech.js").Speech} Speech
 * @typedef {import("./messages.js").Playback} Playback
 */

/**
 * What the ear needs of its client.
 * @typedef {object} Listener
 * @property {(type: string, detail: object) => void} emit tell an event
 * @property {(message: Playback) => void} send to the server
 * @property {(speech: Speech) => void} settle its sound has ended
 */

const TICKS_PER_MS = SAMPLE_RATE / 1000;
/** The server paces by these reports. */
const REPORT_MS = 250;
/** While a turn lives: the longest sleep, and the shortest that timers keep. */
const LONGEST_MS = 50;
const SHORTEST_MS = 4;

export class Ear {
  /** Of the last turn that sounded: from its first text to its first sound. */
  firstSoundMs = 0;

  #player;
  #speeches;
  #listener;
  #reportedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What happens when a frame comes to the ear, in the order of frames.
   *  @type {{frame: number, run: (lateMs: number) => void}[]} */
  #due = [];

  /**
   * @param {Player} player
   * @param {Map<string, Speech>} speeches those that live, by id; the client's own
   * @param {Listener} listener
   */
  constructor(player, speeches, listener) {
    this.#player = player;
    this.#speeches = speeches;
    this.#listener = listener;
    player.onreport = (report) => this.#played(report);
  }

  /** Let everything happen that is due, and sleep until the next. */
  tick() {
    clearTimeout(this.#timer);
    const frame = this.#player.audibleFrame();
    while (this.#due.length > 0 && this.#due[0].frame <= frame) {
      const { frame: at, run } = this.#due[0];
      this.#due.shift();
      run((frame - at) / TICKS_PER_MS);
    }
    const { turn, played, moving } = this.#player.at(frame);
    const ms = played / TICKS_PER_MS;
    const speech = this.#find(turn);
    if (speech && !speech.silent) this.#advance(speech, ms);
    if (this.#speeches.size === 0) return;
    const next = Math.min(
      LONGEST_MS,
      speech && moving ? speech.nextMs - ms : Infinity,
      this.#due.length > 0 ? (this.#due[0].frame - frame) / TICKS_PER_MS : Infinity,
    );
    this.#timer = setTimeout(() => this.tick(), Math.max(SHORTEST_MS, next));
  }

  /**
   * Fade turns out; afterwards `renderedMs` of each is what will have been heard.
   * @param {Speech[]} speeches
   * @param {boolean} all they are all there are, so that nothing older may sound either
   */
  async fade(speeches, all) {
    for (const speech of speeches) speech.stopped = true;
    if (all) {
      const last = Math.max(0, ...speeches.map((speech) => speech.key));
      await this.#player.stop(last, true);
    } else {
      await Promise.all(speeches.map((speech) => this.#player.stop(speech.key, false)));
    }
    for (const speech of speeches) {
      if (speech.rendered) continue; // its last sample is on the way to the ear
      speech.renderedMs = speech.playedMs;
      speech.silent = true;
      this.#listener.settle(speech);
    }
  }

  /** Nothing is told any more. */
  close() {
    clearTimeout(this.#timer);
    this.#due = [];
    this.#player.onreport = () => {};
  }

  /** @param {PlayerReport} report */
  #played({ type, turn: key, played, frame, underruns, dry }) {
    const speech = this.#find(key);
    if (speech && type === "sound") {
      this.#at(frame, (late) => this.#begin(speech, late));
    } else if (speech && (type === "end" || type === "stopped")) {
      speech.rendered = true;
      speech.renderedMs = played / TICKS_PER_MS;
      this.#at(frame, () => this.#finish(speech));
    } else if (speech && type === "pause" && dry) {
      this.#listener.emit("underrun", { turn: speech.id, count: underruns });
    }
    this.tick();
  }

  /**
   * @param {number} frame
   * @param {(lateMs: number) => void} run
   */
  #at(frame, run) {
    this.#due.push({ frame, run });
  }

  /** @param {number} key */
  #find(key) {
    for (const speech of this.#speeches.values()) if (speech.key === key) return speech;
    return undefined;
  }

  /**
   * @param {Speech} speech
   * @param {number} lateMs how long ago its first sound was
   */
  #begin(speech, lateMs) {
    speech.speaking = true;
    this.firstSoundMs = Math.round(performance.now() - lateMs - speech.askedAt);
    const detail = { turn: speech.id, firstSoundMs: this.firstSoundMs };
    this.#listener.emit("speakingstart", detail);
  }

  /**
   * @param {Speech} speech
   * @param {number} ms
   */
  #advance(speech, ms) {
    for (const { type, detail } of speech.advance(ms)) this.#listener.emit(type, detail);
    if (performance.now() - this.#reportedAt >= REPORT_MS) this.#report(speech);
  }

  /** @param {Speech} speech */
  #finish(speech) {
    // Of a turn that was played to its end the server's own figure is the one it waits for.
    const ms = speech.stopped ? speech.renderedMs : speech.audioMs || speech.renderedMs;
    this.#advance(speech, ms);
    if (speech.speaking) {
      speech.playedMs = ms;
      this.#report(speech);
      this.#listener.emit("speakingend", { turn: speech.id, playedMs: Math.floor(ms) });
    }
    speech.silent = true;
    this.#listener.settle(speech);
  }

  /** @param {Speech} speech */
  #report(speech) {
    this.#reportedAt = performance.now();
    const last = this.#player.last;
    const buffered = Math.floor((last?.buffered ?? 0) / TICKS_PER_MS);
    const playedMs = Math.floor(speech.playedMs);
    this.#listener.emit("progress", { turn: speech.id, playedMs, bufferedMs: buffered });
    if (speech.stopped || speech.result) return;
    this.#listener.send({
      type: "playback",
      turn: speech.id,
      played_ms: playedMs,
      buffered_ms: buffered,
      underruns: last?.underruns ?? 0,
    });
  }
}
