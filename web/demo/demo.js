/**
 * The demo page: type a text, hear it, see its words light up.
 *
 * What it is: the wiring between the page's elements and the public client. What it is not:
 * part of the client; everything it does with speech any page can do in the same way.
 */
import { Caption } from "./caption.js";
import { VoiceClient, VoiceError } from "./client/client.js";
import { EXAMPLES } from "./examples.js";
import { type } from "./typist.js";
import { Wave } from "./wave.js";

/**
 * @typedef {{id: string, name: string, languages: string[], gender: string, model: string,
 *   emotions: string[]}} Voice
 */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`the page has no ${kind.name} #${id}`);
  return found;
}

const ui = {
  state: element("state", HTMLElement),
  stateText: element("state-text", HTMLElement),
  stage: element("stage", HTMLElement),
  status: element("status", HTMLElement),
  firstSound: element("first-sound", HTMLElement),
  firstSoundValue: element("first-sound-value", HTMLOutputElement),
  alert: element("alert", HTMLElement),
  composer: element("composer", HTMLFormElement),
  text: element("text", HTMLTextAreaElement),
  examples: element("examples", HTMLElement),
  voice: element("voice", HTMLSelectElement),
  emotion: element("emotion", HTMLSelectElement),
  volume: element("volume", HTMLInputElement),
  typist: element("typist", HTMLInputElement),
  speak: element("speak", HTMLButtonElement),
  stop: element("stop", HTMLButtonElement),
  figures: element("figures", HTMLElement),
};

const client = new VoiceClient();
const caption = new Caption(element("caption", HTMLElement));
const wave = new Wave(element("wave", HTMLCanvasElement));
/** @type {Map<string, Voice>} */
const voices = new Map();
/** Ends the typing of the current text. */
let typing = new AbortController();
/** The turn whose text is shown; events of others are of no interest here. */
let shown = "";
/** What the sentence that is heard sounds like. */
let feeling = "";

/**
 * @param {string} event
 * @param {(detail: any) => void} handler
 */
function on(event, handler) {
  client.addEventListener(event, (told) => handler(/** @type {CustomEvent} */ (told).detail));
}

on("statechange", ({ state }) => showState(state));
on("error", (/** @type {VoiceError} */ error) => showAlert(error.message));
on("speakingstart", ({ turn, firstSoundMs }) => {
  if (turn !== shown) return;
  ui.firstSoundValue.textContent = `${firstSoundMs} ms`;
  ui.firstSound.hidden = false;
  setMode("speaking", `Speaking${feeling}`);
  wave.start(client.analyser);
});
on("speakingend", () => wave.stop());
on("word", ({ turn, charStart, charEnd }) => {
  if (turn === shown) caption.light(charStart, charEnd);
});
on("emotion", ({ turn, name }) => {
  if (turn !== shown) return;
  feeling = name === "neutral" ? "" : `, ${name}`;
  if (ui.stage.dataset.mode === "speaking") ui.status.textContent = `Speaking${feeling}`;
});
on("progress", showFigures);

ui.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  void speak();
});
ui.stop.addEventListener("click", () => void stop());
ui.text.addEventListener("input", allow);
ui.voice.addEventListener("change", listEmotions);
ui.volume.addEventListener("input", () => (client.volume = ui.volume.valueAsNumber));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") void stop();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ui.composer.requestSubmit();
});

/** Say what is in the box; what is being said stops first. */
async function speak() {
  const text = ui.text.value;
  if (text.trim() === "" || ui.speak.disabled) return;
  showAlert("");
  typing.abort();
  const writing = (typing = new AbortController());
  const { signal } = writing;
  try {
    // The first of these happens in the click, as browsers want it.
    await Promise.all([client.connect(), client.interrupt()]);
  } catch {
    return; // told by the event `error`
  }
  if (signal.aborted) return;
  const emotion = ui.emotion.value === "neutral" ? undefined : ui.emotion.value;
  const turn = client.stream({ voice: ui.voice.value, emotion });
  shown = turn.id;
  feeling = "";
  caption.clear();
  ui.firstSound.hidden = true;
  setMode("thinking", "Thinking");
  void turn.done.then((result) => {
    writing.abort();
    showResult(result);
  });
  if (ui.typist.checked) {
    for await (const delta of type(text, signal)) write(turn, delta);
  } else {
    write(turn, text);
  }
  if (!signal.aborted) turn.end();
}

