// The words of the screens before and after judging, and the tiles at the end.

import { saidOf } from "./scales.js";
import { join, say } from "./words.js";

// What is to be done, and how long it takes.
export function whatToDo({ pairs, scale, count }) {
  const what = pairs ? "do_pairs" : scale === "stars" ? "do_stars" : "do_keep";
  return join(say(what, { count }), say("takes", { count: Math.max(1, Math.round(count / 20)) }));
}

// What was done; votes by item.
export function whatWasDone(review, votes) {
  const skipped = [...votes.values()].filter(({ verdict }) => verdict === "skip").length;
  const judged = say(review.pairs ? "judged_pairs" : "judged_pictures", { count: votes.size - skipped });
  return join(judged, skipped && say("skipped_so_many", { count: skipped }));
}

// What the button says with which another person begins.
export function notThisOne(name) {
  return name ? say("not_this_one", { name }) : say("somebody_else");
}

export function whyClosed(hasVoted, tooLate) {
  return join(say(hasVoted ? "thank_you_for_votes" : "takes_no_more"), tooLate && say("too_late", { count: tooLate }));
}

// One item at the end: its pictures and what was said of it. open() is called to judge it again.
export function tile(label, urls, choices, verdict, open) {
  const place = document.createElement("li");
  const button = document.createElement("button");
  const row = Object.assign(document.createElement("span"), { className: "pictures" });
  const text = saidOf(choices, verdict);
  for (const url of urls) row.append(Object.assign(new Image(64, 64), { alt: "", loading: "lazy", src: url }));
  button.setAttribute("aria-label", `${label}: ${text}`);
  button.append(row, Object.assign(document.createElement("span"), { className: verdict, textContent: text }));
  button.onclick = open;
  place.append(button);
  return place;
}
