/**
 * Writes a text as a language model does: a few characters at a time, unevenly.
 *
 * What it is: a source of deltas for `Turn.write`. What it is not: a language model.
 */

/** About forty tokens of one to six characters a second. */
const DELAY_MS = [12, 38];
const LONGEST = 6;

/**
 * @param {string} text
 * @param {AbortSignal} signal ends it
 * @returns {AsyncGenerator<string, void>}
 */
export async function* type(text, signal) {
  let at = 0;
  while (at < text.length && !signal.aborted) {
    const size = 1 + Math.floor(Math.random() * LONGEST);
    yield text.slice(at, at + size);
    at += size;
    await pause(DELAY_MS[0] + Math.random() * (DELAY_MS[1] - DELAY_MS[0]), signal);
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
