// The real Worker and decoder in Node: only the browser around them is replaced.
import assert from "node:assert/strict";
import { test } from "node:test";

import { FIRST, LAST, encodeAudio } from "../../web/client/messages.js";

const FRAME = 960;
const PRE_SKIP = 312;
/** A packet that the stub decoder takes for broken. */
const BROKEN = 255;

const scope = /** @type {any} */ (globalThis);
scope.self = scope;
scope.addEventListener = () => {};
/** @type {any[]} */
let reports = [];
scope.postMessage = (/** @type {any} */ message) => reports.push(message);
scope.EncodedAudioChunk = class {
  /** @param {{data: Uint8Array}} init */
  constructor({ data }) {
    this.data = data;
  }
};
/** @type {any} */
let socket;
scope.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  /** @type {any[]} */
  sent = [];
  constructor() {
    socket = this;
  }
  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
};
/** @type {any[]} */
let decoders = [];
/** Gives a frame full of the packet's first byte, a little later, as a browser does. */
scope.AudioDecoder = class {
  state = "unconfigured";
  /** @type {Promise<void>} */
  work = Promise.resolve();
  /** @param {any} callbacks */
  constructor(callbacks) {
    this.callbacks = callbacks;
    decoders.push(this);
  }
  configure() {
    this.state = "configured";
  }
  /** @param {{data: Uint8Array}} chunk */
  decode({ data }) {
    const [value] = data;
    this.work = this.work.then(() => {
      if (this.state === "closed") return;
      if (value === BROKEN) {
        this.state = "closed";
        this.callbacks.error(new Error("broken packet"));
        return;
      }
      this.callbacks.output({
        numberOfFrames: FRAME,
        copyTo: (/** @type {Float32Array} */ pcm) => pcm.fill(value),
        close() {},
      });
    });
  }
  async flush() {
    await this.work;
    if (this.state === "closed") throw new Error("closed");
  }
  close() {
    this.state = "closed";
  }
};
await import(new URL("../../web/client/worker.js", import.meta.url).href);

/** A connection whose session has started, with what it posts to the player. */
class Session {
  /** @type {any[]} */
  played = [];
  #seq = 0;

  constructor() {
    reports = [];
    decoders = [];
    const port = { postMessage: (/** @type {any} */ message) => this.played.push(message) };
    command({ type: "open", url: "ws://here/", start: { type: "session.start" }, port });
    socket.onopen();
    const audio = { pre_skip: PRE_SKIP, frame_ms: 20 };
    this.tell({ type: "session.started", audio });
  }

  /** @param {object} message of the server */
  tell(message) {
    socket.onmessage({ data: JSON.stringify(message) });
  }

  /** @param {number} key */
  open(key) {
    command({ type: "send", message: { type: "turn.start", turn: `turn-${key}` }, key });
  }

  /** @param {number} turn @param {number[]} values one a packet @param {number} [flags] */
  audio(turn, values, flags = 0) {
    const packets = values.map((value) => Uint8Array.of(value, 1));
    const bytes = encodeAudio({ flags, turn, seq: this.#seq, position: 0, packets });
    this.#seq += packets.length;
    socket.onmessage({ data: bytes.buffer });
  }

  /** What was posted of a turn: the value and length of each chunk, or the kind of message. */
  of(/** @type {number} */ key) {
    return this.played
      .filter((message) => message.turn === key)
      .map(({ type, pcm }) => (type === "pcm" ? [pcm[0], pcm.length] : type));
  }
}

/** @param {object} data */
function command(data) {
  scope.onmessage({ data });
}

/** @returns {Promise<void>} when the decoders have nothing left to do */
function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

test("the session is asked for as soon as the socket is open", () => {
  new Session();
  assert.deepEqual(socket.sent, [{ type: "session.start" }]);
});

test("each turn has a decoder of its own, whose pre-skip is dropped", async () => {
  const session = new Session();
  for (const key of [1, 2]) {
    session.open(key);
    session.tell({ type: "turn.started", turn: `turn-${key}`, number: key + 6 });
    session.audio(key + 6, [key, key], FIRST);
    session.audio(key + 6, [key], LAST);
  }
  await settled();
  for (const key of [1, 2]) {
    const whole = [key, FRAME];
    assert.deepEqual(session.of(key), ["begin", [key, FRAME - PRE_SKIP], whole, whole, "end"]);
  }
  assert.equal(decoders.length, 2);
  assert.ok(decoders.every((decoder) => decoder.state === "closed"));
});

test("packets of an unknown number wait for their turn", async () => {
  const session = new Session();
  session.open(1);
  session.audio(7, [5], FIRST);
  session.audio(7, [6]);
  await settled();
  assert.deepEqual(session.played, []);
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [7], LAST);
  await settled();
  assert.deepEqual(session.of(1), ["begin", [5, FRAME - PRE_SKIP], [6, FRAME], [7, FRAME], "end"]);
});

test("nothing of a dropped turn comes out, not even what is in the decoder", async () => {
  const session = new Session();
  session.open(1);
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [1, 2, 3], FIRST);
  command({ type: "drop", turns: ["turn-1"] });
  session.audio(7, [4]);
  await settled();
  assert.deepEqual(session.of(1), ["begin", "drop"]);
});

