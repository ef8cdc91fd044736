// What can be said on each scale: the buttons, from left to right, and their keys.

const KEEP = [
  { verdict: "reject", text: "Reject", hint: "←", keys: ["ArrowLeft", "r"], said: "✕ Reject" },
  { verdict: "keep", text: "Keep", hint: "→", keys: ["ArrowRight", "k"], said: "✓ Keep" },
];
const NOTES = { 1: "bad", 5: "good" };
const STARS = ["1", "2", "3", "4", "5"].map((verdict) => (
  { verdict, text: verdict, note: NOTES[verdict] ?? "", hint: "", keys: [verdict], said: `★ ${verdict}` }
));
const PAIR = [
  { verdict: "left", text: "Left", hint: "←", keys: ["ArrowLeft", "l"], said: "Left" },
  { verdict: "same", text: "Same", hint: "↑", keys: ["ArrowUp", "e"], said: "Same" },
  { verdict: "right", text: "Right", hint: "→", keys: ["ArrowRight", "r"], said: "Right" },
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
  return choices.find((choice) => choice.verdict === verdict)?.said ?? "Skipped";
}

// Whether the key is among these; letters in either case.
export function isAmong(keys, key) {
  return keys.includes(key.length === 1 ? key.toLowerCase() : key);
}
