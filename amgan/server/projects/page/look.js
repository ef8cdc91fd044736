// Step 4: what came out, beside the photos: the closest pairs, and what each class lacks.

import { make, showTrouble } from "./dom.js";
import { runName } from "./make.js";
import { replaceSteadily, steadily } from "./steady.js";
import { join, say } from "./words.js";

const POLL_MILLISECONDS = 3000;

export const look = {
  id: "look",
  isDone: ({ asked }) => asked,
  open: (place, project) => {
    const step = { isLeft: false, timer: null };
    show(place, project, step).catch((error) => showTrouble(error.message));
    return () => {
      step.isLeft = true;
      clearTimeout(step.timer);
    };
  },
};

// The trainings that have a model, the newest first.
export async function withModels(project) {
  const { runs } = await project.ask("runs");
  return runs.filter(({ model }) => model);
}

export function noModel() {
  return make("p", {}, say("no_model"), " ", make("a", { href: "#make", textContent: say("to_make") }));
}

export function picture(project, run, file, alt) {
  const of = encodeURIComponent(run.sheet);
  return make("img", { className: "pictures", alt, src: project.address(`runs/${run.name}/${file}?of=${of}`) });
}

// A choice among trainings, if there are several; shown(run) is called with the chosen one, at first the newest.
export function runChoice(runs, shown) {
  const field = make("select", { id: "run" }, ...runs.map((run) => make("option", { value: run.name, textContent: runName(run) })));
  field.addEventListener("change", () => shown(runs[field.selectedIndex]));
  return runs.length > 1 && make("div", { className: "field" }, make("label", { htmlFor: "run", textContent: say("which_model") }), field);
}

async function show(place, project, step) {
  const runs = await withModels(project);
  if (step.isLeft) return;
  if (!runs.length) {
    place.replaceChildren(noModel());
    return;
  }
  const content = make("section", { className: "look" });
  const shown = (run) => showRun(content, project, run, step).catch((error) => showTrouble(error.message));
  place.replaceChildren(...[runChoice(runs, shown), content].filter(Boolean));
  await shown(runs[0]);
}

async function showRun(place, project, run, step) {
  clearTimeout(step.timer);
  const found = await project.ask(`runs/${run.name}/look`);
  if (step.isLeft) return;
  if (!found.ready && run.state === "finished") {
    step.timer = setTimeout(() => showRun(place, project, run, step).catch((error) => showTrouble(error.message)), POLL_MILLISECONDS);
  }
  const page = `../?model=${encodeURIComponent(run.model)}`;
  const parts = [
    make("h2", { textContent: say("what_came_out") }),
    make("div", { className: "beside" },
      make("figure", {}, picture(project, run, "sheet.png", say("sheet_alt")), make("figcaption", { textContent: say("made_by_model") })),
      found.ready && make("figure", {}, picture(project, run, "photos.png", say("photos_alt")), make("figcaption", { textContent: say("your_photos") }))),
    make("div", { className: "row" },
      make("a", { className: "button", href: page, textContent: say("more_pictures") }),
      make("a", { className: "button main", href: "#judge", textContent: say("to_judge") })),
  ];
  parts.push(...(found.ready ? said(project, run, found) : [make("p", { className: "quiet-words", textContent: say("not_looked") })]));
  steadily(place, () => replaceSteadily(place, ...parts));
}

function said(project, run, { pictures, near, copies, pairs, lacks }) {
  const count = Math.round(near * pictures);
  const usual = Math.round(0.05 * pictures);
  return [
    make("h2", { textContent: say("closest_pairs") }),
    make("p", { className: copies ? "bad" : "", textContent: say(copies ? "may_copy" : "no_copies") }),
    make("p", { className: "quiet-words", textContent: say("near_photos", { count, pictures, usual }) }),
    pairs.length > 0 && make("figure", {}, picture(project, run, "pairs.png", say("pairs_alt")), make("figcaption", { textContent: say("pairs_what") })),
    make("h2", { textContent: say("what_lacks") }),
    lacks.length
      ? make("ul", { className: "lacks" }, ...[...new Set(lacks.map(({ name }) => name))].map((name) => (
        make("li", {}, make("b", { textContent: name }), " ", join(...lacks.filter((lack) => lack.name === name).map(lackWords)))
      )))
      : make("p", { textContent: say("nothing_lacks") }),
  ].filter(Boolean);
}

function lackWords({ kind, number, other }) {
  const percent = Math.round(100 * number);
  return say(`lack_${kind}`, { count: Math.round(number), percent, other: other || "–" });
}
