// A map to wander in: what lies under the cross-hair, or under the mouse, is drawn while one goes.

import { copy } from "./copy.js";
import { listen } from "./gestures.js";
import { isKept, toggle } from "./kept.js";
import { Points, rounded } from "./points.js";
import { Wall } from "./wall.js";
import { say } from "./words.js";

const REST_MS = 400;
const GLIDE_MS = 500;
const COPIED_MS = 2000;
const MOST_PAUSE_SECONDS = 60;
const ZOOM = 1.5;

const element = (id) => document.getElementById(id);
const { lang } = document.documentElement;
const still = matchMedia("(prefers-reduced-motion: reduce)");

let wall = null;
let points = null;
let hovered = null; // where the mouse is
let shown = null; // what the page says at this moment
let gliding = 0;
let resting = 0;
let isDrawing = false;

const asked = () => new URLSearchParams(location.search);

function trouble(status) {
  const sentence = { 404: "no_model", 422: "no_map", 429: "busy", 503: "busy" }[status] ?? "away";
  element("trouble").textContent = status === null ? "" : say(sentence);
}

function fetchOk(address) {
  return fetch(address).then((answer) => {
    if (!answer.ok) throw Object.assign(new Error(address), { status: answer.status });
    return answer;
  });
}

async function start() {
  const query = new URLSearchParams();
  if (asked().has("model")) query.set("model", asked().get("model"));
  for (let failures = 0; ; failures += 1) {
    try {
      const places = await (await fetchOk(`map/places?${query}`)).json();
      const { model, revision } = places;
      const sprite = await fetchOk(`map/sprite.webp?${new URLSearchParams({ model, revision })}`);
      wall = new Wall(element("map"), places, await createImageBitmap(await sprite.blob()));
      points = new Points(places, lang, show, trouble);
      trouble(null);
      break;
    } catch (error) {
      trouble(error.status ?? 0);
      if ([404, 422].includes(error.status)) {
        // There is nothing to wander on, and nothing to do with it.
        for (const id of ["cross", "zoom", "keep", "copy", "open"]) element(id).hidden = true;
        return;
      }
      await new Promise((done) => setTimeout(done, 1000 * Math.min(2 ** failures, MOST_PAUSE_SECONDS)));
    }
  }
  listen(wall, { moved, tapped, hovered: hover });
  for (const [id, factor] of [["in", ZOOM], ["out", 1 / ZOOM]]) {
    element(id).addEventListener("click", () => {
      wall.zoom(factor);
      moved();
    });
  }
  addEventListener("popstate", restore);
  new ResizeObserver(() => {
    wall.look({});
    redraw();
  }).observe(element("map"));
  restore();
}

// The place that the address names, as far as it does.
function restore() {
  const query = asked();
  const place = {};
  for (const key of ["x", "y", "scale"]) {
    const value = Number(query.get(key) || NaN);
    if (Number.isFinite(value)) place[key] = value;
  }
  cancelAnimationFrame(gliding);
  clearTimeout(resting);
  wall.look(place);
  redraw();
  points.want(wall);
}

function remember(isStep = false) {
  const query = asked();
  query.set("x", rounded(wall.x));
  query.set("y", rounded(wall.y));
  query.set("scale", Math.round(wall.scale));
  if (isStep) history.pushState(null, "", `?${query}`);
  else history.replaceState(history.state, "", `?${query}`);
}

function redraw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    wall.draw();
  });
}

function moved() {
  cancelAnimationFrame(gliding);
  redraw();
  points.want(hovered ?? wall);
  clearTimeout(resting);
  resting = setTimeout(() => remember(), REST_MS);
}

function hover(point) {
  if (!point && !hovered) return;
  hovered = point;
  points.want(hovered ?? wall);
}

// Goes there, so that it lies under the cross-hair; Back leads to where one was.
function tapped(point) {
  clearTimeout(resting);
  cancelAnimationFrame(gliding);
  remember();
  const { x, y } = wall;
  let begun = null;
  const step = (now) => {
    begun ??= now;
    const way = still.matches ? 1 : Math.min((now - begun) / GLIDE_MS, 1);
    const eased = way * way * (3 - 2 * way);
    wall.look({ x: x + eased * (point.x - x), y: y + eased * (point.y - y) });
    wall.draw();
    points.want(wall);
    if (way < 1) gliding = requestAnimationFrame(step);
    else remember(true);
  };
  gliding = requestAnimationFrame(step);
}

let speaking = 0;
function show(found) {
  shown = found;
  const picture = element("picture");
  if (picture.width !== found.size) picture.width = picture.height = found.size;
  picture.getContext("2d").drawImage(found.bitmap, 0, 0);
  picture.dataset.name = found.name;
  element("label").textContent = found.label || say("picture");
  element("sure").textContent = found.sure;
  element("name").textContent = say(/^\d+$/.test(found.name) ? "seed" : "mixture", found);
  element("open").href = `./${found.link}&lang=${lang}`;
  element("keep").setAttribute("aria-pressed", isKept(found.link));
  clearTimeout(speaking);
  speaking = setTimeout(() => { element("said").textContent = found.sure || found.name; }, 2 * REST_MS);
}

element("keep").addEventListener("click", () => {
  if (!shown) return;
  element("trouble").textContent = toggle(shown.link) ? "" : say("full");
  element("keep").setAttribute("aria-pressed", isKept(shown.link));
});
element("copy").addEventListener("click", async () => {
  if (!wall) return;
  remember();
  await copy(location.href);
  element("copy").textContent = say("copied");
  setTimeout(() => { element("copy").textContent = say("copy_link"); }, COPIED_MS);
});
const there = new URLSearchParams();
for (const key of ["model", "lang"]) if (asked().has(key)) there.set(key, asked().get(key));
element("back").href = `./?${there}`;
start();
