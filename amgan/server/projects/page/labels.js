// Step 2: photos labelled with help.

import { Board } from "./board.js";
import { classesView } from "./classes.js";
import { make, showTrouble } from "./dom.js";
import { groupsView } from "./groups.js";
import { doubtsOf, doubtsView, proposalsView } from "./guesses.js";
import { problemsView } from "./problems.js";
import { replaceSteadily, steadily } from "./steady.js";
import { takesPhotos } from "./tiles.js";
import { say } from "./words.js";

const POLL_MILLISECONDS = 1000;

export const labels = {
  id: "labels",
  isDone: ({ photos, open, classes }) => photos > 0 && open === 0 && Object.keys(classes).length > 1,
  open: (place, project) => new LabelsStep(place, project).leave,
};

class LabelsStep {
  constructor(place, project) {
    this.place = place;
    this.board = new Board(project);
    this.isLeft = false;
    this.head = make("section", { className: "label-head" });
    this.body = make("div", { className: "sheet inner" });
    // Each by itself: what somebody is typing must not go when help has been worked out.
    this.groups = make("div", { className: "sheet part" });
    this.help = make("div", { className: "sheet part" });
    this.rest = make("div", { className: "sheet part" });
    this.body.append(this.groups, this.help, this.rest);
    this.bar = make("section", { className: "picked", hidden: true });
    this.board.addEventListener("labels", () => steadily(this, () => this.#show()));
    this.board.addEventListener("help", () => steadily(this.help, () => this.#showHelp()));
    this.board.addEventListener("select", () => this.#showSelected());
    this.leave = () => {
      this.isLeft = true;
    };
    this.#open();
  }

  async #open() {
    const { project } = this.board;
    if (!project.state.photos) {
      this.place.replaceChildren(make("p", {}, say("no_photos"), " ", make("a", { href: "#photos", textContent: say("step_photos") })));
      return;
    }
    this.place.replaceChildren(make("p", { role: "status", textContent: say("opening") }));
    try {
      while (!this.isLeft && !(await this.board.refresh())) {
        await project.refresh();
        const { arrival } = project.state;
        if (arrival?.step === "failed") throw new Error(arrival.problem);
        if (this.isLeft) return;
        const { step = "waiting", done = 0, total = 0 } = arrival ?? {};
        this.place.replaceChildren(make("p", { role: "status", textContent: say(`at_work_${step}`, { done, total }) }));
        await new Promise((done_) => setTimeout(done_, POLL_MILLISECONDS));
      }
      if (!this.isLeft) this.place.replaceChildren(this.head, this.body, this.bar);
    } catch (error) {
      showTrouble(error.message);
    }
  }

  #show() {
    if (this.isLeft) return;
    this.#showHead();
    replaceSteadily(this.groups, ...groupsView(this.board));
    replaceSteadily(this.rest, ...classesView(this.board), ...this.#wayOut());
    this.#showHelp();
    this.#showSelected();
  }

  #showHelp() {
    if (this.isLeft) return;
    const { board } = this;
    this.body.setAttribute("aria-busy", board.isWorking);
    replaceSteadily(
      this.help,
      ...(board.isWorking ? [make("p", { className: "quiet-words", textContent: say("works_out") })] : []),
      ...proposalsView(board),
      ...doubtsView(board),
      ...this.#allDone(),
      ...problemsView(board),
    );
    this.#markSelected(); // the bar stays as it is: somebody may be typing in it
  }

  #allDone() {
    const { board } = this;
    const hasOpen = Object.keys(board.labels.photos).some((photo) => board.isOpen(photo));
    if (board.isWorking || hasOpen || board.classes.length < 2 || doubtsOf(board).length) return [];
    return [make("p", { className: "done", textContent: say("all_labelled") })];
  }

  #showHead() {
    const { board } = this;
    const all = Object.values(board.labels.photos).filter(({ out }) => !out);
    const done = all.filter(({ label }) => label !== null).length;
    const bar = make("progress", { max: Math.max(1, all.length), value: done, "aria-hidden": "true" });
    const undo = make("button", { textContent: say("undo"), disabled: !board.labels.acts, onclick: () => board.act({ do: "undo" }) });
    const next = board.classes.length > 1 && make("a", {
      className: done === all.length ? "button main" : "button", href: "#make", textContent: say("next_make"),
    });
    const chips = board.classes.map(([label, count]) => (
      takesPhotos(make("span", { className: "chip", textContent: `${label} ${count}` }), (photos) => board.act({ do: "move", photos, label }))
    ));
    replaceSteadily(
      this.head,
      make("div", { className: "row" }, make("b", { textContent: say("labelled", { done, count: all.length }) }), bar, undo, next),
      make("div", { className: "row" }, ...chips),
      make("p", { role: "status", className: "quiet-words", textContent: board.said }),
    );
  }

  #markSelected() {
    for (const button of this.body.querySelectorAll("[data-photo]")) {
      button.setAttribute("aria-pressed", this.board.selected.has(button.dataset.photo));
    }
  }

  // What can be done with the photos that are selected.
  #showSelected() {
    const { board } = this;
    const photos = [...board.selected];
    this.#markSelected();
    this.bar.hidden = photos.length === 0;
    if (!photos.length) return;
    const field = make("input", { maxLength: 60, placeholder: say("new_class"), autocomplete: "off", "aria-label": say("new_class") });
    const form = make("form", { className: "row" }, field, make("button", { textContent: say("move") }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim()) board.act({ do: "move", photos, label: field.value.trim() });
    });
    const hasLabel = photos.some((photo) => board.labels.photos[photo].label !== null);
    this.bar.replaceChildren(
      make("span", { textContent: say("selected", { count: photos.length }) }),
      ...board.classes.map(([label]) => make("button", { className: "chip", textContent: label, onclick: () => board.act({ do: "move", photos, label }) })),
      form,
      make("button", { textContent: say("not_part"), onclick: () => board.act({ do: "leave-out", photos }) }),
      hasLabel && make("button", { textContent: say("no_class"), onclick: () => board.act({ do: "open", photos }) }),
      make("button", { className: "quiet", textContent: say("cancel"), onclick: () => board.unselect() }),
    );
  }

  #wayOut() {
    const { board } = this;
    if (!board.classes.length) return [];
    const link = (form) => make("a", { className: "button", href: board.project.address(`labels/${form}.zip`), download: "", textContent: say(`export_${form}`) });
    return [
      make("h2", { textContent: say("labels_leave") }),
      make("p", { textContent: say("labels_leave_what") }),
      make("div", { className: "row" }, link("folders"), link("dataset")),
    ];
  }
}
