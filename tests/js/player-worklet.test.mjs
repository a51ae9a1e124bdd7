import assert from "node:assert/strict";
import { test } from "node:test";

import { Bench, QUANTUM, RATE, lastSound, roughness, tone } from "./worklet.mjs";

const MS = RATE / 1000;
/** An edge of 8 ms may be this rough; a click is a hundred times rougher. */
const SMOOTH = 0.008;
/** Where speech breaks off its tail is a mirror image: no jump, but at most this kink. */
const KINK = 0.06;

test("speech comes out sample for sample behind a fade-in of 8 ms", () => {
  const bench = new Bench();
  const pcm = tone(500);
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, pcm);
  bench.tell({ type: "end", turn: 1 });
  bench.render(600);
  const from = bench.told("start")[0].frame;
  assert.deepEqual(bench.heard.slice(from + 8 * MS, from + pcm.length), [...pcm.slice(8 * MS)]);
  assert.ok(roughness(bench.heard) < KINK);
  const [end] = bench.told("end");
  assert.equal(end.played, pcm.length);
  assert.equal(end.frame, from + pcm.length);
  assert.equal(end.underruns, 0);
});

test("it waits for 60 ms before it starts", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(40));
  bench.render(100);
  assert.equal(lastSound(bench.heard), 0);
  bench.feed(1, tone(20, 40 * MS));
  bench.render(20);
  assert.equal(bench.told("start").length, 1);
});

test("a whole sentence or turn starts at once, however short", () => {
  for (const type of ["rest", "end"]) {
    const bench = new Bench();
    bench.tell({ type: "begin", turn: 1 });
    bench.feed(1, tone(20));
    bench.tell({ type, turn: 1 });
    bench.render(10);
    assert.equal(bench.told("start").length, 1, type);
  }
});

test("the first audible sample is told with its frame", () => {
  const bench = new Bench();
  const pcm = tone(200);
  pcm.fill(0.001, 0, 100 * MS);
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, pcm);
  bench.render(300);
  const [start] = bench.told("start");
  const [sound] = bench.told("sound");
  assert.ok(Math.abs(sound.frame - start.frame - 100 * MS) < MS);
});

test("a stop is silent within 8 ms and a quantum, without a click", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(2000));
  bench.render(500);
  const asked = bench.now;
  bench.tell({ type: "stop", turn: 1, all: true, id: 1 });
  bench.render(200);
  assert.ok(lastSound(bench.heard) - asked <= 8 * MS + QUANTUM);
  assert.ok(lastSound(bench.heard) - asked >= 7 * MS);
  assert.ok(roughness(bench.heard) < SMOOTH);
  const [stopped] = bench.told("stopped");
  assert.equal(stopped.turn, 1);
  assert.equal(stopped.stop, 1);
  assert.equal(stopped.played, stopped.frame - bench.told("start")[0].frame);
  assert.equal(stopped.buffered, 0);
});

test("what still comes of a stopped turn is not heard, and the next speaks clean", () => {
  const bench = new Bench();
  const next = new Float32Array(200 * MS).fill(0.25);
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(1000));
  bench.render(300);
  bench.tell({ type: "stop", turn: 1, all: true, id: 1 });
  bench.feed(1, tone(500));
  bench.tell({ type: "drop", turn: 1 });
  bench.tell({ type: "begin", turn: 2 });
  bench.feed(1, tone(500));
  bench.feed(2, next);
  bench.tell({ type: "end", turn: 2 });
  bench.render(400);
  const { frame } = bench.told("start")[1];
  const after = bench.heard.slice(frame, frame + next.length);
  assert.deepEqual(after.slice(8 * MS), [...next.slice(8 * MS)]);
  assert.ok(after.every((sample) => sample >= 0 && sample <= 0.25));
});

test("a turn that begins after it was stopped is not heard either", () => {
  for (const all of [true, false]) {
    const bench = new Bench();
    bench.tell({ type: "stop", turn: 1, all, id: 1 });
    bench.tell({ type: "begin", turn: 1 });
    bench.feed(1, tone(300));
    bench.tell({ type: "end", turn: 1 });
    bench.render(100);
    assert.equal(lastSound(bench.heard), 0, `all: ${all}`);
    assert.equal(bench.told("start").length, 0);
  }
});

test("one turn of the queue can be dropped alone", () => {
  const bench = new Bench();
  for (const turn of [1, 2, 3]) {
    bench.tell({ type: "begin", turn });
    bench.feed(turn, new Float32Array(100 * MS).fill(turn / 10));
    bench.tell({ type: "end", turn });
  }
  bench.render(20);
  bench.tell({ type: "stop", turn: 2, all: false, id: 1 });
  assert.equal(bench.told("stopped")[0].turn, 0);
  bench.render(400);
  assert.deepEqual(bench.told("end").map((report) => report.turn), [1, 3]);
  // The fades of the others pass through it; the turn itself would be 4800 samples.
  assert.ok(bench.heard.filter((sample) => sample === Math.fround(0.2)).length < 10);
});

