/**
 * The picture of the voice: bars that follow the sound.
 *
 * What it is: it draws an `AnalyserNode` on a canvas while it is told to. What it is not: a
 * measure; it is there to look at.
 */

const BAR = 4;
const GAP = 4;
/** Bars fall slower than they rise, as the eye likes it. */
const FALL = 0.86;

export class Wave {
  #canvas;
  #context;
  /** @type {AnalyserNode | null} */
  #analyser = null;
  #samples = new Float32Array(2048);
  #levels = new Float32Array(0);
  #running = false;

  /** @param {HTMLCanvasElement} canvas its colour is the CSS `color` */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** @param {AnalyserNode | null} analyser */
  start(analyser) {
    this.#analyser = analyser;
    if (this.#running) return;
    this.#running = true;
    requestAnimationFrame(() => this.#frame());
  }

  /** Let the bars fall, and rest. */
  stop() {
    this.#running = false;
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    const scale = devicePixelRatio || 1;
    this.#canvas.width = Math.round(clientWidth * scale);
    this.#canvas.height = Math.round(clientHeight * scale);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#levels = new Float32Array(Math.max(1, Math.floor((clientWidth + GAP) / (BAR + GAP))));
    this.#draw();
  }

  #frame() {
    this.#measure();
    this.#draw();
    if (this.#running || this.#levels.some((level) => level > 0.01)) {
      requestAnimationFrame(() => this.#frame());
    } else {
      this.#levels.fill(0);
      this.#draw();
    }
  }

  /** The middle is now; the past runs to both sides. */
  #measure() {
    let level = 0;
    if (this.#running && this.#analyser) {
      this.#analyser.getFloatTimeDomainData(this.#samples);
      let sum = 0;
      for (const sample of this.#samples) sum += sample * sample;
      level = Math.min(1, 3.2 * Math.sqrt(sum / this.#samples.length));
    }
    const levels = this.#levels;
    const middle = levels.length >> 1;
    for (let i = levels.length - 1; i > middle; i--) levels[i] = levels[i - 1] * 0.985;
    for (let i = 0; i < middle; i++) levels[i] = levels[i + 1] * 0.985;
    levels[middle] = Math.max(level, levels[middle] * FALL);
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#context;
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(this.#canvas).color;
    const count = this.#levels.length;
    const left = (width - count * (BAR + GAP) + GAP) / 2;
    for (let i = 0; i < count; i++) {
      const edge = Math.abs(i / Math.max(1, count - 1) - 0.5) * 2;
      const tall = Math.max(BAR, this.#levels[i] * height * (1 - 0.5 * edge));
      context.globalAlpha = 0.25 + 0.75 * (1 - edge) ** 0.8;
      context.beginPath();
      context.roundRect(left + i * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
      context.fill();
    }
  }
}
