/**
 * The player on the main thread: the audio context, the node, and what is audible now.
 *
 * What it is: it owns the `AudioContext` and the worklet, turns the worklet's frames into
 * heard positions by the context's output time stamp, and stops speech. What it is not: the
 * jitter buffer (`player-worklet.js`) or the session (`VoiceClient`, which calls it).
 */
import { VoiceError } from "./error.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./ports.js").PlayerReport} PlayerReport */

export const SAMPLE_RATE = 48000;
/** The worklet answers a stop within a fade and a quantum; this is for a stalled device. */
const STOP_TIMEOUT_MS = 250;
const RESUME_TIMEOUT_MS = 500;

export class Player {
  /** @type {(report: PlayerReport) => void} */
  onreport = () => {};
  /** The last report. @type {PlayerReport | null} */
  last = null;

  #context;
  #gain;
  #analyser;
  #timeline = new Timeline();
  #audible = 0;
  #stops = 0;
  /** @type {Map<number, (report: PlayerReport | null) => void>} */
  #stopping = new Map();
  /** @type {AudioWorkletNode | null} */
  #node = null;

  /** Call it in a click, else the browser may hold the audio back. */
  constructor() {
    // 48 kHz whatever the device has: the decoder's rate, so that nothing is resampled here.
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
    this.#gain = this.#context.createGain();
    this.#analyser = this.#context.createAnalyser();
    this.#gain.connect(this.#analyser).connect(this.#context.destination);
  }

  /**
   * Load the worklet and start the context.
   * @param {string | URL} workletUrl
   * @returns {Promise<MessagePort>} the port for PCM
   * @throws {VoiceError} `no_worklet`
   */
  async open(workletUrl) {
    try {
      await this.#context.audioWorklet.addModule(workletUrl);
    } catch {
      throw new VoiceError("no_worklet", `Could not load ${workletUrl}: is the server there?`);
    }
    this.#node = new AudioWorkletNode(this.#context, "dulcet-player", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#node.port.onmessage = ({ data }) => this.#receive(data);
    this.#node.connect(this.#gain);
    await this.resume();
    const { port1, port2 } = new MessageChannel();
    this.#node.port.postMessage({ type: "connect", port: port1 }, [port1]);
    return port2;
  }

  /**
   * Start the context if it does not run: a browser suspends it outside of a click, and a
   * phone call does it too.
   * @returns {Promise<boolean>} whether it runs
   */
  async resume() {
    if (this.#context.state !== "running") {
      const late = new Promise((resolve) => setTimeout(resolve, RESUME_TIMEOUT_MS));
      await Promise.race([this.#context.resume().catch(() => {}), late]);
    }
    return this.#context.state === "running";
  }

  /** Linear gain, 0 to 1. */
  get volume() {
    return this.#gain.gain.value;
  }

  set volume(value) {
    // A jump would click; this one takes about 30 ms.
    this.#gain.gain.setTargetAtTime(value, this.#context.currentTime, 0.01);
  }

  get analyser() {
    return this.#analyser;
  }

  /** Milliseconds from the worklet to the ear, as far as the browser knows. */
  get latencyMs() {
    return 1000 * (this.#context.outputLatency || this.#context.baseLatency || 0);
  }

  /**
   * The frame that leaves the device now; it never goes back.
   * @returns {number}
   */
  audibleFrame() {
    const now = this.#context.currentTime;
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    let heard = now - this.latencyMs / 1000;
    if (this.#context.state === "running" && performanceTime > 0) {
      // Some browsers renew the time stamp in steps of 50 ms only.
      heard = contextTime + (performance.now() - performanceTime) / 1000;
    }
    const frame = Math.min(heard, now) * SAMPLE_RATE;
    if (frame > this.#audible) this.#audible = frame;
    return this.#audible;
  }

  /**
   * What is heard at a frame.
   * @param {number} frame
   */
  at(frame) {
    return this.#timeline.at(frame);
  }

  /**
   * Fade out and drop a turn, or all up to it.
   * @param {number} key
   * @param {boolean} all
   * @returns {Promise<PlayerReport | null>} of the turn that played; null: none, or no answer
   */
  stop(key, all) {
    const id = ++this.#stops;
    return new Promise((resolve) => {
      this.#stopping.set(id, resolve);
      setTimeout(() => this.#answer(id, null), STOP_TIMEOUT_MS);
      this.#node?.port.postMessage({ type: "stop", turn: key, all, id });
    });
  }

  /** Release the device. */
  async close() {
    this.#node?.disconnect();
    for (const id of [...this.#stopping.keys()]) this.#answer(id, null);
    if (this.#context.state !== "closed") await this.#context.close();
  }

  /** @param {PlayerReport} report */
  #receive(report) {
    this.last = report;
    const { type, turn, played, frame } = report;
    if (type === "start") this.#timeline.start(turn, played, frame);
    else if (type === "pause" || type === "end") this.#timeline.stop(frame);
    else if (type === "stopped" && turn !== 0) this.#timeline.stop(frame);
    this.onreport(report);
    if (type !== "stopped") return;
    for (const id of [...this.#stopping.keys()]) {
      if (id <= report.stop) this.#answer(id, report);
    }
  }

  /**
   * @param {number} id
   * @param {PlayerReport | null} report
   */
  #answer(id, report) {
    const resolve = this.#stopping.get(id);
    this.#stopping.delete(id);
    resolve?.(report && report.turn !== 0 ? report : null);
  }
}
