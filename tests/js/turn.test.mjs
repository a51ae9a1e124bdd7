import assert from "node:assert/strict";
import { test } from "node:test";

import { emotionCue, markCues } from "../../web/client/cues.js";
import { VoiceError } from "../../web/client/error.js";
import { Speech } from "../../web/client/speech.js";

/** A speech, with what it sends. */
function speech() {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const cancelled = [];
  const made = new Speech(
    "turn-1",
    1,
    (message) => sent.push(message),
    (one) => cancelled.push(one.id),
  );
  return { made, turn: made.turn, sent, cancelled };
}

test("any split of a text sends the same text, and never half a character", () => {
  const text = "Hi 👩‍🚀, 今天😀!";
  for (let cut = 0; cut <= text.length; cut++) {
    const { turn, sent } = speech();
    turn.write(text.slice(0, cut));
    turn.write(text.slice(cut));
    turn.end();
    const pieces = sent.filter((message) => message.type === "turn.text");
    assert.equal(pieces.map((message) => message.text).join(""), text);
    for (const { text: piece } of pieces) assert.doesNotMatch(piece, /\p{Surrogate}/u);
    assert.equal(turn.text, text);
    assert.equal(sent.at(-1).type, "turn.end");
  }
});

test("a long text goes in messages that fit", () => {
  const { turn, sent } = speech();
  const text = "\u0001😀".repeat(30_000);
  turn.write(text);
  assert.equal(sent.map((message) => message.text).join(""), text);
  for (const message of sent) assert.ok(JSON.stringify(message).length < 65_536);
});

test("writing after the end is an error that names the turn", () => {
  const { turn, sent } = speech();
  turn.end();
  turn.end();
  turn.flush();
  assert.deepEqual(sent, [{ type: "turn.end", turn: "turn-1" }]);
  assert.throws(
    () => turn.write("late"),
    (error) => error instanceof VoiceError && error.turn === "turn-1",
  );
});

test("cues come due in order, the expression before the mouth before the word", () => {
  const { made } = speech();
  const word = (/** @type {string} */ text, /** @type {number} */ at) => ({
    text, start_ms: at, end_ms: at + 100, char_start: at, char_end: at + 2,
  });
  made.add(
    markCues({
      type: "marks", event: 1, turn: "turn-1", sentence: 0, exact: true,
      words: [word("a", 0), word("b", 120)],
      visemes: [{ viseme: "aa", start_ms: 0, end_ms: 60, weight: 1 }],
    }),
  );
  made.add([
    emotionCue({
      type: "sentence.started", event: 2, turn: "turn-1", sentence: 0, text: "a b", char_start: 0,
      char_end: 3, emotion: { name: "happy", intensity: 0.7, applied: "happy" }, voice: "v",
      language: "en", start_ms: 0,
    }),
  ]);
  assert.deepEqual(made.advance(119).map((cue) => cue.type), ["emotion", "viseme", "word"]);
  assert.equal(made.nextMs, 120);
  assert.equal(made.advance(120)[0].detail.text, "b");
  assert.equal(made.nextMs, Infinity);
  assert.equal(made.heardChars, 122);
});

test("without the server what was heard is known up to the last word, tags included", () => {
  const { made, turn } = speech();
  turn.write("[happy] 😀 one two");
  made.add(
    markCues({
      type: "marks", event: 1, turn: "turn-1", sentence: 0, exact: true,
      words: [{ text: "one", start_ms: 10, end_ms: 90, char_start: 10, char_end: 13 }],
    }),
  );
  made.advance(50);
  const result = made.estimate("failed");
  assert.equal(result.heardText, "[happy] 😀 one");
  assert.equal(result.unheardText, " two");
});

test("the promise is kept once the server has told and the sound has ended, not before", async () => {
  const { made, turn } = speech();
  made.silent = true;
  assert.equal(made.settle(), false);
  made.result = made.estimate("completed");
  made.silent = false;
  assert.equal(made.settle(), false);
  made.silent = true;
  assert.equal(made.settle(), true);
  assert.equal((await turn.done).reason, "completed");
});
