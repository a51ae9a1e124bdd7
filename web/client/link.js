/**
 * The connection, seen from the page: the Worker and what it tells.
 *
 * What it is: it starts the Worker, waits for the session, counts packets and puts close
 * codes into words. What it is not: the socket (`worker.js`) or the session's turns
 * (`VoiceClient`, which calls it).
 */
import { VoiceError } from "./error.js";

/**
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./ports.js").WorkerCommand} WorkerCommand
 * @typedef {import("./ports.js").WorkerReport} WorkerReport
 */

const CONNECT_TIMEOUT_MS = 10_000;
/** @type {Record<number, [string, string]>} */
const CLOSED = {
  1001: ["going_away", "The server is shutting down"],
  1008: ["refused", "The server refused the connection"],
  1013: ["at_capacity", "The server has no room for another session now"],
  4400: ["refused", "The server closed the session after too many bad messages"],
  4408: ["idle", "The session was closed because nothing was said for long"],
  4409: ["displaced", "Another connection took the session over"],
};

export class Link {
  /** Packets received, and those missing in their count. */
  packets = 0;
  lost = 0;
  /** @type {(message: ServerMessage) => void} */
  onmessage = () => {};
  /** Something failed; the session goes on. @type {(error: VoiceError) => void} */
  onerror = () => {};
  /** The session is lost. @type {(error: VoiceError) => void} */
  onclose = () => {};

  #worker;
  /** @type {(error: VoiceError | null) => void} */
  #started = () => {};
  #open = false;
  /** What the server said before it closed. @type {VoiceError | null} */
  #fatal = null;

  /** @param {string | URL} workerUrl */
  constructor(workerUrl) {
    this.#worker = new Worker(workerUrl, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#reported(data);
    this.#worker.onerror = () => {
      this.#started(new VoiceError("unreachable", "The client's worker could not be loaded"));
    };
  }

  /**
   * Connect, and wait for the session.
   * @param {string | URL} url of the stream, relative to the page
   * @param {ClientMessage} start
   * @param {MessagePort} port of the player on the audio thread
   * @returns {Promise<void>}
   * @throws {VoiceError} the server can't be reached or refuses
   */
  open(url, start, port) {
    const stream = new URL(url, location.href);
    stream.protocol = stream.protocol.replace("http", "ws");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#started(new VoiceError("unreachable", "The server did not answer"));
      }, CONNECT_TIMEOUT_MS);
      this.#started = (error) => {
        clearTimeout(timer);
        this.#started = () => {};
        this.#open = error === null;
        if (error) reject(error);
        else resolve();
      };
      this.#post({ type: "open", url: stream.href, start, port }, [port]);
    });
  }

  /**
   * @param {ClientMessage} message
   * @param {number} [key] with the message that opens a turn
   */
  send(message, key) {
    this.#post({ type: "send", message, key });
  }

  /** @param {string[]} turns whose decoders shall be closed */
  drop(turns) {
    this.#post({ type: "drop", turns });
  }

  /** Say good-bye; the Worker ends itself when the socket has closed. */
  close() {
    this.#open = false;
    this.#post({ type: "close" });
  }

  /**
   * @param {WorkerCommand} command
   * @param {Transferable[]} [transfer]
   */
  #post(command, transfer = []) {
    this.#worker.postMessage(command, transfer);
  }

  /** @param {WorkerReport} report */
  #reported(report) {
    if (report.type === "message") {
      this.#received(report.message);
    } else if (report.type === "audio") {
      this.packets += report.packets;
      this.lost += report.lost;
    } else if (report.type === "closed") {
      this.#closed(report);
    } else {
      this.onerror(new VoiceError(report.code, report.message, { turn: report.turn }));
    }
  }

  /** @param {ServerMessage} message */
  #received(message) {
    if (message.type === "session.started") this.#started(null);
    if (message.type === "error" && (message.fatal || !this.#open)) {
      const { code, message: text, field, turn, retry_after_ms: retryAfterMs } = message;
      this.#fatal = new VoiceError(code, text, { field, turn, retryAfterMs, fatal: true });
      this.#started(this.#fatal);
    } else {
      this.onmessage(message);
    }
  }

  /** @param {{opened: boolean, code: number, reason: string}} closing */
  #closed({ opened, code, reason }) {
    this.#worker.terminate();
    const [word, text] = CLOSED[code] ?? [
      opened ? "connection_lost" : "unreachable",
      opened ? "The connection to the server was lost" : "The server could not be reached",
    ];
    const told = reason ? `${text}: ${reason}` : text;
    const error = this.#fatal ?? new VoiceError(word, told, { fatal: true });
    if (this.#open) this.onclose(error);
    else this.#started(error);
    this.#open = false;
  }
}
