// Ten pictures, real or made up: what is shown, what is said, and what it comes to.

import { copy } from "./copy.js";
import { join, say } from "./words.js";

const element = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const model = asked.get("model");

let round = null; // what the server began
let place = 0;
let answers = [];
let busy = false;

const percent = (share) => Math.round(100 * share);
const address = (number) => `guess/rounds/${round.round}/${number}.png`;

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const { lang } = document.documentElement;
  const answer = await fetch(`guess/${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, options);
  if (!answer.ok) throw Object.assign(new Error(path), { status: answer.status });
  return answer.json();
}

// One thing at a time; what goes wrong is a sentence, and what is shown stays.
async function carefully(work) {
  if (busy) return;
  busy = true;
  element("trouble").textContent = "";
  try {
    await work();
  } catch (error) {
    const sentence = { 404: "no_model", 409: "full", 422: round ? "over" : "no_real", 429: "busy" }[error.status];
    element("trouble").textContent = say(sentence ?? "away");
  } finally {
    busy = false;
  }
}

function show(screen) {
  for (const main of document.querySelectorAll("main[id]")) main.hidden = main.id !== screen;
}

async function begin() {
  round = null;
  round = await ask("rounds", model ? { model } : {});
  place = 0;
  answers = [];
  show("play");
  showPicture();
}

function showPicture() {
  const picture = element("picture");
  picture.src = address(place);
  picture.alt = say("place", { number: place + 1, count: round.count });
  element("place").textContent = picture.alt;
  element("bar").max = round.count;
  element("bar").value = place;
  element("verdict").textContent = "";
  for (const button of [element("made"), element("real")]) button.hidden = false;
  element("next").hidden = true;
  element("place").focus({ preventScroll: true });
  if (place + 1 < round.count) new Image().src = address(place + 1);
}

async function guess(real) {
  const answer = await ask(`rounds/${round.round}/guesses`, { place, real });
  const right = answer.real === answer.said_real;
  answers.push({ ...answer, right, src: address(place) });
  const verdict = element("verdict");
  verdict.className = right ? "right" : "wrong";
  const what = say(answer.real ? "is_real" : "is_made_up");
  verdict.textContent = join(say(right ? "right" : "wrong"), answer.label ? say("with_label", { what, label: answer.label }) : what);
  for (const button of [element("made"), element("real")]) button.hidden = true;
  element("next").hidden = false;
  element("next").focus({ preventScroll: true });
  element("bar").value = place + 1;
}

async function next() {
  place += 1;
  if (place < round.count) showPicture();
  else await end();
}

const score = () => answers.filter((answer) => answer.right).length;

async function end() {
  const results = await ask(`results?model=${encodeURIComponent(round.model)}`).catch(() => null);
  element("score").textContent = say("score", { right: score(), count: answers.length });
  element("answers").replaceChildren(...answers.map(tile));
  const { rounds, fooled, doubted } = results ?? {};
  const said = (name, share) => share && say(name, { share: percent(share.share), low: percent(share.low), high: percent(share.high) });
  element("everyone").textContent = rounds ? join(said("fooled", fooled), said("doubted", doubted), say("of_rounds", { count: rounds })) : "";
  const { source, licence, holder } = round;
  element("credit").textContent = say("credit", { source, licence, holder });
  const link = new URLSearchParams({ model: round.model });
  if (asked.has("lang")) link.set("lang", asked.get("lang"));
  element("model").href = `./?${link}`;
  show("end");
  element("score").focus({ preventScroll: true });
}

function tile({ right, real, label, src }) {
  const item = document.createElement("li");
  item.className = right ? "right" : "wrong";
  const image = document.createElement("img");
  image.src = src;
  image.alt = label;
  const mark = document.createElement("i");
  mark.textContent = right ? "✓" : "✗";
  const what = document.createElement("b");
  what.textContent = say(real ? "real" : "made_up");
  item.append(image, mark, what, label);
  return item;
}

async function share() {
  const url = new URL(`guess?${new URLSearchParams({ model: round.model })}`, location.href).href;
  const text = say("shared", { right: score(), count: answers.length });
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ text, url }).catch(() => {});
    return;
  }
  await copy(`${text} ${url}`);
  const button = element("share");
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = say("share"); }, 2000);
}

for (const button of [element("made"), element("real")]) {
  button.addEventListener("click", () => carefully(() => guess(Boolean(button.dataset.real))));
}
for (const [id, act] of Object.entries({ begin, next, again: begin, share })) {
  element(id).addEventListener("click", () => carefully(act));
}
element("picture").addEventListener("load", ({ target }) => target.style.setProperty("--px", `${target.naturalWidth}px`));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const button = { ArrowLeft: "made", ArrowRight: "real" }[event.key];
  if (button && !element("play").hidden && !element(button).hidden) element(button).click();
});
for (const link of document.querySelectorAll("[data-lang]")) {
  const there = new URLSearchParams(location.search);
  there.set("lang", link.dataset.lang);
  link.href = `?${there}`;
}
show("start");
