/**
 * What this browser lacks, said before anything is opened.
 *
 * What it is: the feature tests of `VoiceClient.connect`. It asks for abilities and never
 * for a browser's name.
 */
import { TurnDecoder } from "./decoder.js";
import { VoiceError } from "./error.js";

/**
 * What can be told at once, so that the audio context can still be made in the click.
 * @throws {VoiceError} `insecure_context`, `no_opus`
 */
export function checkAtOnce() {
  if (!globalThis.isSecureContext) {
    throw new VoiceError(
      "insecure_context",
      "Browsers play live speech on secure pages only: open this page by https or from localhost",
    );
  }
  if (!("AudioDecoder" in globalThis)) throw noOpus();
}

/**
 * @returns {Promise<void>}
 * @throws {VoiceError} `no_opus`
 */
export async function checkOpus() {
  if (!(await TurnDecoder.isSupported())) throw noOpus();
}

function noOpus() {
  return new VoiceError(
    "no_opus",
    "This browser can't decode Opus: use Chrome or Edge 94, Firefox 130, Safari 26, or newer",
  );
}
