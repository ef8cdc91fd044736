// One picture, large: what is known of it, and what can be done with it.

import { element, saveAs } from "./elements.js";
import { say } from "./words.js";

export class Viewer {
  constructor({ beside, morph, copy, closed }) {
    this.dialog = element("viewer");
    this.beside = beside;
    this.picture = null;
    element("close").onclick = () => this.dialog.close();
    element("before").onclick = () => this.step(-1);
    element("after").onclick = () => this.step(1);
    element("morph-from").onclick = () => this.leave(() => morph(0, this.picture));
    element("morph-to").onclick = () => this.leave(() => morph(1, this.picture));
    element("copy-picture").onclick = () => copy(element("copy-picture"), this.picture);
    element("download").onclick = async () => saveAs(await this.picture.png(), this.picture.file);
    this.dialog.onclick = (event) => event.target === this.dialog && this.dialog.close();
    this.dialog.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) this.step(step);
    };
    this.dialog.onclose = closed;
  }

  open(picture) {
    this.show(picture);
    this.dialog.showModal();
  }

  leave(act) {
    this.dialog.close();
    act();
  }

  step(by) {
    const other = this.beside(this.picture, by);
    if (other) this.show(other);
  }

  show(picture) {
    this.picture = picture;
    const image = element("viewer-picture");
    Object.assign(image, { src: picture.url, alt: picture.alt, width: picture.model.side, height: picture.model.side });
    element("viewer-title").textContent = picture.title;
    element("viewer-sure").textContent = picture.sure;
    element("viewer-seed").textContent = say(picture.draw ? "seed_and_draw" : "seed_only", picture);
    element("before").disabled = !this.beside(picture, -1);
    element("after").disabled = !this.beside(picture, 1);
  }
}
