// The sheet of pictures: a tile for each name at once, its picture and D's opinion as they are drawn.

import { namesOf, ROW } from "./links.js";
import { Picture } from "./pictures.js";
import { say } from "./words.js";

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function tile(picture, open) {
  const image = made("img", { className: "pixels", alt: "", width: picture.model.side, height: picture.model.side });
  const name = made("b");
  const percent = made("small", { hidden: !(picture.model.isJudged && picture.model.judgesClasses) });
  const element = made("button", { type: "button", className: "tile", disabled: true },
    image, made("span", {}, name, made("small", { textContent: say("seed_of", picture) }), percent));
  element.onclick = open;
  return {
    async show(pixels) {
      image.src = await picture.show(pixels);
      element.disabled = false;
      this.tell();
    },
    // What is known of it by now.
    tell() {
      name.textContent = picture.hasClass ? picture.title : "";
      name.hidden = !picture.hasClass;
      if (picture.url) image.alt = picture.alt; // before, a browser would show it in place of the picture
      percent.textContent = picture.percent === null ? "" : say("percent", picture);
    },
    lack() {
      element.classList.add("lacking");
      name.textContent = say("not_drawn");
    },
    element,
  };
}

export class Sheet {
  constructor(place, model, artist, { said, open }) {
    Object.assign(this, { place, model, artist, said, open, pictures: [] });
    const words = model.classTexts.join(" ").match(/[!-\u2fff]+/g) ?? []; // those whose letters belong together
    place.style.setProperty("--letters", Math.max(1, ...words.map(({ length }) => length)));
  }

  draw(state) {
    for (const picture of this.pictures) picture.forget();
    this.pictures = namesOf(state, this.model).map((name) => new Picture(this.model, name));
    const tiles = this.pictures.map((picture) => tile(picture, () => this.open(picture)));
    tiles.forEach((each) => each.tell());
    this.place.className = `sheet ${state.each ? `count-each row-${ROW}` : `count-${state.count}`}`;
    this.place.replaceChildren(...tiles.map(({ element }) => element));
    this.place.ariaBusy = "true";
    let lacking = 0;
    this.artist.ask("sheet", this.pictures.map(({ seed, asked, truncation }) => ({ seed, asked, truncation })), (answer) => {
      const { index, pixels, opinion, notFound, problem, done } = answer;
      if (problem) return this.said(say("cannot_draw", { problem }), true);
      if (done) {
        this.place.ariaBusy = "false";
        return this.said(lacking ? say("some_not_drawn", { count: lacking }) : say("sheet_of", { count: this.pictures.length }), lacking > 0);
      }
      if (notFound) {
        lacking += 1;
        return tiles[index].lack();
      }
      const picture = this.pictures[index];
      if (opinion) {
        Object.assign(picture, { opinion, label: picture.label ?? opinion.label });
        return tiles[index].tell();
      }
      Object.assign(picture, { draw: answer.draw, label: answer.label });
      return tiles[index].show(pixels);
    });
  }

  // The picture before or after one of them, of those that are drawn.
  beside(picture, step) {
    const drawn = this.pictures.filter(({ url }) => url);
    return drawn[drawn.indexOf(picture) + step] ?? null;
  }
}
