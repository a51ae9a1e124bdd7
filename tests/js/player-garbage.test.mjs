// Alone in its file, hence in its process: the garbage of other tests would be counted too.
import assert from "node:assert/strict";
import { PerformanceObserver } from "node:perf_hooks";
import { test } from "node:test";

import { Bench, QUANTUM, RATE, tone } from "./worklet.mjs";

test("process allocates nothing: no garbage is collected in an hour of it", async () => {
  const bench = new Bench({ capacityS: 4000, levelMs: 1e9 });
  bench.player.port.deaf = true;
  const second = tone(1000);
  const speak = (/** @type {number} */ quanta) => {
    for (let i = 0; i < quanta; i++) bench.player.process([], bench.outputs);
  };
  bench.tell({ type: "begin", turn: 1 });
  for (let i = 0; i < 3700; i++) bench.tell({ type: "pcm", turn: 1, pcm: second });
  // Interpreted code boxes its numbers; what counts is the code that runs for hours.
  const warmUp = 300_000;
  speak(warmUp);
  let collected = 0;
  const observer = new PerformanceObserver((list) => (collected += list.getEntries().length));
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  speak((3600 * RATE) / QUANTUM - warmUp);
  const grown = process.memoryUsage().heapUsed - before;
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.disconnect();
  assert.equal(collected, 0);
  assert.ok(grown < 256 * 1024, `${grown} bytes`);
  assert.ok(Math.abs(bench.outputs[0][0][5]) > 0);
});
