/**
 * A text whose words light up as they are spoken.
 *
 * What it is: it shows a turn's raw text, tags as small labels, and marks what was heard by
 * positions in code points, as the client's `word` events give them. What it is not: a
 * clock; the page calls it on each event.
 */

/** A tag as the server understands it; other brackets are ordinary text and stay so. */
const TAG = new RegExp(
  "\\[(?:neutral|happy|excited|sad|angry|fearful|surprised|disgusted|calm|gentle|serious|" +
    "whisper|laughter|breath|sigh|pause)(?::[\\w.]+)?\\]|\\[/\\]|[\\[【]\\p{Script=Han}{2,4}[\\]】]|" +
    "</?(?:emotion|expr|mstts:express-as|break)\\b[^<>]*>",
  "giu",
);

/**
 * @typedef {object} Leaf
 * @property {number} start code points
 * @property {number} end
 * @property {string} text
 * @property {HTMLElement} node
 */

export class Caption {
  #element;
  /** @type {Leaf[]} */
  #leaves = [];
  /** Leaves before it were heard. */
  #heard = 0;
  /** The word that is spoken now. @type {HTMLElement[]} */
  #now = [];

  /** @param {HTMLElement} element it fills it */
  constructor(element) {
    this.#element = element;
  }

  /** Begin with an empty text. */
  clear() {
    this.#element.replaceChildren();
    this.#leaves = [];
    this.#heard = 0;
    this.#now = [];
  }

  /** @param {string} delta more of the turn's raw text */
  append(delta) {
    // The last leaf may hold the first half of a tag: cut it anew.
    const last = this.#leaves.length > this.#heard ? this.#leaves.pop() : undefined;
    last?.node.remove();
    const text = (last?.text ?? "") + delta;
    let at = 0;
    let start = last?.start ?? this.#leaves.at(-1)?.end ?? 0;
    const add = (/** @type {string} */ piece, /** @type {string} */ kind) => {
      if (piece === "" && kind !== "text") return;
      const leaf = makeLeaf(piece, start, kind);
      this.#leaves.push(leaf);
      this.#element.append(leaf.node);
      start = leaf.end;
    };
    for (const match of text.matchAll(TAG)) {
      add(text.slice(at, match.index), "text");
      add(match[0], "tag");
      at = match.index + match[0].length;
    }
    add(text.slice(at), "text");
  }

  /**
   * A word is being spoken.
   * @param {number} start code points
   * @param {number} end
   */
  light(start, end) {
    this.#split(start);
    this.#split(end);
    for (const node of this.#now) node.classList.remove("now");
    this.#now = [];
    for (; this.#heard < this.#leaves.length; this.#heard++) {
      const leaf = this.#leaves[this.#heard];
      if (leaf.start >= end) break;
      leaf.node.classList.add("heard");
      if (leaf.start >= start) this.#now.push(leaf.node);
    }
    for (const node of this.#now) node.classList.add("now");
    if (this.#now.length > 0) this.#show(this.#now[0]);
  }

  /**
   * Nothing more is spoken: show how far it came.
   * @param {string} heardText
   */
  finish(heardText) {
    const heard = Array.from(heardText).length;
    this.#split(heard);
    for (const { node, end } of this.#leaves) {
      node.classList.remove("now");
      node.classList.toggle("heard", end <= heard);
      node.classList.toggle("unheard", end > heard);
    }
  }

  /** @param {number} position code points; a leaf ends there afterwards */
  #split(position) {
    const index = this.#leaves.findIndex(({ start, end }) => start < position && position < end);
    if (index < 0) return;
    const { start, text, node } = this.#leaves[index];
    const characters = Array.from(text);
    const cut = position - start;
    const head = makeLeaf(characters.slice(0, cut).join(""), start, node.className);
    const tail = makeLeaf(characters.slice(cut).join(""), position, node.className);
    node.replaceWith(head.node, tail.node);
    this.#leaves.splice(index, 1, head, tail);
  }

  /** @param {HTMLElement} node scrolled into the middle, within the caption alone */
  #show(node) {
    const box = this.#element;
    const middle = node.offsetTop - box.offsetTop - box.clientHeight / 2;
    if (Math.abs(box.scrollTop - middle) > box.clientHeight / 4) box.scrollTop = middle;
  }
}

/**
 * @param {string} text
 * @param {number} start
 * @param {string} kind
 * @returns {Leaf}
 */
function makeLeaf(text, start, kind) {
  const node = document.createElement("span");
  node.className = kind;
  node.textContent = text;
  return { start, end: start + Array.from(text).length, text, node };
}
