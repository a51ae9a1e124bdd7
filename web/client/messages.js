/**
 * The messages of `dulcet.v1`: their JSON and the bytes of audio messages.
 *
 * What it is: encode and decode, the same in a page, in a Worker and in Node. What it is
 * not: a socket, or the rules on which message may come when. `realtime/PROTOCOL.md` is
 * the authority; `tests/vectors` holds the bytes, which the Python side reads too.
 */

export const SUBPROTOCOL = "dulcet.v1";

/** Flag: the first audio message of its turn. */
export const FIRST = 1;
/** Flag: no audio of this turn follows. */
export const LAST = 2;

/** Bytes in front of the packets. */
const HEADER = 16;
const AUDIO = 1;

/**
 * A binary message: packets of one turn in their order.
 * @typedef {object} Audio
 * @property {number} flags `FIRST`, `LAST`, both or 0
 * @property {number} turn the turn's number, from `turn.started`
 * @property {number} seq number of the first packet in the session
 * @property {number} position 48 kHz ticks from the turn's start to the first packet
 * @property {Uint8Array[]} packets
 */

/**
 * How a turn is to be said; what is absent is the session's.
 * @typedef {object} Delivery
 * @property {string} [voice] id of a voice, from `GET /v1/voices`
 * @property {string} [emotion] a name of the vocabulary: `happy`, `whisper`, …
 * @property {number} [speed] factor, 0.5 to 2
 * @property {number} [pitch] semitones, -12 to 12
 * @property {number} [volume] linear gain made by the server, 0 to 2
 * @property {string} [language] BCP 47 tag, for text whose script does not tell
 * @property {string} [instructions] free words on how to speak, for models that take them
 * @property {number} [seed] the same text and seed give the same sound
 */

/**
 * @typedef {{type: "session.start", voice?: string, model?: string, language?: string,
 *   emotion?: string, speed?: number, audio?: {codec?: string, pace?: string},
 *   marks?: string[]}} SessionStart
 * @typedef {{type: "turn.start", turn: string} & Delivery} TurnStart
 * @typedef {{type: "turn.say", turn: string, text: string} & Delivery} TurnSay
 * @typedef {{type: "turn.text", turn: string, text: string}} TurnText
 * @typedef {{type: "turn.flush" | "turn.end", turn: string}} TurnSignal
 * @typedef {{type: "turn.cancel", turn?: string, played_ms?: number}} TurnCancel
 * @typedef {{type: "playback", turn: string, played_ms: number, buffered_ms?: number,
 *   underruns?: number}} Playback
 * @typedef {{type: "ping", id?: string | number}} Ping
 * @typedef {SessionStart | TurnStart | TurnSay | TurnText | TurnSignal | TurnCancel |
 *   Playback | Ping} ClientMessage
 */

/**
 * @typedef {{text: string, start_ms: number, end_ms: number, char_start: number,
 *   char_end: number}} WordMark
 * @typedef {{viseme: string, start_ms: number, end_ms: number, weight: number}} VisemeMark
 * @typedef {{type: "session.started", event: number, session: string, secret: string,
 *   model: string, voice: string, audio: {codec: string, sample_rate: number,
 *   frame_ms: number, pre_skip: number, pace: string, lead_ms: number, burst_ms: number},
 *   limits: Record<string, number>}} SessionStarted
 * @typedef {{type: "turn.started", event: number, turn: string, number: number,
 *   channel: string}} TurnStarted
 * @typedef {{type: "sentence.started", event: number, turn: string, sentence: number,
 *   text: string, char_start: number, char_end: number, emotion: {name: string,
 *   intensity: number, applied: string}, voice: string, language: string,
 *   start_ms: number}} SentenceStarted
 * @typedef {{type: "marks", event: number, turn: string, sentence: number,
 *   words?: WordMark[], visemes?: VisemeMark[], exact: boolean}} Marks
 * @typedef {{type: "sentence.ended", event: number, turn: string, sentence: number,
 *   end_ms: number}} SentenceEnded
 * @typedef {{type: "turn.sent", event: number, turn: string, audio_ms: number}} TurnSent
 * @typedef {{type: "turn.ended", event: number, turn: string,
 *   reason: "completed" | "cancelled" | "failed", audio_ms: number, heard_ms: number,
 *   heard_text: string, unheard_text: string, session_ms: number}} TurnEnded
 * @typedef {{type: "model.changed", event: number, model: string, previous: string,
 *   voice: string}} ModelChanged
 * @typedef {{type: "error", event: number, code: string, message: string, field?: string,
 *   turn?: string, fatal: boolean, retry_after_ms?: number}} ErrorMessage
 * @typedef {{type: "pong", event: number, id?: string | number}} Pong
 * @typedef {SessionStarted | TurnStarted | SentenceStarted | Marks | SentenceEnded |
 *   TurnSent | TurnEnded | ModelChanged | ErrorMessage | Pong} ServerMessage
 */

