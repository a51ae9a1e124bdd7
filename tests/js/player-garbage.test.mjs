// Alone in its file, hence in its process: the garbage of other tests would be counted too.
import assert from "node:assert/strict";
import { PerformanceObserver } from "node:perf_hooks";
import { test } from "node:test";

import { Bench, QUANTUM, RATE, tone } from "./worklet.mjs";

/** Ten minutes of sound: an object a call would be megabytes. */
const ROUND = (600 * RATE) / QUANTUM;
const ROUNDS = 6;

test("process allocates nothing: ten minutes of speech leave no garbage", async () => {
  const bench = new Bench({ capacityS: 4000, levelMs: 1e9 });
  bench.player.port.deaf = true;
  const second = tone(1000);
  bench.tell({ type: "begin", turn: 1 });
  for (let i = 0; i < 600 * ROUNDS + 60; i++) bench.tell({ type: "pcm", turn: 1, pcm: second });
  let collected = 0;
  const observer = new PerformanceObserver((list) => (collected += list.getEntries().length));
  observer.observe({ entryTypes: ["gc"] });
  const rounds = [];
  // Code that is not compiled yet boxes its numbers, and when it is compiled the machine
  // decides: one clean round shows that the code itself leaves nothing.
  for (let round = 0; round < ROUNDS; round++) {
    const [before, already] = [process.memoryUsage().heapUsed, collected];
    for (let i = 0; i < ROUND; i++) bench.player.process([], bench.outputs);
    const grown = process.memoryUsage().heapUsed - before;
    await new Promise((resolve) => setTimeout(resolve, 20)); // the observer is told late
    rounds.push(collected === already && grown < 64 * 1024);
  }
  observer.disconnect();
  assert.ok(rounds.includes(true), `${collected} collections`);
  assert.equal(bench.player.underruns, 0);
});
