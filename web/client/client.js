/**
 * The browser client: text goes to a Dulcet server, a voice comes out.
 *
 * What it is: one session, its turns, and events on the audio clock. What it is not: the
 * socket and decoders (`worker.js`, in a Worker), the sound (`player.js` and its worklet),
 * or a user interface. Pages make a `VoiceClient` and call it; nothing else here is public
 * but `Turn` and `VoiceError`.
 */
import { checkAtOnce, checkOpus } from "./browser.js";
import { emotionCue, markCues } from "./cues.js";
import { Ear } from "./ear.js";
import { VoiceError } from "./error.js";
import { Link } from "./link.js";
import { pickDelivery } from "./messages.js";
import { Player } from "./player.js";
import { Speech } from "./speech.js";

export { VoiceError };

/**
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").Delivery} Delivery
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {import("./turn.js").TurnResult} TurnResult
 */

/** @typedef {"disconnected" | "connecting" | "connected"} ConnectionState */

/**
 * @typedef {object} VoiceClientOptions
 * @property {string | URL} [url] of the stream; by default `/v1/stream` of the page's server
 * @property {string} [voice] for turns that name none
 * @property {string} [emotion] for turns that name none
 * @property {string} [language] of text whose script does not tell, a BCP 47 tag
 * @property {number} [speed] factor, 0.5 to 2
 * @property {number} [volume] of the player, 0 to 1
 * @property {string | URL} [workerUrl] where `worker.js` lies, if not beside this file
 * @property {string | URL} [workletUrl] where `player-worklet.js` lies, if not beside it
 */

/**
 * What was stopped: all turns' texts together, and each turn's result.
 * @typedef {object} Interruption
 * @property {number} playedMs
 * @property {string} heardText
 * @property {string} unheardText
 * @property {TurnResult[]} turns in the order of speech
 */

/**
 * Events, each a `CustomEvent` with this `detail`; those of speech come when the ear comes
 * there, not when the message came:
 *
 * | event | detail |
 * |---|---|
 * | `statechange` | `state`, and when the connection was lost `code`, `message` |
 * | `speakingstart` | `turn`, `firstSoundMs` from the first text to the first sound |
 * | `speakingend` | `turn`, `playedMs` |
 * | `progress` | `turn`, `playedMs`, `bufferedMs`: about every 250 ms and at the end |
 * | `word` | `turn`, `text`, `startMs`, `endMs`, `charStart`, `charEnd` (code points) |
 * | `viseme` | `turn`, `viseme` (Oculus name), `startMs`, `endMs`, `weight` |
 * | `emotion` | at each sentence: `turn`, `name`, `intensity`, `applied`, `text`, `charStart`, `charEnd` |
 * | `interrupted` | an `Interruption` |
 * | `underrun` | `turn`, `count`: the network was too slow, speech pauses |
 * | `error` | a `VoiceError` |
 */
export class VoiceClient extends EventTarget {
  #options;
  #volume;
  /** @type {ConnectionState} */
  #state = "disconnected";
  /** @type {Player | null} */
  #player = null;
  /** @type {Link | null} */
  #link = null;
  /** @type {Map<string, Speech>} */
  #speeches = new Map();
  /** @type {Ear | null} */
  #ear = null;
  /** Turns of this client so far; also the last turn's key. */
  #count = 0;
  /** @type {Promise<void> | null} */
  #connecting = null;

  /** @param {VoiceClientOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = options;
    this.#volume = options.volume ?? 1;
  }

  /** @returns {ConnectionState} */
  get state() {
    return this.#state;
  }

  /** Whether a turn sounds now. */
  get speaking() {
    return this.#live().some((speech) => speech.speaking && !speech.silent);
  }

  /** Linear gain of the player, 0 to 1. */
  get volume() {
    return this.#volume;
  }

