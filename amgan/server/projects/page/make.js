// Step 3: models made from the photos, one at a time; how far each is, its pictures on the way, and what can be done.

import { make, showTrouble } from "./dom.js";
import { replaceSteadily, steadily } from "./steady.js";
import { join, say } from "./words.js";

const POLL_MILLISECONDS = 3000;
const AT_WORK = ["training", "waiting", "stopping"];

const CHOICES = ["first-look", "good", "overnight"];
const SIZES = [32, 64, 128];

export const makes = {
  id: "make",
  isDone: ({ models }) => models > 0,
  open: (place, project) => new MakeStep(place, project).leave,
};

// What a training is called: its number and what was chosen.
export function runName({ name, choice }) {
  return say("run_name", { number: name.split("-")[0], choice: say(`choice_${choice.replaceAll("-", "_")}`) });
}

function minutes(count) {
  return count < 120 ? say("minutes", { count }) : say("hours", { count: Math.round(count / 60) });
}

// Choices of how long a training may take, as fields of a form; the one that is chosen is form.elements.choice.value.
export function choiceFields(chosen = "first-look") {
  const field = (choice) => {
    const id = `choice-${choice}`;
    const input = make("input", { type: "radio", name: "choice", id, value: choice, checked: choice === chosen });
    const word = choice.replaceAll("-", "_");
    return make(
      "label", { className: "choice", htmlFor: id }, input,
      make("span", {}, make("b", { textContent: say(`choice_${word}`) }), " ", make("small", { textContent: say(`choice_${word}_time`) })),
    );
  };
  return make("fieldset", { className: "choices" }, make("legend", { textContent: say("how_long") }), ...CHOICES.map(field));
}

class MakeStep {
  constructor(place, project) {
    this.project = project;
    this.shown = ""; // what the list shows, as text
    this.timer = null;
    this.isLeft = false;
    this.list = make("section", { className: "runs", "aria-live": "polite" });
    place.replaceChildren(this.#form(), this.list);
    this.#follow();
    this.leave = () => {
      this.isLeft = true;
      clearTimeout(this.timer);
    };
  }

  #form() {
    const { classes } = this.project.state;
    if (Object.keys(classes).length < 2) {
      return make("p", {}, say("two_classes_first"), " ", make("a", { href: "#labels", textContent: say("to_labels") }));
    }
    const size = make("select", { id: "image-size" }, ...SIZES.map((side) => (
      make("option", { value: side, selected: side === 64, textContent: say("size_of", { side }) })
    )));
    const button = make("button", { className: "main", textContent: say("make_it") });
    const form = make(
      "form", { id: "make-form" }, make("p", { textContent: say("make_what") }), choiceFields(),
      make("label", { htmlFor: "image-size", textContent: say("size") }), size, button,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = { choice: form.elements.choice.value, image_size: Number(size.value) };
      button.disabled = true;
      await this.#do("runs", asked);
      button.disabled = false;
      this.list.scrollIntoView({ block: "nearest" });
    });
    return form;
  }

  async #do(path, content = {}) {
    showTrouble("");
    try {
      await this.project.ask(path, content);
    } catch (error) {
      showTrouble(error.message);
    }
    await this.#follow();
  }

  // Ask how far the server is, as long as it is at work.
  async #follow() {
    clearTimeout(this.timer);
    let isAtWork = true;
    try {
      const { runs } = await this.project.ask("runs");
      if (this.isLeft) return;
      isAtWork = runs.some(({ state }) => AT_WORK.includes(state));
      const text = JSON.stringify(runs);
      if (text !== this.shown) {
        this.shown = text;
        steadily(this, () => replaceSteadily(this.list, ...runs.map((run) => this.#card(run))));
        await this.project.refresh();
      }
    } catch (error) {
      if (error.status !== 0) showTrouble(error.message);
    }
    if (!this.isLeft && isAtWork) this.timer = setTimeout(() => this.#follow(), POLL_MILLISECONDS);
  }

  #card(run) {
    const parts = [make("h2", { textContent: runName(run) }), make("p", { className: "state", textContent: stateOf(run) })];
    if (run.state === "training" && run.steps) {
      const bar = make("progress", { max: run.steps });
      bar.value = run.step;
      bar.setAttribute("aria-label", say("progress"));
      parts.push(bar);
    }
    if (run.how) parts.push(make("p", { textContent: say(`how_${run.how.replaceAll("-", "_")}`) }));
    if (run.problem) parts.push(make("p", { className: "bad", textContent: say("refused", { sentence: run.problem }) }));
    if (run.sheet) parts.push(this.#sheet(run));
    parts.push(make("div", { className: "row" }, ...this.#buttons(run)));
    return make("article", { className: "group", "data-of": run.name, "data-state": run.state }, ...parts);
  }

  #sheet({ name, sheet }) {
    return make("figure", {}, make("img", {
      className: "pictures", alt: say("sheet_alt"), src: this.project.address(`runs/${name}/sheet.png?of=${sheet}`),
    }), make("figcaption", { className: "quiet-words", textContent: say("sheet_what") }));
  }

  #buttons({ name, state, model }) {
    const found = [];
    const act = (word, path) => make("button", { textContent: say(word), onclick: () => this.#do(`runs/${name}/${path}`) });
    if (state === "training" || state === "waiting") found.push(act("stop", "stop"));
    if (state === "stopped" || state === "failed") found.push(act("go_on", "go-on"));
    if (model && !AT_WORK.includes(state)) found.unshift(make("a", { className: "button main", href: "#look", textContent: say("to_look") }));
    if (!AT_WORK.includes(state)) {
      found.push(make("button", { className: "quiet", textContent: say("throw_away"), onclick: () => {
        if (confirm(say("throw_away_sure"))) this.#do(`runs/${name}/throw-away`);
      } }));
    }
    return found;
  }
}

function stateOf({ state, ahead, minutes_left: left, minutes_planned: planned, with_votes: hasVotes }) {
  const words = state === "waiting" ? say("run_waiting", { count: ahead }) : say(`run_${state}`);
  const more = state === "training" && (left === null ? say("planned", { time: minutes(planned) }) : say("left", { time: minutes(left) }));
  return join(words, more, hasVotes && say("with_votes"));
}