/** @type {(keyof Delivery)[]} */
const DELIVERY = [
  "voice", "emotion", "speed", "pitch", "volume", "language", "instructions", "seed",
];

/**
 * Take the fields of a delivery that are given: the server refuses those that it doesn't know.
 * @param {Delivery} options
 * @returns {Delivery}
 */
export function pickDelivery(options) {
  const given = DELIVERY.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/**
 * Write a message as JSON; fields that are `undefined` are left out.
 * @param {ClientMessage | ServerMessage} message
 * @returns {string}
 */
export function encode(message) {
  return JSON.stringify(message);
}

/**
 * Read a message of the server. Unknown types are given back too: a newer server may have
 * more to say, and the caller passes over what it does not know.
 * @param {string} text
 * @returns {ServerMessage}
 * @throws {SyntaxError} it is no JSON object with a `type`
 */
export function decode(text) {
  const message = JSON.parse(text);
  if (typeof message !== "object" || message === null || typeof message.type !== "string") {
    throw new SyntaxError("message without a type");
  }
  return message;
}

/**
 * Write an audio message: the header, then each packet behind its length.
 * @param {Audio} audio
 * @returns {Uint8Array}
 * @throws {RangeError} a number or a packet does not fit its field
 */
export function encodeAudio({ flags, turn, seq, position, packets }) {
  const size = packets.reduce((sum, packet) => sum + 2 + packet.length, HEADER);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, AUDIO);
  view.setUint8(1, fit(flags, 0xff, "flags"));
  view.setUint16(2, fit(packets.length, 0xffff, "packets"));
  view.setUint32(4, fit(turn, 0xffff_ffff, "turn"));
  view.setUint32(8, fit(seq, 0xffff_ffff, "seq"));
  view.setUint32(12, fit(position, 0xffff_ffff, "position"));
  let at = HEADER;
  for (const packet of packets) {
    view.setUint16(at, fit(packet.length, 0xffff, "packet length"));
    bytes.set(packet, at + 2);
    at += 2 + packet.length;
  }
  return bytes;
}

/**
 * Read an audio message. The packets are views into `buffer`, not copies.
 * @param {ArrayBuffer} buffer
 * @returns {Audio}
 * @throws {RangeError} it is cut short, too long, or of another kind
 */
export function decodeAudio(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint8(0) !== AUDIO) {
    throw new RangeError(`no audio message (${buffer.byteLength} bytes)`);
  }
  const packets = [];
  let at = HEADER;
  for (let left = view.getUint16(2); left > 0; left--) {
    const length = view.getUint16(at);
    packets.push(new Uint8Array(buffer, at + 2, length));
    at += 2 + length;
  }
  if (at !== buffer.byteLength) {
    throw new RangeError(`audio message of ${buffer.byteLength} bytes, ${at} read`);
  }
  return {
    flags: view.getUint8(1),
    turn: view.getUint32(4),
    seq: view.getUint32(8),
    position: view.getUint32(12),
    packets,
  };
}

/**
 * @param {number} value
 * @param {number} most
 * @param {string} name
 */
function fit(value, most, name) {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`${name}: ${value} is not in 0..${most}`);
  }
  return value;
}
