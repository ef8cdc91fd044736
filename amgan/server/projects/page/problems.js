// What stands between the photos and a good model, each with what to do, in one click.

import { make } from "./dom.js";
import { someTiles } from "./tiles.js";
import { say } from "./words.js";

const MOST_SHOWN = 12;
const LEFT_OUT = ["repeated", "blurred", "tiny", "outlier"];
const KEPT = ["outlier"];
const MORE_PHOTOS = ["few", "uneven", "tiny"];

export function problemsView(board) {
  // Doubtful labels are shown by themselves.
  const problems = (board.help?.problems ?? []).filter(({ kind }) => kind !== "doubtful");
  if (!problems.length) return [];
  return [make("h2", { textContent: say("problems") }), ...problems.map((problem) => card(board, problem))];
}

function card(board, { kind, photos, classes }) {
  const [one, other] = classes;
  const counts = classes.map((label) => `${label} ${board.labels.classes[label] ?? 0}`);
  const words = say(`problem_${kind}`, { count: photos.length, classes: counts.join(say("comma")), one: counts[0], other: counts[1], small: other });
  const button = (name, act) => make("button", { textContent: say(name, { count: photos.length, one, other }), onclick: act });
  return make(
    "section", { className: "group problem", "data-of": [kind, ...classes].join("/") },
    make("p", { textContent: words }),
    photos.length > 0 && someTiles(board, photos, MOST_SHOWN, (photo) => [make("span", { textContent: board.labels.photos[photo].label ?? "" })]),
    make(
      "div", { className: "row" },
      LEFT_OUT.includes(kind) && button("leave_out_all", () => board.act({ do: "leave-out", photos })),
      KEPT.includes(kind) && button("keep_all", () => board.act({ do: "keep", photos })),
      kind === "torn" && board.classes.filter(([label]) => photos.some((photo) => board.labels.photos[photo].label === label))
        .map(([label]) => make("button", { textContent: say("all_into", { label }), onclick: () => board.act({ do: "move", photos, label }) })),
      kind === "alike" && button("make_one", () => board.act({ do: "move", photos: photosOf(board, other), label: one })),
      MORE_PHOTOS.includes(kind) && make("a", { className: "button", href: "#photos", textContent: say("bring_more") }),
    ),
  );
}

function photosOf(board, wanted) {
  return Object.entries(board.labels.photos).filter(([, { label, out }]) => label === wanted && !out).map(([photo]) => photo);
}
