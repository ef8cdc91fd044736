// The page: what is shown, and what buttons, fields, links and the browser's Back do to it.

import { Artist } from "./artist.js";
import { Controls } from "./controls.js";
import { copied, element } from "./elements.js";
import { fromQuery, newSeed, ROW, toQuery } from "./links.js";
import { Morphing } from "./morphing.js";
import { Sheet } from "./sheet.js";
import { Viewer } from "./viewer.js";
import { chosenLanguage, openWords, say } from "./words.js";

const TABS = ["sample", "interpolate"];

const model = await (await fetch(new URL("model.json", import.meta.url))).json();
const lang = chosenLanguage(model.languages);
model.classTexts = model.shown[lang] ?? model.classes;
await openWords(lang);

let state = null;
// While the browser goes back from the viewer, which takes it a moment, nothing else may be put into the history.
let leaving = null;

function said(text, isProblem = false) {
  element("status").textContent = text;
  element("status").classList.toggle("problem", isProblem);
}

const artist = new Artist(model);
const controls = new Controls(model);
const morphing = new Morphing(model, artist, { said });
const sheet = new Sheet(element("sheet"), model, artist, { said, open: openPicture });
const viewer = new Viewer({
  beside: (picture, step) => sheet.beside(picture, step),
  morph: (end, { seed, asked, truncation }) => {
    const ends = state.ends.map((old, i) => (i === end ? { seed, asked } : old));
    goTo({ ...state, tab: "interpolate", truncation, ends });
  },
  copy: (button, { seed, asked, truncation }) => {
    copyLink(button, { ...state, tab: "sample", each: false, label: asked, count: 1, seed, truncation });
  },
  closed: () => {
    if (!history.state?.viewer) return;
    leaving = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
    leaving.then(() => { leaving = null; });
    history.back();
  },
});

function openPicture(picture) {
  if (leaving) return leaving.then(() => openPicture(picture));
  history.pushState({ viewer: true }, "");
  viewer.open(picture);
}

// ---- Showing

function show() {
  controls.show(state);
  for (const tab of TABS) {
    const isFront = tab === state.tab;
    element(`tab-${tab}`).ariaSelected = String(isFront);
    element(`tab-${tab}`).tabIndex = isFront ? 0 : -1;
  }
  element("sample").hidden = state.tab !== "sample";
  element("morph").hidden = state.tab !== "interpolate";
  morphing.pause();
  said(say("drawing"));
  if (state.tab === "sample") sheet.draw(state);
  else morphing.draw(state);
}

function goTo(next) {
  if (leaving) return leaving.then(() => goTo(next));
  state = next;
  history.pushState(null, "", toQuery(state, model));
  show();
}

function arrive() {
  const { state: linked, problems, isOther } = fromQuery(location.search, model);
  state = linked;
  show();
  const notes = [isOther && say("other_version"), problems.length > 0 && say("bad_link", { keys: problems.join(", ") })];
  element("note").textContent = notes.filter(Boolean).join(" ");
  element("note").hidden = !notes.some(Boolean);
}

// ---- Hands

function change(changed) {
  const { state: read, problem } = controls.read(state);
  if (problem) said(problem, true);
  else goTo({ ...read, ...changed(read) });
}

async function copyLink(button, shown) {
  const link = new URL(toQuery(shown, model), location.href).href;
  if (await copied(link)) {
    const text = button.textContent;
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = text; }, 2000);
  } else {
    prompt(say("copy_link"), link);
  }
}

element("new-pictures").onclick = () => change(({ each, count }) => ({ seed: newSeed(each ? ROW : count) }));
element("new-morph").onclick = () => change(({ ends }) => ({ ends: ends.map((end) => ({ ...end, seed: newSeed() })) }));
element("copy-link").onclick = () => copyLink(element("copy-link"), state);
element("copy-morph").onclick = () => copyLink(element("copy-morph"), state);
for (const form of document.querySelectorAll("form")) {
  form.onsubmit = (event) => event.preventDefault();
  form.onchange = () => change(() => ({}));
}
TABS.forEach((tab, i) => {
  const button = element(`tab-${tab}`);
  button.onclick = () => tab !== state.tab && goTo({ ...state, tab });
  button.onkeydown = ({ key }) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    const other = element(`tab-${TABS[1 - i]}`);
    other.focus();
    other.click();
  };
});
addEventListener("popstate", () => {
  if (element("viewer").open) element("viewer").close();
  else arrive();
});

// ---- Beginning

const kind = say(model.channels === 1 ? "grey" : "colour");
element("about").textContent = say(model.knowsClasses ? "about" : "about_any", {
  size: model.side, kind, count: model.classes.length,
});
element("version").textContent = say("version", { revision: model.revision.slice(0, 8) });
element("version").title = model.revision;
for (const [code, name] of Object.entries(model.languages)) {
  if (code === lang) continue;
  const link = Object.assign(document.createElement("a"), { textContent: name, lang: code, hreflang: code });
  link.onclick = () => {
    const query = new URLSearchParams(location.search);
    query.set("lang", code);
    location.search = query;
    return false;
  };
  link.href = `?lang=${code}`;
  element("languages").append(link);
}
document.documentElement.classList.add(`side-${model.side}`);
element("opening").remove();
element("page").hidden = false;
arrive();
