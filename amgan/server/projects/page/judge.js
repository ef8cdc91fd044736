// Step 5: people are asked which pictures are good; the link as text and as a code that phones read.

import { make, showTrouble } from "./dom.js";
import { noModel, runChoice, withModels } from "./look.js";
import { runName } from "./make.js";
import { replaceSteadily, steadily } from "./steady.js";
import { join, say } from "./words.js";

const POLL_MILLISECONDS = 10000;
const LOCAL = /^(localhost|127\.|\[::1\])/;

export const judge = {
  id: "judge",
  isDone: ({ asked }) => asked,
  open: (place, project) => new JudgeStep(place, project).leave,
};

// What a review is called within its project: as the training whose pictures it shows.
export function reviewName({ title }, runs) {
  const run = runs.find(({ name }) => title.endsWith(`: ${name}`));
  return run ? runName(run) : title;
}

// What people said of a review so far, in words.
export function saidSoFar({ votes, people, kept, pictures, pairs, state, target }) {
  if (!votes) return say("nobody_voted");
  const goal = target === null ? "" : say("goal_is", { percent: Math.round(100 * target), met: say(`goal_${state || "open"}`) });
  return join(say("people_voted", { count: people, votes }), !pairs && say("kept_of", { count: kept, pictures }), goal);
}

class JudgeStep {
  constructor(place, project) {
    this.place = place;
    this.project = project;
    this.run = null;
    this.isLeft = false;
    this.timer = null;
    this.list = make("section", { className: "reviews", "aria-live": "polite" });
    this.#open().catch((error) => showTrouble(error.message));
    this.leave = () => {
      this.isLeft = true;
      clearTimeout(this.timer);
    };
  }

  async #open() {
    const runs = await withModels(this.project);
    if (this.isLeft) return;
    if (!runs.length) {
      this.place.replaceChildren(noModel());
      return;
    }
    [this.run] = runs;
    this.runs = runs;
    this.place.replaceChildren(this.#form(runs), this.list);
    await this.#follow();
  }

  #form(runs) {
    const number = (id, properties) => make("input", { id, type: "number", inputMode: "numeric", ...properties });
    const pictures = number("pictures", { min: 1, max: 200, value: 40, required: true });
    const target = number("target", { min: 1, max: 10, placeholder: "6" });
    const question = make("input", { id: "question", maxLength: 300, placeholder: say("question_example") });
    const kind = make("select", { id: "kind" });
    const button = make("button", { className: "main", textContent: say("send_to_review") });
    const label = (id, word) => make("label", { htmlFor: id, textContent: say(word) });
    const fill = (run) => {
      this.run = run;
      const kinds = ["classes", "liked", ...(run.starts_from ? ["pairs"] : [])];
      kind.replaceChildren(...kinds.map((each) => make("option", { value: each, selected: each === this.project.kind, textContent: say(`kind_${each}`) })));
    };
    fill(this.run);
    const goal = make("div", { className: "field" }, label("target", "goal"), target);
    kind.addEventListener("change", () => {
      goal.hidden = kind.value === "pairs";
    });
    const form = make(
      "form", { id: "judge-form" }, make("p", { textContent: say("judge_what") }), runChoice(runs, fill),
      label("kind", "ask_about"), kind, label("pictures", "how_many"), pictures, goal, label("question", "question"), question, button,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      button.textContent = say("drawing");
      showTrouble("");
      const isPairs = kind.value === "pairs";
      try {
        const { reviews } = await this.project.ask("reviews", {
          run: this.run.name, kind: kind.value, pictures: Number(pictures.value), question: question.value.trim(),
          target: target.value && !isPairs ? Number(target.value) / 10 : null,
        });
        this.#show(reviews);
        this.list.scrollIntoView({ block: "nearest" });
        await this.project.refresh();
      } catch (error) {
        showTrouble(error.message);
      }
      button.disabled = false;
      button.textContent = say("send_to_review");
    });
    return form;
  }

  async #follow() {
    try {
      const { reviews } = await this.project.ask("reviews");
      if (!this.isLeft) this.#show(reviews);
    } catch (error) {
      if (error.status !== 0) showTrouble(error.message);
    }
    if (!this.isLeft) this.timer = setTimeout(() => this.#follow(), POLL_MILLISECONDS);
  }

  #show(reviews) {
    const text = JSON.stringify(reviews);
    if (text === this.shown) return;
    this.shown = text;
    steadily(this, () => replaceSteadily(this.list, ...reviews.map((review) => this.#card(review))));
  }

  #card(review) {
    const { id, link, results } = review;
    const copy = make("button", { textContent: say("copy_link"), onclick: async () => {
      try {
        await navigator.clipboard.writeText(link);
        copy.textContent = say("copied");
      } catch {
        showTrouble(say("not_copied"));
      }
    } });
    return make(
      "article", { className: "group", "data-of": id },
      make("h2", { textContent: reviewName(review, this.runs) }),
      make("p", { textContent: saidSoFar(review) }),
      make("div", { className: "link" },
        make("img", { className: "code", width: 164, height: 164, alt: say("code_alt"), src: this.project.address(`reviews/${id}/qr.svg`) }),
        make("div", {},
          make("p", {}, make("a", { href: link, target: "_blank", rel: "noopener", className: "to-vote", textContent: link })),
          LOCAL.test(new URL(link).host) && make("p", { className: "quiet-words", textContent: say("only_here") }),
          make("div", { className: "row" }, copy, make("a", { className: "button", href: results, target: "_blank", rel: "noopener", textContent: say("results") }),
            make("a", { className: "button", href: "#next", textContent: say("to_next") })))),
    );
  }
}
