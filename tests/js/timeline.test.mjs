import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline } from "../../web/client/timeline.js";

test("before all speech there is no turn", () => {
  assert.deepEqual(new Timeline().at(1000), { turn: 0, played: 0, moving: false });
});

test("the position moves with the frames, and stands in a gap", () => {
  const line = new Timeline();
  line.start(1, 0, 1000);
  line.stop(1500);
  line.start(1, 500, 2000);
  assert.deepEqual(line.at(999), { turn: 0, played: 0, moving: false });
  assert.deepEqual(line.at(1000), { turn: 1, played: 0, moving: true });
  assert.deepEqual(line.at(1499), { turn: 1, played: 499, moving: true });
  assert.deepEqual(line.at(1500), { turn: 1, played: 500, moving: false });
  assert.deepEqual(line.at(1999), { turn: 1, played: 500, moving: false });
  assert.deepEqual(line.at(2100), { turn: 1, played: 600, moving: true });
});

test("the ear is still in the turn before while the player is in the next", () => {
  const line = new Timeline();
  line.start(1, 0, 0);
  line.stop(4800);
  line.start(2, 0, 5000);
  assert.deepEqual(line.at(3000), { turn: 1, played: 3000, moving: true });
  assert.deepEqual(line.at(4900), { turn: 1, played: 4800, moving: false });
  assert.deepEqual(line.at(5010), { turn: 2, played: 10, moving: true });
});

test("a thousand stretches later it still answers, and remembers a bounded number", () => {
  const line = new Timeline();
  for (let turn = 1; turn <= 1000; turn++) {
    line.start(turn, 0, turn * 100);
    line.stop(turn * 100 + 50);
  }
  assert.equal(line.at(100_010).turn, 1000);
  assert.equal(line.at(110).turn, 0);
});
