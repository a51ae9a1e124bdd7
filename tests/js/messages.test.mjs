import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, decodeAudio, encode, encodeAudio } from "../../web/client/messages.js";

/**
 * @param {string} name
 * @returns {any[]}
 */
function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
}

/** @param {string} hex */
function bytes(hex) {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

for (const { name, hex, packets, ...fields } of vectors("audio")) {
  test(`audio message round-trips to the same bytes: ${name}`, () => {
    const audio = decodeAudio(bytes(hex).buffer);
    assert.deepEqual(
      { ...audio, packets: audio.packets.map((packet) => Buffer.from(packet).toString("hex")) },
      { ...fields, packets },
    );
    assert.equal(Buffer.from(encodeAudio(audio)).toString("hex"), hex);
  });
}

for (const { name, hex } of vectors("bad_audio")) {
  test(`bad audio message is refused: ${name}`, () => {
    assert.throws(() => decodeAudio(bytes(hex).buffer), RangeError);
  });
}

test("JSON messages of both sides round-trip to the same bytes", () => {
  const all = [...vectors("client"), ...vectors("server")];
  assert.ok(all.length > 10);
  for (const { text } of all) {
    assert.equal(encode(decode(text)), text);
  }
});

test("a message without a type is refused", () => {
  for (const text of ["", "[]", "null", '"turn.end"', "{}", '{"type":1}', '{"type":"x"']) {
    assert.throws(() => decode(text), SyntaxError);
  }
});

test("a number that does not fit its field is refused", () => {
  const audio = { flags: 0, turn: 1, seq: 2, position: 3, packets: [new Uint8Array([0x78])] };
  for (const bad of [{ turn: 2 ** 32 }, { seq: -1 }, { position: 0.5 }, { flags: 256 }]) {
    assert.throws(() => encodeAudio({ ...audio, ...bad }), RangeError);
  }
  assert.throws(() => encodeAudio({ ...audio, packets: [new Uint8Array(65536)] }), RangeError);
});
