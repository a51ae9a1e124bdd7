/**
 * What page, Worker and audio thread say to each other: types alone.
 *
 * Not the wire protocol, which is `messages.js`. Turns are named here by their `key`, the
 * client's own count of them, which is the order of speech.
 */

/**
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 */

/**
 * From the page to the Worker. A `key` comes with the message that opens a turn.
 * @typedef {{type: "open", url: string, port: MessagePort, start: ClientMessage} |
 *   {type: "send", message: ClientMessage, key?: number} |
 *   {type: "drop", turns: string[]} | {type: "close"}} WorkerCommand
 */

/**
 * From the Worker to the page.
 * @typedef {{type: "message", message: ServerMessage} |
 *   {type: "audio", packets: number, lost: number} |
 *   {type: "closed", opened: boolean, code: number, reason: string} |
 *   {type: "error", code: string, message: string, turn?: string}} WorkerReport
 */

/**
 * From the Worker to the audio thread: a turn begins, its PCM, a sentence of it is whole
 * (`rest`), it is whole (`end`), nothing of it will come any more (`drop`).
 * @typedef {{type: "begin", turn: number} |
 *   {type: "pcm", turn: number, pcm: Float32Array<ArrayBuffer>} |
 *   {type: "rest", turn: number} | {type: "end", turn: number} |
 *   {type: "drop", turn: number}} TurnCommand
 */

/**
 * From the page to the audio thread: the Worker's port, and stops. A stop is of one turn or
 * of `all` up to it, and is answered by `stopped` with the same `id` or a later one's.
 * @typedef {{type: "connect", port: MessagePort} |
 *   {type: "stop", turn: number, all: boolean, id: number}} PlayerCommand
 */

/**
 * From the audio thread to the page: `start` and `pause` of a stretch of speech, the turn's
 * first audible `sound`, its `end`, the answer to a stop, and now and then the `level`.
 * @typedef {object} PlayerReport
 * @property {"start" | "sound" | "pause" | "end" | "stopped" | "level"} type
 * @property {number} turn key of the turn; 0: none
 * @property {number} played samples of the turn
 * @property {number} frame of the audio context at which this holds
 * @property {number} buffered samples waiting, of all turns
 * @property {number} underruns since the start
 * @property {number} overflow samples dropped for want of room
 * @property {number} threshold samples needed for the next start
 * @property {boolean} dry with `pause`: in mid-sentence, so an underrun
 * @property {number} stop with `stopped`: id of the last stop answered
 */

export {};