  set volume(value) {
    this.#volume = Math.min(1, Math.max(0, value));
    if (this.#player) this.#player.volume = this.#volume;
  }

  /** The sound as it is played, for meters and pictures; null before `connect`. */
  get analyser() {
    return this.#player?.analyser ?? null;
  }

  /**
   * Open the session and the audio device. Call it in a click or key press: browsers hold
   * audio back otherwise.
   * @returns {Promise<void>}
   * @throws {VoiceError} also told as an `error` event; the client can try again
   */
  connect() {
    if (this.#state === "connected") return Promise.resolve();
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  /**
   * Say a text. Turns queue behind each other.
   * @param {string} text with tags (`[happy]`) if you like
   * @param {Delivery & {signal?: AbortSignal}} [options] aborting stops this turn
   * @returns {Turn}
   * @throws {VoiceError} `not_connected`
   */
  speak(text, options = {}) {
    const turn = this.stream(options);
    turn.write(text);
    turn.end();
    return turn;
  }

  /**
   * Say a text while it is being written: `write` each delta of the LLM, then `end`.
   * @param {Delivery & {signal?: AbortSignal}} [options] aborting stops this turn
   * @returns {Turn}
   * @throws {VoiceError} `not_connected`
   */
  stream(options = {}) {
    if (this.#state !== "connected") {
      throw new VoiceError("not_connected", "There is no session: await connect() first");
    }
    void this.#player?.resume();
    const key = ++this.#count;
    const turn = `turn-${key}`;
    const send = (/** @type {ClientMessage} */ message) => this.#sendFor(speech, message);
    const speech = new Speech(turn, key, send, () => void this.#stop([speech], false));
    this.#speeches.set(turn, speech);
    this.#link?.send({ type: "turn.start", turn, ...pickDelivery(options) }, key);
    const { signal } = options;
    signal?.addEventListener("abort", () => void speech.turn.cancel(), { once: true });
    if (signal?.aborted) void speech.turn.cancel();
    return speech.turn;
  }

  /**
   * Stop all speech at once, and tell what was heard.
   * @returns {Promise<Interruption>}
   */
  async interrupt() {
    return this.#stop(this.#live(), true);
  }

  /** Figures of this session, for panels and bug reports. */
  stats() {
    const last = this.#player?.last;
    return {
      state: this.#state,
      packets: this.#link?.packets ?? 0,
      lost: this.#link?.lost ?? 0,
      underruns: last?.underruns ?? 0,
      overflow: last?.overflow ?? 0,
      bufferedMs: Math.round((last?.buffered ?? 0) / 48),
      thresholdMs: Math.round((last?.threshold ?? 0) / 48),
      latencyMs: Math.round(this.#player?.latencyMs ?? 0),
      firstSoundMs: this.#ear?.firstSoundMs ?? 0,
    };
  }

  /** Stop all speech and end the session. The client can connect again. */
  async close() {
    await this.#tearDown();
  }

  async #connect() {
    this.#setState("connecting");
    try {
      checkAtOnce();
      // Before anything is awaited, so that the browser sees it done in the click.
      const player = new Player();
      this.#player = player;
      player.volume = this.#volume;
      this.#ear = this.#listen(player);
      const port = await player.open(
        this.#options.workletUrl ?? new URL("./player-worklet.js", import.meta.url),
      );
      await checkOpus();
      if (this.#player !== player) throw new VoiceError("closed", "close() came before the session");
      await this.#openSession(port);
    } catch (error) {
      const told = error instanceof VoiceError ? error : new VoiceError("unreachable", `${error}`);
      await this.#tearDown(told);
      this.#emit("error", told);
      throw told;
    }
    this.#setState("connected");
    if (await this.#player?.resume()) return;
    const blocked = "The browser holds the audio back: call connect() in a click or key press";
    this.#emit("error", new VoiceError("audio_blocked", blocked));
  }

  /** @param {MessagePort} port */
  async #openSession(port) {
    const { url = "/v1/stream", voice, emotion, language, speed } = this.#options;
    const workerUrl = this.#options.workerUrl ?? new URL("./worker.js", import.meta.url);
    const link = new Link(workerUrl);
    this.#link = link;
    link.onmessage = (message) => this.#received(message);
    link.onerror = (error) => this.#emit("error", error);
    link.onclose = (error) => void this.#lost(error);
    /** @type {import("./messages.js").SessionStart} */
    const start = {
      type: "session.start",
      voice,
      emotion,
      language,
      speed,
      audio: { codec: "opus", pace: "clock" },
      marks: ["word", "viseme"],
    };
    await link.open(url, start, port);
  }

  /** @param {VoiceError} error */
  async #lost(error) {
    const spoke = this.#live().length > 0;
    await this.#tearDown(error);
    // A session that nobody used may go without alarm; the next click opens another.
    if (spoke || !["idle", "going_away"].includes(error.code)) this.#emit("error", error);
  }

  /** @param {ServerMessage} message */
  #received(message) {
    const speech = "turn" in message ? this.#speeches.get(message.turn ?? "") : undefined;
    if (message.type === "error") this.#refused(message, speech);
    else if (!speech) return;
    else if (message.type === "turn.started") speech.started = true;
    else if (message.type === "sentence.started") speech.add([emotionCue(message)]);
    else if (message.type === "marks") speech.add(markCues(message));
    else if (message.type === "turn.sent") speech.audioMs = message.audio_ms;
    else if (message.type === "turn.ended") this.#turnEnded(speech, message);
    this.#ear?.tick();
  }

  /**
   * @param {import("./messages.js").ErrorMessage} message
   * @param {Speech} [speech]
   */
  #refused(message, speech) {
    const { code, message: text, field, turn, fatal, retry_after_ms: retryAfterMs } = message;
    // About a turn that is over or was stopped here: it crossed on the way.
    if (turn !== undefined && (!speech || speech.stopped)) return;
    const error = new VoiceError(code, text, { field, turn, fatal, retryAfterMs });
    this.#emit("error", error);
    if (!speech || speech.started) return;
    speech.result = speech.estimate("failed");
    speech.silent = true;
    this.#settle(speech);
  }

  /**
   * @param {Speech} speech
   * @param {import("./messages.js").TurnEnded} message
   */
  #turnEnded(speech, message) {
    speech.result = {
      turn: speech.id,
      reason: message.reason,
      audioMs: message.audio_ms,
      playedMs: message.heard_ms,
      heardText: message.heard_text,
      unheardText: message.unheard_text,
    };
    if (message.reason !== "completed" && !speech.stopped) void this.#ear?.fade([speech], false);
    this.#settle(speech);
  }

  /** @param {Speech} speech */
  #settle(speech) {
    if (speech.settle()) this.#speeches.delete(speech.id);
  }

