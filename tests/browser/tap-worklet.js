/* For tests: keeps every sample that it is given, and the frame at which it was marked. */
class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunks = [];
    this.first = -1;
    this.marks = [];
    this.port.onmessage = ({ data }) => {
      if (data.mark) this.marks.push([data.mark, currentFrame]);
      else this.port.postMessage(this.dump());
    };
  }

  dump() {
    const pcm = new Float32Array(this.chunks.length * 128);
    this.chunks.forEach((chunk, index) => pcm.set(chunk, index * 128));
    return { pcm, first: this.first, marks: this.marks };
  }

  process([input]) {
    if (this.first < 0) this.first = currentFrame;
    this.chunks.push(input.length > 0 ? input[0].slice() : new Float32Array(128));
    return true;
  }
}

registerProcessor("tap", Tap);
