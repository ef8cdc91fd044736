// The page's fields: what they say of a state, and a state as they say it.

import { element } from "./elements.js";
import { COUNTS, hasRows, seedOf, truncationOf } from "./links.js";
import { say } from "./words.js";

const EACH = "each";
const ANY = "any";
const MOST_CHIPS = 12;

function option(value, text) {
  return Object.assign(document.createElement("option"), { value, textContent: text });
}

function chip(group, value, text) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: group, value });
  label.append(input, text);
  return label;
}

export class Controls {
  constructor(model) {
    this.model = model;
    const rows = hasRows(model) ? [[EACH, say("each_class")]] : [];
    const classes = [[ANY, say("any_class")], ...model.classTexts.map((text, i) => [i, text])];
    element("classes").hidden = !model.knowsClasses;
    if (model.classes.length <= MOST_CHIPS) {
      element("class-chips").append(...[...rows, ...classes].map(([value, text]) => chip("class", value, text)));
      element("class-list").remove();
    } else {
      element("class-list").append(...classes.map(([value, text]) => option(value, text)));
      element("class-list").setAttribute("aria-label", say("classes"));
    }
    element("counts").append(...COUNTS.map((count) => chip("count", count, count)));
    for (const id of ["from-class", "to-class"]) {
      element(id).append(...classes.map(([value, text]) => option(value, text)));
      element(id).parentElement.hidden = !model.knowsClasses;
    }
  }

  show(state) {
    const label = state.each ? EACH : state.label ?? ANY;
    if (element("class-list")) element("class-list").value = label;
    for (const input of document.querySelectorAll("[name=class]")) input.checked = input.value === String(label);
    for (const input of document.querySelectorAll("[name=count]")) input.checked = input.value === String(state.count);
    element("how-many").hidden = state.each;
    element("seed").value = state.seed;
    element("truncation").value = state.truncation;
    ["from", "to"].forEach((key, i) => {
      element(key).value = state.ends[i].seed;
      element(`${key}-class`).value = state.ends[i].asked ?? ANY;
    });
  }

  // The state as the fields have it; `problem` is what is wrong with one of them.
  read(state) {
    const chosen = element("class-list")?.value ?? document.querySelector("[name=class]:checked")?.value ?? ANY;
    const each = chosen === EACH;
    const count = Number(document.querySelector("[name=count]:checked")?.value ?? state.count);
    const asked = (value) => (value === ANY || value === EACH ? null : Number(value));
    const seeds = ["seed", "from", "to"].map((id) => seedOf(element(id).value.trim(), id === "seed" && !each ? count : 1));
    const truncation = truncationOf(element("truncation").value.trim());
    if (seeds.includes(null)) return { problem: say("bad_seed") };
    if (truncation === null) return { problem: say("bad_truncation") };
    const ends = ["from", "to"].map((key, i) => ({ seed: seeds[i + 1], asked: asked(element(`${key}-class`).value) }));
    return { state: { ...state, each, label: asked(chosen), count, seed: seeds[0], truncation, ends } };
  }
}
