// What the labelled photos say of the others: classes for open ones, taken in bulk, and labels to be checked.

import { make } from "./dom.js";
import { someTiles } from "./tiles.js";
import { say } from "./words.js";

const SURE = 0.9;
const MOST_SHOWN = 24;

export function proposalsView(board) {
  const proposals = (board.help?.proposals ?? []).filter(({ photo }) => board.isOpen(photo));
  if (!proposals.length) return [];
  const of = (label) => proposals.filter((guess) => guess.label === label);
  const labels = [...new Set(proposals.map(({ label }) => label))];
  const sure = proposals.filter((guess) => guess.sure >= SURE).length;
  const confirm = (content) => board.act({ do: "confirm", ...content });
  return [
    make("h2", { textContent: say("proposals") }),
    make("p", { textContent: say("proposals_what") }),
    make(
      "div", { className: "row" },
      sure > 0 && make("button", { textContent: say("confirm_sure", { count: sure }), onclick: () => confirm({ least: SURE }) }),
      make("button", { className: "main", textContent: say("confirm_all", { count: proposals.length }), onclick: () => confirm({}) }),
    ),
    ...labels.map((label) => make(
      "section", { className: "group", "data-of": label },
      make("h3", { textContent: say("looks_like", { label }) }),
      someTiles(board, of(label).map(({ photo }) => photo), MOST_SHOWN),
      make("button", { textContent: say("confirm_all", { count: of(label).length }), onclick: () => confirm({ label }) }),
    )),
  ];
}

// Labels that are to be checked, but for those that were moved meanwhile.
export function doubtsOf(board) {
  return (board.help?.doubts ?? []).filter(({ photo, was }) => board.hasClass(photo) && board.labels.photos[photo].label === was);
}

// The most doubtful labels; moved one by one, or kept all at once.
export function doubtsView(board) {
  const doubts = doubtsOf(board);
  if (!doubts.length) return [];
  const shown = doubts.slice(0, MOST_SHOWN);
  const photos = shown.map(({ photo }) => photo);
  const guessOf = Object.fromEntries(shown.map(({ photo, label }) => [photo, label]));
  return [
    make("h2", { textContent: say("doubts") }),
    make("p", { textContent: say("doubts_what") }),
    make(
      "section", { className: "group doubts" },
      someTiles(board, photos, MOST_SHOWN, (photo) => below(board, photo, guessOf[photo])),
      make("button", {
        className: "main", textContent: say("others_right", { count: photos.length }),
        onclick: () => board.act({ do: "keep", photos }),
      }),
    ),
  ];
}

function below(board, photo, guess) {
  const { label } = board.labels.photos[photo];
  return [
    make("span", { textContent: label ?? "" }),
    guess !== label && make("button", {
      className: "chip", textContent: say("rather", { label: guess }),
      onclick: () => board.act({ do: "move", photos: [photo], label: guess }),
    }),
  ];
}
