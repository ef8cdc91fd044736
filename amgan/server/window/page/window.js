// Pictures that turn into each other without an end: pieces of the way are asked for ahead and shown one by one.

import { say } from "./words.js";

const WAY_MS = 6000;
const REST_MS = 1500;
const AHEAD = 2;
const STILL_MS = 3000;
const MOST_PAUSE_SECONDS = 60;

const element = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const canvas = element("picture");
const context = canvas.getContext("2d");

let pieces = []; // the first is being shown
let end = null; // the picture from which the next piece goes on
let shown = 0; // milliseconds of the first piece
let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
let fetching = false;
let failures = 0;
let over = false; // nothing comes any more
let lock = null;

const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

function address() {
  const query = new URLSearchParams();
  if (asked.has("model")) query.set("model", asked.get("model"));
  for (const label of asked.getAll("class")) query.append("label", label);
  if (end) {
    query.set("start", end.seed);
    if (end.label !== null) query.set("start_label", end.label);
  }
  return `window/piece?${query}`;
}

async function decoded(piece) {
  const bytes = Uint8Array.from(atob(piece.sheet), (char) => char.charCodeAt(0));
  return { ...piece, bitmap: await createImageBitmap(new Blob([bytes], { type: "image/webp" })) };
}

// One piece at a time, and none that nobody would see.
async function fetchAhead() {
  if (fetching || over) return;
  fetching = true;
  while (pieces.length <= AHEAD && !document.hidden && (playing || !pieces.length)) {
    const answer = await fetch(address()).catch(() => null);
    if (answer?.ok) {
      const piece = await decoded(await answer.json());
      end = piece;
      failures = 0;
      element("trouble").textContent = "";
      pieces.push(piece);
      if (pieces.length > 1) continue;
      if (!playing) draw();
      moved();
      continue;
    }
    const sentence = { 404: "no_model", 422: "no_class" }[answer?.status];
    // What is there goes on being shown; only with nothing to show is there something to say.
    if (sentence || !pieces.length) element("trouble").textContent = say(sentence ?? "away");
    if (sentence) {
      over = true;
      break;
    }
    const told = Number(answer?.headers.get("Retry-After")) || 0;
    await sleep(Math.min(Math.max(told, 2 ** failures), MOST_PAUSE_SECONDS));
    failures += 1;
  }
  fetching = false;
}

function frame(piece, number, alpha) {
  const { size, columns, bitmap } = piece;
  context.globalAlpha = alpha;
  context.drawImage(bitmap, (number % columns) * size, Math.floor(number / columns) * size, size, size, 0, 0, size, size);
}

function draw() {
  const [piece] = pieces;
  if (!piece) return;
  if (canvas.width !== piece.size) canvas.width = canvas.height = piece.size;
  canvas.style.setProperty("--px", `${piece.size}px`);
  // It rests at the picture from which it goes on.
  const way = Math.max(0, shown - REST_MS) / WAY_MS;
  const place = Math.min(way, 1) * (piece.frames - 1);
  const whole = Math.min(Math.floor(place), piece.frames - 2);
  frame(piece, whole, 1);
  frame(piece, whole + 1, place - whole);
}

let last = null;
function step(now) {
  const passed = last === null ? 0 : Math.min(now - last, 200);
  last = now;
  if (playing && pieces.length) {
    shown += passed;
    if (shown >= REST_MS + WAY_MS) {
      if (pieces.length > 1) {
        pieces.shift().bitmap.close();
        shown = 0;
      } else shown = REST_MS + WAY_MS; // it waits at the last picture
    }
    draw();
  }
  if (playing || !pieces.length) fetchAhead();
  requestAnimationFrame(step);
}

// The screen stays on while it plays.
async function keepAwake() {
  if (playing && !document.hidden && !lock) {
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    lock?.addEventListener("release", () => { lock = null; });
  } else if (!playing) await lock?.release();
}

function showState() {
  element("play").textContent = say(playing ? "pause" : "play");
  document.body.dataset.playing = playing ? "1" : "";
  keepAwake();
}

function toggle() {
  playing = !playing;
  showState();
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

// Without a picture the controls are all that there is to see.
let stillness = null;
function moved() {
  delete document.body.dataset.still;
  clearTimeout(stillness);
  stillness = setTimeout(() => { if (playing && pieces.length) document.body.dataset.still = ""; }, STILL_MS);
}

element("play").addEventListener("click", toggle);
element("full").addEventListener("click", fullScreen);
element("full").hidden = !document.fullscreenEnabled;
canvas.addEventListener("dblclick", fullScreen);
for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) document.addEventListener(kind, moved);
document.addEventListener("keydown", (event) => {
  if (event.target.matches("button, a") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") toggle();
  if (event.key === "f") fullScreen();
});
document.addEventListener("visibilitychange", keepAwake);
const there = new URLSearchParams();
for (const key of ["model", "lang"]) if (asked.has(key)) there.set(key, asked.get(key));
element("back").href = `./?${there}`;
showState();
moved();
requestAnimationFrame(step);
