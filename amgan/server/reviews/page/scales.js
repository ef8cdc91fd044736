// What can be said on each scale: the buttons, from left to right, and their keys.

import { say } from "./words.js";

const KEEP = [
  { verdict: "reject", text: say("reject"), hint: "←", keys: ["ArrowLeft", "r"], said: `✕ ${say("reject")}` },
  { verdict: "keep", text: say("keep"), hint: "→", keys: ["ArrowRight", "k"], said: `✓ ${say("keep")}` },
];
const NOTES = { 1: say("bad"), 5: say("good") };
const STARS = ["1", "2", "3", "4", "5"].map((number) => (
  { verdict: number, text: number, note: NOTES[number] ?? "", hint: "", keys: [number], said: say("star", { number }) }
));
const PAIR = [
  { verdict: "left", text: say("left"), hint: "←", keys: ["ArrowLeft", "l"], said: say("left") },
  { verdict: "same", text: say("same"), hint: "↑", keys: ["ArrowUp", "e"], said: say("same") },
  { verdict: "right", text: say("right"), hint: "→", keys: ["ArrowRight", "r"], said: say("right") },
];

export const SKIP_KEYS = ["ArrowDown", "s"];
export const UNDO_KEYS = ["Backspace", "z"];
export const COMMENT_KEYS = ["c"];

export function choicesOf(review) {
  if (review.pairs) return PAIR;
  return review.scale === "stars" ? STARS : KEEP;
}

// What a tile at the end says of a verdict.
export function saidOf(choices, verdict) {
  return choices.find((choice) => choice.verdict === verdict)?.said ?? say("skipped");
}

// Whether the key is among these; letters in either case.
export function isAmong(keys, key) {
  return keys.includes(key.length === 1 ? key.toLowerCase() : key);
}