test("a turn that is dropped before it has started never begins", async () => {
  const session = new Session();
  session.open(1);
  session.open(2);
  command({ type: "drop", turns: ["turn-1"] });
  session.audio(7, [1], FIRST);
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [2]);
  session.tell({ type: "turn.started", turn: "turn-2", number: 8 });
  session.audio(8, [3], FIRST | LAST);
  await settled();
  assert.deepEqual(session.of(1), ["drop"]);
  assert.deepEqual(session.of(2), ["begin", [3, FRAME - PRE_SKIP], "end"]);
});

test("late packets of a turn that was cancelled or failed are dropped", async () => {
  for (const reason of ["cancelled", "failed"]) {
    const session = new Session();
    session.open(1);
    session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
    session.tell({ type: "turn.ended", turn: "turn-1", reason });
    session.audio(7, [1]);
    await settled();
    assert.deepEqual(session.of(1), ["begin"]);
  }
});

test("a sentence rests when all of it has come out, and the turn ends after that", async () => {
  const session = new Session();
  session.open(1);
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [1, 2], FIRST);
  session.tell({ type: "sentence.ended", turn: "turn-1", sentence: 0, end_ms: 40 });
  session.tell({ type: "turn.ended", turn: "turn-1", reason: "completed" });
  await settled();
  assert.deepEqual(session.of(1), ["begin", [1, FRAME - PRE_SKIP], [2, FRAME], "rest", "end"]);
});

test("a broken packet is told, and the rest is decoded by a new decoder", async () => {
  const session = new Session();
  session.open(1);
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [1, BROKEN], FIRST);
  await settled();
  session.audio(7, [3], LAST);
  await settled();
  assert.deepEqual(session.of(1), ["begin", [1, FRAME - PRE_SKIP], [3, FRAME], "end"]);
  const [error] = reports.filter((message) => message.type === "error");
  assert.deepEqual([error.code, error.turn], ["decode_failed", "turn-1"]);
  assert.equal(decoders.length, 2);
});

test("a message that is none is told, and the session goes on", async () => {
  const session = new Session();
  session.open(1);
  socket.onmessage({ data: "{" });
  socket.onmessage({ data: new Uint8Array(5).buffer });
  session.tell({ type: "turn.started", turn: "turn-1", number: 7 });
  session.audio(7, [1], FIRST | LAST);
  await settled();
  const codes = reports.filter((message) => message.type === "error").map(({ code }) => code);
  assert.deepEqual(codes, ["bad_message", "bad_message"]);
  assert.deepEqual(session.of(1), ["begin", [1, FRAME - PRE_SKIP], "end"]);
});

test("packets are counted, and those that are missing", () => {
  const session = new Session();
  session.open(1);
  session.audio(7, [1, 2], FIRST);
  const packets = [Uint8Array.of(1)];
  const late = encodeAudio({ flags: 0, turn: 7, seq: 5, position: 0, packets });
  socket.onmessage({ data: late.buffer });
  const counts = reports.filter((message) => message.type === "audio");
  assert.deepEqual(counts.map(({ packets: count, lost }) => [count, lost]), [[2, 0], [1, 3]]);
});
