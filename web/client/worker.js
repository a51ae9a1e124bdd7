/**
 * The Worker: socket and decoders, away from a page that may be busy.
 *
 * What it is: it opens the WebSocket, hands JSON messages to the page, decodes audio and
 * posts PCM to the player on the audio thread by a port of its own. What it is not: the
 * session (`VoiceClient` on the main thread) or the player. Audio of a number that is not
 * yet known waits for its `turn.started`; audio of a turn that is over is dropped.
 */
import { TurnDecoder } from "./decoder.js";
import { LAST, SUBPROTOCOL, decode, decodeAudio, encode } from "./messages.js";

/**
 * @typedef {import("./messages.js").Audio} Audio
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./ports.js").TurnCommand} TurnCommand
 * @typedef {import("./ports.js").WorkerCommand} WorkerCommand
 * @typedef {import("./ports.js").WorkerReport} WorkerReport
 */

/** Messages kept for turns not yet known; the oldest goes first when it is full. */
const MOST_WAITING = 256;
/** Numbers of ended turns remembered, so that late audio is known as stale. */
const MOST_STALE = 1024;

/**
 * @typedef {object} LiveTurn
 * @property {string} id
 * @property {number} key the page's number of the turn, in the order of speech
 * @property {TurnDecoder} decoder
 * @property {boolean} finishing its last packet was decoded
 */

class Connection {
  /** @type {Map<number, LiveTurn>} */
  #live = new Map();
  /** @type {Map<string, number>} */
  #keys = new Map();
  /** @type {Set<string>} */
  #droppedIds = new Set();
  /** @type {Set<number>} */
  #stale = new Set();
  /** @type {Audio[]} */
  #waiting = [];
  #preSkip = 0;
  /** 48 kHz ticks of a packet. */
  #ticks = 960;
  /** The `seq` that comes next. */
  #next = 0;
  #opened = false;
  #socket;
  #port;

  /** @param {Extract<WorkerCommand, {type: "open"}>} command */
  constructor({ url, port, start }) {
    this.#port = port;
    this.#socket = new WebSocket(url, [SUBPROTOCOL]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => {
      this.#opened = true;
      this.#socket.send(encode(start));
    };
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => {
      this.#dropAll();
      report({ type: "closed", opened: this.#opened, code, reason });
    };
  }

  /**
   * @param {ClientMessage} message
   * @param {number} [key] with the message that opens a turn
   */
  send(message, key) {
    if (key !== undefined && "turn" in message && message.turn) {
      this.#keys.set(message.turn, key);
    }
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encode(message));
  }

  /** @param {string[]} ids turns that shall not be heard any more */
  drop(ids) {
    for (const id of ids) {
      const live = [...this.#live].find(([, turn]) => turn.id === id);
      if (live) this.#forget(live[0]);
      else if (this.#keys.has(id)) this.#droppedIds.add(id);
      const key = this.#keys.get(id);
      if (key !== undefined) this.#port.postMessage({ type: "drop", turn: key });
    }
  }

  close() {
    this.#dropAll();
    this.#socket.close(1000);
  }

  #dropAll() {
    for (const number of [...this.#live.keys()]) this.#forget(number);
  }

  /** @param {number} number */
  #forget(number) {
    this.#live.get(number)?.decoder.close();
    this.#live.delete(number);
    this.#stale.add(number);
    if (this.#stale.size > MOST_STALE) {
      for (const oldest of this.#stale) {
        this.#stale.delete(oldest);
        break;
      }
    }
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    try {
      if (typeof data === "string") this.#message(decode(data));
      else this.#audio(decodeAudio(data));
    } catch (error) {
      report({ type: "error", code: "bad_message", message: String(error) });
    }
  }

  /** @param {ServerMessage} message */
  #message(message) {
    if (message.type === "session.started") this.#prepare(message.audio);
    else if (message.type === "turn.started") this.#begin(message.turn, message.number);
    else if (message.type === "sentence.ended") this.#rest(message.turn);
    else if (message.type === "turn.ended") this.#turnEnded(message.turn, message.reason);
    report({ type: "message", message });
  }

  /** @param {{pre_skip: number, frame_ms: number}} audio */
  #prepare(audio) {
    this.#preSkip = audio.pre_skip;
    this.#ticks = audio.frame_ms * 48;
  }