test("an underrun fades out, is counted, and goes on without a lost sample", () => {
  const bench = new Bench();
  const pcm = tone(300);
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, pcm.slice(0, 100 * MS));
  bench.render(200);
  const [pause] = bench.told("pause");
  assert.equal(pause.dry, true);
  assert.equal(pause.underruns, 1);
  assert.equal(pause.played, 100 * MS);
  assert.ok(lastSound(bench.heard) <= pause.frame + 8 * MS);
  bench.feed(1, pcm.slice(100 * MS));
  bench.tell({ type: "end", turn: 1 });
  bench.render(300);
  assert.ok(roughness(bench.heard) < KINK);
  const again = bench.told("start")[1];
  assert.equal(again.played, 100 * MS);
  const rest = bench.heard.slice(again.frame + 8 * MS, again.frame + 200 * MS);
  assert.deepEqual(rest, [...pcm.slice(108 * MS)]);
  assert.equal(bench.told("end")[0].played, pcm.length);
});

test("each underrun asks for more in advance, up to 400 ms, and each turn for less", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  const thresholds = [];
  for (let i = 0; i < 8; i++) {
    bench.feed(1, tone(400));
    bench.render(450);
    thresholds.push(Math.round(bench.reports.at(-1)?.threshold ?? 0) / MS);
  }
  assert.deepEqual(thresholds.slice(0, 2), [90, 135]);
  assert.equal(thresholds.at(-1), 400);
  bench.tell({ type: "end", turn: 1 });
  bench.render(10);
  assert.equal(bench.told("end")[0].threshold, 360 * MS);
});

test("a gap between two sentences is no underrun", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(100));
  bench.tell({ type: "rest", turn: 1 });
  bench.render(300);
  bench.feed(1, tone(100));
  bench.tell({ type: "end", turn: 1 });
  bench.render(200);
  assert.deepEqual(bench.told("pause").map((report) => report.dry), [false]);
  assert.equal(bench.told("end")[0].underruns, 0);
  assert.equal(bench.told("end")[0].threshold, 60 * MS);
});

test("turns play one after the other, each with its own count of samples", () => {
  const bench = new Bench();
  for (const turn of [4, 5]) {
    bench.tell({ type: "begin", turn });
    bench.feed(turn, tone(150));
    bench.tell({ type: "end", turn });
  }
  bench.render(500);
  assert.deepEqual(bench.told("start").map(({ turn, played }) => [turn, played]), [[4, 0], [5, 0]]);
  assert.deepEqual(
    bench.told("end").map(({ turn, played }) => [turn, played]),
    [[4, 150 * MS], [5, 150 * MS]],
  );
  assert.ok(bench.told("start")[1].frame - bench.told("end")[0].frame <= 8 * MS + 2 * QUANTUM);
});

test("a turn without audio ends at once", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.tell({ type: "end", turn: 1 });
  bench.render(5);
  assert.equal(bench.told("end")[0].played, 0);
  assert.equal(bench.told("start").length, 0);
});

test("a stop while nothing sounds is answered at once", () => {
  const bench = new Bench();
  bench.tell({ type: "stop", turn: 9, all: true, id: 3 });
  assert.deepEqual(
    bench.told("stopped").map(({ turn, stop }) => [turn, stop]),
    [[0, 3]],
  );
});

test("two stops at once are answered together when it is silent", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(500));
  bench.render(100);
  bench.tell({ type: "stop", turn: 1, all: false, id: 1 });
  bench.tell({ type: "stop", turn: 1, all: true, id: 2 });
  assert.equal(bench.told("stopped").length, 0);
  bench.render(20);
  assert.deepEqual(bench.told("stopped").map(({ turn, stop }) => [turn, stop]), [[1, 2]]);
});

test("a stop at the very end of the buffer has no click either", () => {
  const bench = new Bench();
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(100));
  const start = QUANTUM;
  bench.render((100 * MS - start) / MS);
  bench.tell({ type: "stop", turn: 1, all: true, id: 1 });
  const asked = bench.now;
  bench.render(50);
  assert.ok(roughness(bench.heard) < KINK);
  assert.ok(lastSound(bench.heard) - asked <= 8 * MS + QUANTUM);
});

test("what does not fit is dropped and counted, the oldest kept", () => {
  const bench = new Bench({ capacityS: 1 });
  bench.tell({ type: "begin", turn: 1 });
  bench.feed(1, tone(1500));
  bench.render(10);
  assert.equal(bench.reports[0].overflow, 500 * MS);
  bench.tell({ type: "end", turn: 1 });
  bench.render(1200);
  assert.equal(bench.told("end")[0].played, 1000 * MS);
});
