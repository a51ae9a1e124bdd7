/**
 * The player on the audio thread: a queue of turns, a jitter buffer, one gain.
 *
 * What it is: PCM comes in by message (from the Worker, straight), samples go out without a
 * click, and a message tells at which frame each stretch of speech began and ended. What it
 * is not: a decoder or a clock; `Player` on the main thread makes the node and turns frames
 * into heard positions.
 *
 * `process` allocates nothing and logs nothing: its one report object is made at the start,
 * and chunks are let go by reference. Messages are handled between two calls of `process`.
 *
 * One gain and two sources make every edge soft: the source is the next real sample or, when
 * there is none, what was just heard, mirrored; the gain ramps within `fadeMs` to 1 when
 * speech begins and to 0 when it stops, is stopped, or runs dry.
 */

/** Nothing to play, or not enough yet; a fading tail may still sound. */
const WAIT = 0;
const PLAY = 1;
/** Fading out over the real next samples, then the current turn is dropped. */
const STOP = 2;

/** -50 dBFS: the first sample above it is the turn's first sound. */
const AUDIBLE = 0.00316;
/** Each underrun asks for more in advance, each finished turn for less. */
const MORE = 1.5;
const LESS = 0.9;

/**
 * @typedef {object} QueuedTurn
 * @property {number} key
 * @property {(Float32Array | null)[]} chunks played ones are null
 * @property {number} head index of the chunk to play next
 * @property {number} offset sample in it
 * @property {number} received samples
 * @property {number} played samples
 * @property {number} restAt samples at the last sentence's end; -1: in mid-sentence
 * @property {boolean} ended nothing follows
 * @property {boolean} sounded its first sound was reported
 */

/**
 * @typedef {import("./ports.js").PlayerCommand} PlayerCommand
 * @typedef {import("./ports.js").PlayerReport} PlayerReport
 * @typedef {import("./ports.js").TurnCommand} TurnCommand
 */

class PlayerProcessor extends AudioWorkletProcessor {
  /** @param {{processorOptions?: Record<string, number>}} [options] */
  constructor(options) {
    super();
    const o = options?.processorOptions ?? {};
    const samples = (/** @type {number} */ ms) => Math.round((ms / 1000) * sampleRate);
    this.fade = samples(o.fadeMs ?? 8);
    this.least = samples(o.startMs ?? 60);
    this.most = samples(o.startMaxMs ?? 400);
    /** The server's pacing keeps far below it; beyond it the newest samples are dropped and
     *  counted, since what waits longest is what will be heard first. */
    this.capacity = samples((o.capacityS ?? 60) * 1000);
    this.levelEvery = samples(o.levelMs ?? 100);

    /** @type {QueuedTurn[]} */
    this.turns = [];
    this.state = WAIT;
    this.threshold = this.least;
    this.buffered = 0;
    this.underruns = 0;
    this.overflow = 0;
    this.gain = 0;
    this.step = 1 / this.fade;
    /** The last samples of the source, before the gain; `at` is where the next goes. */
    this.history = new Float32Array(this.fade);
    this.at = 0;
    this.back = 0;
    this.sinceLevel = 0;
    /** Turns up to this key are stale whatever comes; single ones are in `dropped`. */
    this.floor = 0;
    /** @type {Set<number>} */
    this.dropped = new Set();
    this.stopId = 0;
    /** @type {PlayerReport} */
    this.report = {
      type: "level", turn: 0, played: 0, frame: 0, buffered: 0, underruns: 0, overflow: 0,
      threshold: 0, dry: false, stop: 0,
    };
    this.port.onmessage = (event) => this.receive(event.data);
  }

  /** @param {PlayerCommand | TurnCommand} command */
  receive(command) {
    if (command.type === "connect") {
      command.port.onmessage = (event) => this.receive(event.data);
    } else if (command.type === "stop") {
      this.stop(command.turn, command.all, command.id);
    } else if (command.type === "drop") {
      // The Worker has read of the stop too: nothing of this turn will come any more.
      this.dropped.delete(command.turn);
    } else if (command.turn > this.floor && !this.dropped.has(command.turn)) {
      this.feed(command);
    }
  }

  /** @param {Exclude<TurnCommand, {type: "drop"}>} command */
  feed(command) {
    if (command.type === "begin") {
      this.turns.push({
        key: command.turn, chunks: [], head: 0, offset: 0, received: 0, played: 0, restAt: -1,
        ended: false, sounded: false,
      });
      return;
    }
    const turn = this.turns.find((one) => one.key === command.turn);
    if (!turn) return;
    if (command.type === "pcm") this.append(turn, command.pcm);
    else if (command.type === "rest") turn.restAt = turn.received;
    else turn.ended = true;
  }

  /**
   * @param {QueuedTurn} turn
   * @param {Float32Array} pcm
   */
  append(turn, pcm) {
    const room = this.capacity - this.buffered;
    if (pcm.length > room) this.overflow += pcm.length - room;
    const kept = pcm.length > room ? pcm.slice(0, room) : pcm;
    if (kept.length === 0) return;
    if (turn.head === turn.chunks.length) {
      turn.chunks.length = 0;
      turn.head = 0;
    }
    turn.chunks.push(kept);
    turn.received += kept.length;
    this.buffered += kept.length;
  }

  /**
   * Drop one turn or all up to it: what plays fades out over its next samples.
   * Answered by `stopped`, with what was played of the turn that was current.
   * @param {number} key
   * @param {boolean} all
   * @param {number} id
   */
  stop(key, all, id) {
    this.stopId = id;
    if (all) this.floor = Math.max(this.floor, key);
    else this.dropped.add(key);
    const current = this.turns[0];
    const hit = current !== undefined && (all ? current.key <= key : current.key === key);
    for (let i = this.turns.length - 1; i > 0; i--) {
      const other = this.turns[i].key;
      if (all ? other <= key : other === key) this.remove(other);
    }
    if (this.state === STOP) return;
    if (hit && this.state === PLAY) this.state = STOP;
    else this.finishStop(hit ? current : undefined, currentFrame);
  }

