// A picture of a sheet: its file, what is said of it, and its name for people and for other programs.

import { markedPng } from "./png.js";
import { say } from "./words.js";

const SURE = [[0.99, "sure_no_doubt"], [0.9, "sure"], [0.7, "fairly_sure"], [0.4, "wavers"], [0, "hardly"]];

export class Picture {
  constructor(model, name) {
    Object.assign(this, { model, ...name, draw: 0, label: name.asked, pixels: null, opinion: null, url: null });
  }

  async show(pixels) {
    this.pixels = pixels;
    const png = await this.png();
    this.url = URL.createObjectURL(png);
    return this.url;
  }

  png() {
    return markedPng(this.pixels, this.model.side, this.model.side, this.row());
  }

  forget() {
    if (this.url) URL.revokeObjectURL(this.url);
  }

  get hasClass() {
    return this.label !== null && this.model.knowsClasses;
  }

  get title() {
    return this.hasClass ? this.model.classTexts[this.label] : say("picture");
  }

  get alt() {
    return this.hasClass ? say("picture_alt_of", { ...this, label: this.title }) : say("picture_alt", this);
  }

  // In whole per cent, which never rounds to a certainty; null if it is not known, or means nothing.
  get percent() {
    if (!this.opinion || !this.model.judgesClasses) return null;
    const { probability } = this.opinion;
    return probability >= 0.99 && probability < 1 ? (Math.floor(probability * 1000) / 10).toFixed(1) : (probability * 100).toFixed(0);
  }

  get sure() {
    if (this.percent === null) return "";
    const [, key] = SURE.find(([least]) => this.opinion.probability >= least);
    return say(key, { label: this.title, percent: this.percent });
  }

  get file() {
    const label = this.hasClass && this.model.classes[this.label].replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase();
    return [label, `seed-${this.seed}.png`].filter(Boolean).join("-");
  }

  // What a manifest's row says of it, by which `amgan sample --from` finds it again.
  row() {
    const { model, seed, draw, asked, truncation } = this;
    return {
      model: model.name,
      revision: model.revision,
      seed,
      draw,
      ...(this.label === null ? {} : { class: model.classes[this.label] }),
      asked_class: asked === null ? null : model.classes[asked],
      truncation,
      confidence: null,
    };
  }
}
