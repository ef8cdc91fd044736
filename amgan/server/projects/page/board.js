// What is known of the labels, and what is done to them. "labels" is heard when those are new, "help" when that is, and
// "select" when others are selected.

import { showTrouble } from "./dom.js";
import { say } from "./words.js";

const HELP_MILLISECONDS = 250; // nothing is worked out between two acts that follow each other at once

export class Board extends EventTarget {
  constructor(project) {
    super();
    this.project = project;
    this.labels = null; // photos, groups, classes
    this.help = null; // proposals, doubts, problems; null until they are worked out
    this.isWorking = true; // whether they are of before the last act
    this.selected = new Set();
    this.said = ""; // what was done last
    this.timer = null;
    this.round = 0;
  }

  // Asks what there is; false as long as the photos are not looked at.
  async refresh() {
    const labels = await this.project.ask("labels");
    if (!labels.ready) return false;
    this.labels = labels;
    this.selected = new Set([...this.selected].filter((photo) => photo in labels.photos));
    this.isWorking = true;
    this.dispatchEvent(new Event("labels"));
    clearTimeout(this.timer);
    this.round += 1;
    this.timer = setTimeout(() => this.#ask(), HELP_MILLISECONDS);
    return true;
  }

  async #ask() {
    const round = (this.round += 1);
    try {
      const help = await this.project.ask("labels/help");
      if (round === this.round) this.help = { ...help, doubts: help.doubts.map((doubt) => ({ ...doubt, was: this.labels.photos[doubt.photo]?.label })) };
    } catch (error) {
      showTrouble(error.message);
    }
    if (round !== this.round) return;
    this.isWorking = false;
    this.dispatchEvent(new Event("help"));
  }

  // Does something; whether it was done.
  async act(content) {
    showTrouble("");
    try {
      const { do: done, photos } = await this.project.ask("labels/acts", content);
      this.said = say(content.do === "undo" ? "undone" : "did", { what: say(`act_${done.replace("-", "_")}`), count: photos });
      this.selected.clear();
      await this.refresh();
      return true;
    } catch (error) {
      showTrouble(error.message);
      return false;
    }
  }

  toggle(photo) {
    if (!this.selected.delete(photo)) this.selected.add(photo);
    this.dispatchEvent(new Event("select"));
  }

  unselect() {
    this.selected.clear();
    this.dispatchEvent(new Event("select"));
  }

  // What is dragged with a photo: all that is selected, if it is.
  dragged(photo) {
    return this.selected.has(photo) ? [...this.selected] : [photo];
  }

  get classes() {
    return Object.entries(this.labels.classes);
  }

  isOpen(photo) {
    const { label, out } = this.labels.photos[photo];
    return label === null && !out;
  }

  hasClass(photo) {
    const { label, out } = this.labels.photos[photo];
    return label !== null && !out;
  }
}
