// The words of the screens before and after judging, and the tiles at the end.

import { saidOf } from "./scales.js";

function count(many, one, more) {
  return `${many} ${many === 1 ? one : more}`;
}

// What is to be done, and how long it takes.
export function whatToDo(review) {
  const minutes = Math.max(1, Math.round(review.count / 20));
  const many = count(review.count, "picture", "pictures");
  const what = review.pairs
    ? `${count(review.count, "pair", "pairs")} of pictures: choose the better one.`
    : review.scale === "stars" ? `${many}: give each 1 (bad) to 5 (good).` : `${many}: keep or reject each.`;
  return `${what} About ${minutes === 1 ? "a minute" : `${minutes} minutes`}; stop when you like.`;
}

// What was done; votes by item.
export function whatWasDone(review, votes) {
  const skipped = [...votes.values()].filter(({ verdict }) => verdict === "skip").length;
  const judged = votes.size - skipped;
  const what = review.pairs ? count(judged, "pair", "pairs") : count(judged, "picture", "pictures");
  return `You judged ${what}${skipped ? ` and skipped ${skipped}` : ""}.`;
}

// What the button says with which another person begins.
export function notThisOne(name) {
  return `${name ? `Not ${name}?` : "Somebody else here?"} Start as someone else`;
}

// Of votes that the server does not have yet.
export function waits(many) {
  return `${count(many, "vote waits", "votes wait")} for the connection`;
}

export function whyClosed(hasVoted, tooLate) {
  const late = tooLate ? ` ${tooLate === 1 ? "Your last vote" : `Your last ${tooLate} votes`} came too late.` : "";
  return `${hasVoted ? "Thank you for your votes." : "It takes no more votes."}${late}`;
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
