// A morph from one picture to another: its frames are drawn one by one, played, and scrubbed with a slider.

import { element, saveAs } from "./elements.js";
import { markedPng } from "./png.js";
import { say } from "./words.js";

const MILLISECONDS = 80;

export class Morphing {
  constructor(model, artist, { said }) {
    Object.assign(this, { model, artist, said, frames: [], urls: [], frame: 0, count: 0, playing: null });
    element("play").onclick = () => (this.playing ? this.pause() : this.play());
    element("scrub").oninput = () => {
      this.pause();
      this.show(element("scrub").valueAsNumber);
    };
    element("download-strip").onclick = () => this.saveStrip();
  }

  draw({ ends, truncation, frames, line, loop }) {
    this.forget();
    this.count = frames;
    this.loops = loop;
    element("scrub").max = frames - 1;
    element("download-strip").disabled = true;
    const names = ends.map(({ seed, asked }) => ({ seed, asked, truncation }));
    this.artist.ask("morph", { names, count: frames, line, loop }, async ({ index, pixels, end, notFound, problem, done }) => {
      if (problem) return this.said(say("cannot_draw", { problem }), true);
      if (notFound) return this.said(say("end_not_drawn", { seed: names[end].seed, label: this.model.classTexts[names[end].asked] }), true);
      if (done) return this.whole();
      const { urls } = this;
      this.frames[index] = pixels;
      urls[index] = URL.createObjectURL(await markedPng(pixels, this.model.side, this.model.side));
      if (urls === this.urls && !this.playing) this.show(index);
    });
  }

  whole() {
    element("download-strip").disabled = false;
    this.said("");
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches && !element("morph").hidden) this.play();
  }

  forget() {
    this.pause();
    this.urls.forEach((url) => URL.revokeObjectURL(url));
    this.frames = [];
    this.urls = [];
  }

  show(frame) {
    if (!this.urls[frame]) return;
    this.frame = frame;
    const spoken = say("frame_of", { frame: frame + 1, frames: this.count });
    Object.assign(element("stage"), { src: this.urls[frame], alt: spoken });
    element("scrub").value = frame;
    element("scrub").setAttribute("aria-valuetext", spoken);
    element("frame").textContent = spoken;
  }

  // From the first frame to the last, and back unless the last is beside the first.
  play() {
    let step = 1;
    element("play").textContent = say("pause");
    this.playing = setInterval(() => {
      if (this.loops) return this.show((this.frame + 1) % this.count);
      if (this.frame + step < 0 || this.frame + step >= this.count) step = -step;
      return this.show(this.frame + step);
    }, MILLISECONDS);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = null;
    element("play").textContent = say("play");
  }

  async saveStrip() {
    const { side, channels } = this.model;
    const row = side * channels;
    const strip = new Uint8Array(row * side * this.count);
    this.frames.forEach((pixels, i) => {
      for (let y = 0; y < side; y += 1) strip.set(pixels.subarray(y * row, (y + 1) * row), (y * this.count + i) * row);
    });
    saveAs(await markedPng(strip, side * this.count, side), "morph.png");
  }
}
