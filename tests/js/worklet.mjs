/**
 * The real player of the audio thread, in Node: only the browser around it is replaced.
 *
 * `Bench` renders quanta, keeps every sample and every report, and checks nothing itself.
 */

/** @typedef {import("../../web/client/ports.js").PlayerReport} PlayerReport */

export const RATE = 48000;
export const QUANTUM = 128;

/** @type {any} */
let Processor;
const scope = /** @type {any} */ (globalThis);
scope.sampleRate = RATE;
scope.currentFrame = 0;
scope.AudioWorkletProcessor = class {
  port = {
    /** @type {PlayerReport[]} */ sent: [],
    deaf: false,
    /** @param {PlayerReport} report */
    postMessage(report) {
      if (!this.deaf) this.sent.push({ ...report });
    },
  };
};
scope.registerProcessor = (/** @type {string} */ _name, /** @type {any} */ processor) => {
  Processor = processor;
};
// By its URL: the type checker has other names for the audio thread than for Node.
await import(new URL("../../web/client/player-worklet.js", import.meta.url).href);

export class Bench {
  /** Every sample rendered. @type {number[]} */
  heard = [];

  /** @param {Record<string, number>} [options] */
  constructor(options = {}) {
    scope.currentFrame = 0;
    this.player = new Processor({ processorOptions: options });
    /** @type {PlayerReport[]} */
    this.reports = this.player.port.sent;
    this.outputs = [[new Float32Array(QUANTUM)]];
  }

  /** @param {object} command as it comes through a port */
  tell(command) {
    this.player.receive(command);
  }

  /**
   * @param {number} turn
   * @param {Float32Array} pcm sent in packets of 20 ms
   */
  feed(turn, pcm) {
    for (let at = 0; at < pcm.length; at += 960) {
      this.tell({ type: "pcm", turn, pcm: pcm.slice(at, at + 960) });
    }
  }

  /** @param {number} ms rounded up to whole quanta */
  render(ms) {
    const until = scope.currentFrame + (ms / 1000) * RATE;
    while (scope.currentFrame < until) {
      this.player.process([], this.outputs);
      for (const sample of this.outputs[0][0]) this.heard.push(sample);
      scope.currentFrame += QUANTUM;
    }
  }

  /** @param {PlayerReport["type"]} type */
  told(type) {
    return this.reports.filter((report) => report.type === type);
  }

  get now() {
    return Number(scope.currentFrame);
  }
}

/**
 * @param {number} ms
 * @param {number} [from] sample at which the tone begins
 */
export function tone(ms, from = 0) {
  const pcm = new Float32Array(Math.round((ms / 1000) * RATE));
  for (let i = 0; i < pcm.length; i++) {
    pcm[i] = 0.5 * Math.sin((2 * Math.PI * 440 * (from + i)) / RATE);
  }
  return pcm;
}

/**
 * The largest second difference: a tone of 440 Hz at 0.5 has 0.0017, a click far more.
 * @param {ArrayLike<number>} samples
 */
export function roughness(samples) {
  let most = 0;
  for (let i = 2; i < samples.length; i++) {
    most = Math.max(most, Math.abs(samples[i] - 2 * samples[i - 1] + samples[i - 2]));
  }
  return most;
}

/**
 * One past the last sample that is not zero.
 * @param {ArrayLike<number>} samples
 */
export function lastSound(samples) {
  let at = samples.length;
  while (at > 0 && samples[at - 1] === 0) at--;
  return at;
}