/**
 * @param {import("./client/client.js").Turn} turn
 * @param {string} delta
 */
function write(turn, delta) {
  caption.append(delta);
  turn.write(delta);
}

async function stop() {
  typing.abort();
  await client.interrupt();
}

/** @param {import("./client/client.js").TurnResult} result */
function showResult({ turn, reason, playedMs, heardText }) {
  if (turn !== shown) return;
  const seconds = (playedMs / 1000).toFixed(1);
  caption.finish(heardText);
  if (reason === "completed") setMode("idle", playedMs > 0 ? `Said in ${seconds} s` : "Nothing to say");
  else if (reason === "cancelled") setMode("idle", `Stopped after ${seconds} s`);
  else setMode("idle", "It broke off");
  wave.stop();
  showFigures();
}

/**
 * @param {"idle" | "thinking" | "speaking"} mode
 * @param {string} status
 */
function setMode(mode, status) {
  ui.stage.dataset.mode = mode;
  ui.status.textContent = status;
  ui.stop.disabled = mode === "idle";
}

/** @param {string} message empty: all is well */
function showAlert(message) {
  ui.alert.textContent = message;
  ui.alert.hidden = message === "";
}

/** @param {string} state */
function showState(state) {
  ui.state.dataset.state = state;
  const model = [...voices.values()][0]?.model ?? "";
  /** @type {Record<string, string>} */
  const words = { connected: "connected", connecting: "connecting", disconnected: "ready" };
  ui.stateText.textContent = `${model}, ${words[state]}`;
}

function showFigures() {
  const { firstSoundMs, bufferedMs, underruns, packets, latencyMs } = client.stats();
  const rows = [
    ["First sound", `${firstSoundMs} ms`],
    ["Waiting to be played", `${bufferedMs} ms`],
    ["Interruptions by the network", `${underruns}`],
    ["Packets received", `${packets}`],
    ["Delay of the audio device", `${latencyMs} ms`],
  ];
  ui.figures.replaceChildren(
    ...rows.flatMap(([name, value]) => [text("dt", name), text("dd", value)]),
  );
}

/**
 * @param {string} tag
 * @param {string} content
 */
function text(tag, content) {
  const node = document.createElement(tag);
  node.textContent = content;
  return node;
}

function allow() {
  ui.speak.disabled = voices.size === 0 || ui.text.value.trim() === "";
}

/** @param {string} id @param {string} label */
function option(id, label) {
  return new Option(label, id);
}

/** The emotions of the chosen voice; what it has none of is not offered. */
function listEmotions() {
  const emotions = voices.get(ui.voice.value)?.emotions ?? [];
  const chosen = ui.emotion.value;
  const names = emotions.includes("neutral") ? emotions : ["neutral", ...emotions];
  ui.emotion.replaceChildren(
    ...names.map((name) => option(name, name[0].toUpperCase() + name.slice(1))),
  );
  if (emotions.includes(chosen)) ui.emotion.value = chosen;
  ui.emotion.disabled = names.length < 2;
}

/** Ask for the voices until the model is there. */
async function loadVoices() {
  for (;;) {
    const response = await fetch("v1/voices").catch(() => null);
    if (response?.ok) {
      const { voices: listed } = await response.json();
      for (const voice of listed) voices.set(voice.id, voice);
      return;
    }
    ui.stateText.textContent = response ? "The model is loading" : "The server is not there";
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** @param {Voice} voice */
function describe({ name, languages }) {
  const known = new Intl.DisplayNames(["en"], { type: "language" });
  return `${name} (${languages.map((language) => known.of(language)).join(", ")})`;
}

for (const { label, text: example } of EXAMPLES) {
  const button = text("button", label);
  button.setAttribute("type", "button");
  button.addEventListener("click", () => {
    ui.text.value = example;
    allow();
    void speak();
  });
  ui.examples.append(button);
}
ui.text.value ||= EXAMPLES[2].text;
showFigures();
await loadVoices();
ui.voice.replaceChildren(...[...voices.values()].map((voice) => option(voice.id, describe(voice))));
ui.voice.disabled = false;
listEmotions();
showState(client.state);
allow();