  /**
   * Fade out, let go of everything, and keep the promises of all turns.
   * @param {VoiceError} [error] why, unless it was asked for
   */
  async #tearDown(error) {
    const [player, link, ear] = [this.#player, this.#link, this.#ear];
    this.#player = null;
    this.#link = null;
    this.#ear = null;
    ear?.close();
    link?.close();
    for (const speech of this.#live()) {
      speech.result ??= speech.estimate(error ? "failed" : "cancelled");
      speech.silent = true;
      this.#settle(speech);
    }
    if (this.#state !== "disconnected") this.#setState("disconnected", error);
    if (this.#count > 0) await player?.stop(this.#count, true);
    await player?.close();
  }

  /**
   * Stop turns: silence first, then the decoders, then the server is told what was heard.
   * @param {Speech[]} speeches
   * @param {boolean} all they are all there are
   * @returns {Promise<Interruption>}
   */
  async #stop(speeches, all) {
    const turns = speeches.filter((speech) => !speech.stopped);
    const faded = this.#ear?.fade(turns, all);
    this.#link?.drop(turns.map((speech) => speech.id));
    await faded;
    for (const { id: turn, renderedMs, result } of turns) {
      if (result) continue; // it ended on the way
      this.#send({ type: "turn.cancel", turn, played_ms: Math.floor(renderedMs) });
    }
    const results = await Promise.all(turns.map((speech) => speech.turn.done));
    const interruption = {
      playedMs: results.reduce((sum, result) => sum + result.playedMs, 0),
      heardText: results.map((result) => result.heardText).join(""),
      unheardText: results.map((result) => result.unheardText).join(""),
      turns: results,
    };
    if (results.length > 0) this.#emit("interrupted", interruption);
    return interruption;
  }

  /** @param {Player} player */
  #listen(player) {
    return new Ear(player, this.#speeches, {
      emit: (type, detail) => this.#emit(type, detail),
      send: (message) => this.#send(message),
      settle: (speech) => this.#settle(speech),
    });
  }

  /** @returns {Speech[]} in the order of speech */
  #live() {
    return [...this.#speeches.values()];
  }

  /**
   * @param {Speech} speech
   * @param {ClientMessage} message
   */
  #sendFor(speech, message) {
    // An LLM may write on for a moment after its turn was stopped.
    if (speech.stopped || speech.result) return;
    if (message.type === "turn.text") speech.askedAt ||= performance.now();
    this.#send(message);
  }

  /** @param {ClientMessage} message */
  #send(message) {
    this.#link?.send(message);
  }

  /**
   * @param {ConnectionState} state
   * @param {VoiceError} [error]
   */
  #setState(state, error) {
    this.#state = state;
    this.#emit("statechange", { state, code: error?.code, message: error?.message });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
