/**
 * The Opus decoder of one turn, by WebCodecs.
 *
 * What it is: packets in, 48 kHz mono PCM out, without the encoder's pre-skip, and fences
 * that are passed when all before them came out. What it is not: a socket or a queue. The
 * Worker makes one a turn and closes it on cancel, so that nothing stale can come out.
 *
 * It passes no OpusHead: engines disagree on what its pre-skip does to the first frame and
 * to the time stamps, so the samples are dropped here.
 */
export class TurnDecoder {
  /** @type {AudioDecoder | null} */
  #decoder = null;
  #skip;
  #onPcm;
  #onError;
  #submitted = 0;
  #emitted = 0;
  /** @type {{after: number, pass: () => void}[]} */
  #fences = [];

  /**
   * @param {number} preSkip samples at 48 kHz to drop at the start
   * @param {(pcm: Float32Array<ArrayBuffer>) => void} onPcm
   * @param {(message: string) => void} onError a packet could not be decoded; the next are
   */
  constructor(preSkip, onPcm, onError) {
    this.#skip = preSkip;
    this.#onPcm = onPcm;
    this.#onError = onError;
    this.#open();
  }

  /**
   * Tell whether this browser decodes Opus.
   * @returns {Promise<boolean>}
   */
  static async isSupported() {
    if (!("AudioDecoder" in globalThis)) return false;
    try {
      return (await AudioDecoder.isConfigSupported(CONFIG)).supported === true;
    } catch {
      return false;
    }
  }

  /**
   * @param {Uint8Array} packet
   * @param {number} position 48 kHz ticks from the turn's start
   */
  decode(packet, position) {
    // An empty packet would close the decoder.
    if (!this.#decoder || packet.length === 0) return;
    this.#submitted++;
    const timestamp = Math.round((position / 48) * 1000);
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: packet }));
  }

  /**
   * Call back when all packets so far have come out.
   * @param {() => void} pass
   */
  fence(pass) {
    this.#fences.push({ after: this.#submitted, pass });
    this.#passFences();
  }

  /** Let out what the decoder still holds, then pass every fence and close. */
  async finish() {
    try {
      await this.#decoder?.flush();
    } catch {
      return; // closed meanwhile, or a bad packet, which `#fail` has told
    }
    this.#emitted = this.#submitted;
    this.#passFences();
    this.close();
  }

  /** Nothing comes out any more. */
  close() {
    this.#fences = [];
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }

  #open() {
    this.#decoder = new AudioDecoder({
      output: (data) => this.#emit(data),
      error: (error) => this.#fail(error),
    });
    this.#decoder.configure(CONFIG);
  }

  /** @param {AudioData} data */
  #emit(data) {
    this.#emitted++;
    const drop = Math.min(this.#skip, data.numberOfFrames);
    this.#skip -= drop;
    const pcm = new Float32Array(data.numberOfFrames - drop);
    if (pcm.length > 0) {
      data.copyTo(pcm, { planeIndex: 0, frameOffset: drop, format: "f32-planar" });
      this.#onPcm(pcm);
    }
    data.close();
    this.#passFences();
  }

  #passFences() {
    while (this.#fences.length > 0 && this.#fences[0].after <= this.#emitted) {
      this.#fences.shift()?.pass();
    }
  }

  /**
   * The browser has closed the decoder: go on with a new one after the bad packet.
   * @param {DOMException} error
   */
  #fail(error) {
    if (!this.#decoder) return;
    this.#emitted = this.#submitted;
    this.#open();
    this.#onError(error.message);
    this.#passFences();
  }
}

/** The output is 48 kHz whatever the encoder's rate was. */
const CONFIG = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };
