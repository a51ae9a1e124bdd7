/**
 * What went wrong, for programs (`code`) and for people (`message`).
 *
 * Codes of the client itself: `insecure_context`, `no_opus`, `no_worklet`, `audio_blocked`,
 * `unreachable`, `refused`, `at_capacity`, `idle`, `displaced`, `going_away`,
 * `connection_lost`, `closed`, `decode_failed`, `bad_message`, `not_connected`,
 * `turn_ended`. All others come from the server and are listed in `realtime/PROTOCOL.md`.
 */
export class VoiceError extends Error {
  /**
   * @param {string} code a stable word
   * @param {string} message one sentence, with the cure where there is one
   * @param {{turn?: string, field?: string, fatal?: boolean, retryAfterMs?: number}} [more]
   */
  constructor(code, message, more = {}) {
    super(message);
    this.name = "VoiceError";
    this.code = code;
    /** Id of the turn it is about. */
    this.turn = more.turn;
    /** The field of the message at fault. */
    this.field = more.field;
    /** The connection is of no use any more. */
    this.fatal = more.fatal ?? false;
    /** When trying again makes sense, in milliseconds. */
    this.retryAfterMs = more.retryAfterMs;
  }
}