  /**
   * @param {QueuedTurn | undefined} turn
   * @param {number} frame
   */
  finishStop(turn, frame) {
    if (turn) {
      this.state = WAIT;
      this.remove(turn.key);
    }
    this.tell("stopped", turn, frame);
  }

  /** @param {number} key */
  remove(key) {
    for (let i = 0; i < this.turns.length; i++) {
      const turn = this.turns[i];
      if (turn.key !== key) continue;
      this.buffered -= turn.received - turn.played;
      this.turns.splice(i, 1);
      return;
    }
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const out = outputs[0][0];
    let at = 0;
    while (at < out.length) {
      if (this.state === WAIT) this.begin(at);
      at = this.state === WAIT ? this.wait(out, at) : this.play(out, at);
    }
    this.sinceLevel += out.length;
    if (this.sinceLevel >= this.levelEvery && this.turns.length > 0) {
      this.sinceLevel = 0;
      this.tell("level", this.turns[0], currentFrame + out.length);
    }
    return true;
  }

  /**
   * Start, or start again, if there is enough of the current turn.
   * @param {number} at sample in this quantum
   */
  begin(at) {
    let turn = this.turns[0];
    while (turn?.ended && turn.played === turn.received) {
      this.finishTurn(turn, at);
      turn = this.turns[0];
    }
    if (!turn || this.gain > 0) return;
    const ready = turn.received - turn.played;
    const whole = turn.ended || turn.restAt === turn.received;
    if (ready === 0 || (ready < this.threshold && !whole)) return;
    this.state = PLAY;
    this.tell("start", turn, currentFrame + at);
  }

  /**
   * Render the rest of the quantum without speech.
   * @param {Float32Array} out
   * @param {number} at
   */
  wait(out, at) {
    const length = this.fade;
    for (; at < out.length && this.gain > 0; at++) {
      this.gain = Math.max(0, this.gain - this.step);
      const index = (this.at - 1 - this.back + 2 * length) % length;
      if (this.back < length - 1) this.back++;
      out[at] = this.history[index] * this.gain;
    }
    out.fill(0, at);
    return out.length;
  }

  /**
   * Render speech up to the end of the quantum or until there is none.
   * @param {Float32Array} out
   * @param {number} at
   * @returns {number} how far it came
   */
  play(out, at) {
    const turn = this.turns[0];
    const chunk = turn.chunks[turn.head];
    if (!chunk) {
      this.runDry(turn, at);
      return at;
    }
    const step = this.state === STOP ? -this.step : this.step;
    const from = at;
    const end = Math.min(out.length, at + chunk.length - turn.offset);
    let gain = this.gain;
    for (; at < end; at++) {
      const sample = chunk[turn.offset + at - from];
      gain = Math.min(1, gain + step);
      if (gain <= 0) break;
      this.history[this.at] = sample;
      this.at = this.at + 1 === this.fade ? 0 : this.at + 1;
      out[at] = sample * gain;
      if (!turn.sounded && Math.abs(out[at]) > AUDIBLE) this.sound(turn, at);
    }
    this.gain = Math.max(0, gain);
    this.advance(turn, chunk, at - from);
    if (this.gain === 0) this.finishStop(turn, currentFrame + at);
    return at;
  }

  /**
   * @param {QueuedTurn} turn
   * @param {number} at
   */
  sound(turn, at) {
    turn.sounded = true;
    this.tell("sound", turn, currentFrame + at);
  }

  /**
   * @param {QueuedTurn} turn
   * @param {Float32Array} chunk
   * @param {number} count samples played
   */
  advance(turn, chunk, count) {
    turn.played += count;
    turn.offset += count;
    this.buffered -= count;
    if (turn.offset < chunk.length) return;
    turn.chunks[turn.head] = null;
    turn.head++;
    turn.offset = 0;
  }

  /**
   * No sample is left: the turn is over, rests between sentences, or lacks what is late.
   * @param {QueuedTurn} turn
   * @param {number} at
   */
  runDry(turn, at) {
    this.back = 0;
    if (this.state === STOP) {
      this.finishStop(turn, currentFrame + at);
      return;
    }
    this.state = WAIT;
    if (turn.ended) {
      this.finishTurn(turn, at);
      return;
    }
    const dry = turn.restAt !== turn.received;
    if (dry) {
      this.underruns++;
      this.threshold = Math.min(this.most, Math.round(this.threshold * MORE));
    }
    this.tell("pause", turn, currentFrame + at, dry);
  }

  /**
   * @param {QueuedTurn} turn
   * @param {number} at
   */
  finishTurn(turn, at) {
    this.threshold = Math.max(this.least, Math.round(this.threshold * LESS));
    this.turns.shift();
    this.tell("end", turn, currentFrame + at);
  }

  /**
   * @param {PlayerReport["type"]} type
   * @param {QueuedTurn | undefined} turn
   * @param {number} frame
   * @param {boolean} [dry]
   */
  tell(type, turn, frame, dry = false) {
    const report = this.report;
    report.type = type;
    report.turn = turn ? turn.key : 0;
    report.played = turn ? turn.played : 0;
    report.frame = frame;
    report.buffered = this.buffered;
    report.underruns = this.underruns;
    report.overflow = this.overflow;
    report.threshold = this.threshold;
    report.dry = dry;
    report.stop = this.stopId;
    this.port.postMessage(report);
  }
}

registerProcessor("dulcet-player", PlayerProcessor);
