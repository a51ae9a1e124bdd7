/* For tests, run before the page's own scripts: taps the player's node and watches words.
   The page's code runs as it is; only `AudioWorkletNode` is seen when it is made. The tap's own
   script is in `tapWorklet`: it comes as a blob, since worklets are out of Playwright's routes. */
(() => {
  const watch = { taps: [], lit: [], underruns: 0 };
  globalThis.watch = watch;

  const addModule = AudioWorklet.prototype.addModule;
  AudioWorklet.prototype.addModule = async function (...given) {
    const source = new Blob([globalThis.tapWorklet], { type: "text/javascript" });
    await addModule.call(this, URL.createObjectURL(source));
    return addModule.apply(this, given);
  };

  const Node = AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Node {
    constructor(context, name, options) {
      super(context, name, options);
      const tap = new Node(context, "tap");
      this.connect(tap).connect(context.destination);
      watch.taps.push(tap);
      this.port.addEventListener("message", ({ data }) => {
        if (data.type === "pause" && data.dry) watch.underruns++;
      });
      const post = this.port.postMessage.bind(this.port);
      this.port.postMessage = (message, transfer) => {
        if (message.type === "stop") tap.port.postMessage({ mark: "stop" });
        post(message, transfer ?? []);
      };
    }
  };

  watch.dump = async () => {
    const tap = watch.taps.at(-1);
    const dump = await new Promise((resolve) => {
      tap.port.onmessage = ({ data }) => resolve(data);
      tap.port.postMessage({});
    });
    const bytes = new Uint8Array(dump.pcm.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return { pcm: btoa(text), first: dump.first, marks: dump.marks, underruns: watch.underruns };
  };

  // Each word that lights up, once.
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.classList?.contains("now") && !target.watched) {
        target.watched = true;
        watch.lit.push([target.textContent, target.className]);
      }
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["class"] });
})();