  /**
   * @param {string} id
   * @param {number} number
   */
  #begin(id, number) {
    const key = this.#keys.get(id);
    if (key === undefined || this.#droppedIds.delete(id)) {
      this.#forget(number);
      return;
    }
    const port = this.#port;
    port.postMessage({ type: "begin", turn: key });
    const decoder = new TurnDecoder(
      this.#preSkip,
      (pcm) => port.postMessage({ type: "pcm", turn: key, pcm }, [pcm.buffer]),
      (message) => report({ type: "error", code: "decode_failed", message, turn: id }),
    );
    this.#live.set(number, { id, key, decoder, finishing: false });
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((audio) => audio.turn !== number);
    for (const audio of waiting) if (audio.turn === number) this.#feed(audio);
  }

  /** @param {string} id */
  #rest(id) {
    const turn = [...this.#live.values()].find((one) => one.id === id);
    turn?.decoder.fence(() => this.#port.postMessage({ type: "rest", turn: turn.key }));
  }

  /**
   * @param {string} id
   * @param {"completed" | "cancelled" | "failed"} reason
   */
  #turnEnded(id, reason) {
    const entry = [...this.#live].find(([, turn]) => turn.id === id);
    if (entry && reason === "completed") this.#finish(entry[1], entry[0]);
    else if (entry) this.#forget(entry[0]);
    this.#keys.delete(id);
    this.#droppedIds.delete(id);
  }

  /** @param {Audio} audio */
  #audio(audio) {
    const lost = audio.seq - this.#next;
    this.#next = audio.seq + audio.packets.length;
    report({ type: "audio", packets: audio.packets.length, lost: Math.max(0, lost) });
    if (this.#stale.has(audio.turn)) return;
    if (this.#live.has(audio.turn)) {
      this.#feed(audio);
      return;
    }
    this.#waiting.push(audio);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** @param {Audio} audio */
  #feed({ turn: number, flags, position, packets }) {
    const turn = this.#live.get(number);
    if (!turn || turn.finishing) return;
    for (const [index, packet] of packets.entries()) {
      turn.decoder.decode(packet, position + index * this.#ticks);
    }
    if (flags & LAST) this.#finish(turn, number);
  }

  /**
   * @param {LiveTurn} turn
   * @param {number} number
   */
  #finish(turn, number) {
    if (turn.finishing) return;
    turn.finishing = true;
    turn.decoder.fence(() => {
      this.#port.postMessage({ type: "end", turn: turn.key });
      this.#forget(number);
    });
    void turn.decoder.finish();
  }
}

/** @type {Connection | undefined} */
let connection;

/** @param {WorkerReport} message */
function report(message) {
  postMessage(message);
}

/** @param {Extract<WorkerCommand, {type: "open"}>} command */
function open(command) {
  try {
    connection = new Connection(command);
  } catch (error) {
    report({ type: "closed", opened: false, code: 1006, reason: String(error) });
  }
}

// A socket that the page's policy forbids never closes, since it was never opened.
self.addEventListener("securitypolicyviolation", (event) => {
  const { violatedDirective, blockedURI } = /** @type {SecurityPolicyViolationEvent} */ (event);
  const reason = `the page's policy (${violatedDirective}) forbids ${blockedURI}`;
  report({ type: "closed", opened: false, code: 1006, reason });
});

self.onmessage = (/** @type {MessageEvent<WorkerCommand>} */ { data: command }) => {
  if (command.type === "open") open(command);
  else if (command.type === "send") connection?.send(command.message, command.key);
  else if (command.type === "drop") connection?.drop(command.turns);
  else connection?.close();
};
