// The page for reviewers: which screen, which picture, what was said. What counts is what the server has; a vote is
// shown at once and kept in this browser until the server has it.

import { Outbox } from "./outbox.js";
import { fit, Pictures } from "./pictures.js";
import { choicesOf, COMMENT_KEYS, isAmong, SKIP_KEYS, UNDO_KEYS } from "./scales.js";
import { notThisOne, tile, whatToDo, whatWasDone, whyClosed } from "./screens.js";
import { fetchState, sendVotes } from "./server.js";
import { openReviewer, openStorage, randomId, REVIEWER_KEY } from "./storage.js";

const AHEAD = 6;
const DOUBLE_TAP_MS = 200;
const WORDS_GAP = 28;
const MOST_PAUSE_SECONDS = 15;

const element = (id) => document.getElementById(id);
const base = location.pathname.replace(/\/+$/, "");
const reviewId = base.split("/").at(-1);
const prefix = `amgan-vote:${reviewId}:`;
const storage = openStorage();
const { reviewer, keep, hasStarted, start, becomeOther } = openReviewer(storage, reviewId);
const outbox = new Outbox(storage, prefix, (batch) => sendVotes(base, batch), showOutbox);

let review = null;
let choices = [];
let pictures = null;
let votes = new Map(); // of each item the last answer; those given last are last
let current = null;
let isRevisit = false;
let tooLate = 0;
let shownSince = 0;

// ---- The server

async function refresh() {
  const before = outbox.acknowledgements;
  const state = await fetchState(base, reviewer.id);
  if (!state) {
    location.reload(); // the server has a page that says so
    await new Promise(() => {});
  }
  // Votes that arrived meanwhile may be missing in it.
  if (outbox.acknowledgements !== before) return refresh();
  const given = Object.entries(state.votes).sort(([, one], [, other]) => one.at - other.at);
  review = state;
  votes = new Map(given.map(([item, vote]) => [Number(item), vote]));
  for (const { vote } of outbox.pending()) if (vote.reviewer === reviewer.id) note(vote);
  if (!reviewer.name && state.name) {
    reviewer.name = state.name;
    keep();
  }
}

async function open() {
  for (let failures = 0; ; failures += 1) {
    try {
      await refresh();
      break;
    } catch {
      element("loading").firstElementChild.textContent = "Waiting for the connection …";
      await new Promise((done) => setTimeout(done, 1000 * Math.min(2 ** failures, MOST_PAUSE_SECONDS)));
    }
  }
  choices = choicesOf(review);
  pictures = new Pictures(base, reviewer.id, review.pairs, (item) => item === current && showPictures());
  current = nextItem();
  prefetch();
  drawChoices();
  outbox.flush();
  if (review.closed || votes.size || hasStarted()) show();
  else showStart();
}

async function refreshQuietly() {
  if (!review || document.hidden) return;
  try {
    await refresh();
  } catch {
    return; // what is shown stays
  }
  if (element("start").hidden) advance();
}

// ---- What is said

function note({ item, verdict, comment }) {
  votes.delete(item);
  if (verdict !== "undo") votes.set(item, { verdict, comment });
}

function say(item, verdict, comment) {
  const vote = { id: randomId(), item, verdict, comment, reviewer: reviewer.id, name: reviewer.name };
  note(vote);
  outbox.add(vote);
}

function judge(verdict) {
  if (current === null || review.closed || element("judge").hidden) return;
  if (verdict === "skip" && isRevisit) return; // what was said stays, and the button is hidden
  if (verdict !== "skip" && pictures.of(current).state !== "ready") return; // nobody judges what cannot be seen
  say(current, verdict, clean(element("comment-text").value));
  closeComment();
  isRevisit = false;
  current = nextItem();
  show();
}

function undo() {
  if (review?.closed) return;
  const last = [...votes.keys()].at(-1);
  if (last === undefined) return;
  const { comment } = votes.get(last);
  say(last, "undo", "");
  isRevisit = false;
  current = last;
  closeComment(comment);
  show();
}

function nextItem() {
  return review.order.find((item) => !votes.has(item)) ?? null;
}

// Go on if another tab has judged what is shown here.
function advance() {
  const isDone = current === null || votes.has(current);
  // What is half written is about this picture, and must not go to the next one.
  if (isDone && current !== null && clean(element("comment-text").value)) isRevisit = true;
  if (isDone && !isRevisit) {
    closeComment();
    current = nextItem();
  }
  show();
}

function clean(text) {
  return text.replace(/\p{Surrogate}/gu, "").trim();
}

function closeComment(text = "") {
  element("comment-text").value = text;
  element("comment").open = text !== "";
  if (document.activeElement === element("comment-text") && !text) element("comment-text").blur();
}

// ---- Screens

function screen(name) {
  const changed = element(name).hidden;
  for (const each of document.querySelectorAll("main[id]")) each.hidden = each.id !== name;
  if (changed) {
    scrollTo(0, 0);
    element(name).querySelector("h1")?.focus({ preventScroll: true });
  }
}

function show() {
  if (review.closed) showClosed();
  else if (current === null) showEnd();
  else showItem();
  outbox.report();
}

function showStart() {
  element("what").textContent = whatToDo(review);
  element("name").value = reviewer.name;
  showOther(reviewer.name === "");
  screen("start");
}

function showItem() {
  const { length } = review.order;
  const position = review.order.indexOf(current) + 1;
  const label = review.items[current].label ?? "";
  element("bar").max = length;
  element("bar").value = votes.size;
  element("label").textContent = label;
  const place = element("place");
  if (place.dataset.item !== String(current)) {
    place.dataset.item = current;
    place.replaceChildren(`${position} of ${length}`);
    // Said, but not shown twice.
    if (label) place.append(Object.assign(document.createElement("span"), { className: "said", textContent: `, ${label}` }));
  }
  element("undo").disabled = votes.size === 0;
  element("all").hidden = !isRevisit;
  element("skip").hidden = isRevisit;
  screen("judge");
  showPictures();
  prefetch();
}

function showPictures() {
  const { images, state, trouble } = pictures.of(current);
  const box = element("pictures");
  const verdict = votes.get(current)?.verdict;
  const place = `${review.order.indexOf(current) + 1} of ${review.count}`;
  const label = labelOf(current);
  images.forEach((image, side) => {
    image.alt = review.pairs ? `${label}, ${side ? "right" : "left"}, ${place}` : `${label}, ${place}`;
    image.className = review.pairs && verdict === ["left", "right"][side] ? "chosen" : "";
    image.onclick = review.pairs ? (event) => isMeant(event) && judge(["left", "right"][side]) : null;
  });
  const isReady = state === "ready";
  if (isReady && images[0].parentNode !== box) {
    shownSince = performance.now();
    setTimeout(enable, DOUBLE_TAP_MS + 1);
  }
  box.classList.toggle("pair", review.pairs);
  box.replaceChildren(...(isReady ? images : []));
  element("trouble").textContent = trouble;
  const stage = element("stage");
  const words = element("label").offsetHeight + element("trouble").offsetHeight + WORDS_GAP;
  if (isReady) fit(images, stage.clientWidth, stage.clientHeight - words);
  element("choices").toggleAttribute("data-loading", !isReady);
  for (const button of element("choices").children) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  }
  enable();
}

function showEnd() {
  element("end-title").textContent = reviewer.name ? `Thank you, ${reviewer.name}!` : "Thank you!";
  element("end-words").textContent = whatWasDone(review, votes);
  element("tiles").style.setProperty("--tile", review.pairs ? "148px" : "76px");
  element("tiles").replaceChildren(...review.order.map((item) => (
    tile(labelOf(item), pictures.urls(item), choices, votes.get(item).verdict, () => revisit(item))
  )));
  showOther(false);
  screen("end");
}

function showOther(isHidden) {
  for (const button of document.querySelectorAll(".other")) {
    button.textContent = notThisOne(reviewer.name);
    button.hidden = isHidden;
  }
}

function revisit(item) {
  current = item;
  isRevisit = true;
  closeComment(votes.get(item).comment);
  show();
}

function showClosed() {
  element("closed-words").textContent = whyClosed(votes.size > 0, tooLate);
  screen("closed");
}

function showOutbox({ waiting, troubled, closed, refused }) {
  if (closed) {
    tooLate += closed;
    review.closed = true;
    show();
  } else if (refused) {
    votes.delete(refused.item);
    advance(); // it is asked again
  } else {
    const text = waiting === 1 ? "1 vote waits for the connection" : `${waiting} votes wait for the connection`;
    element("waiting").textContent = troubled && waiting ? text : "";
  }
}

function labelOf(item) {
  return review.items[item].label ?? "Picture";
}

function prefetch() {
  const open = review.order.filter((item) => !votes.has(item)).slice(0, AHEAD);
  // The one that is shown comes first, and is not the first to be dropped.
  for (const item of open) if (item !== current) pictures.of(item);
  if (current !== null) pictures.of(current);
}

// ---- Hands

// The second half of a double tap is not meant for the picture that has just come; keys are never meant so.
function isMeant(event) {
  return event.detail === 0 || performance.now() - shownSince > DOUBLE_TAP_MS;
}

function enable() {
  const isReady = !element("choices").hasAttribute("data-loading");
  const isSettled = performance.now() - shownSince > DOUBLE_TAP_MS;
  for (const button of element("choices").children) button.setAttribute("aria-disabled", String(!isReady || !isSettled));
  element("skip").setAttribute("aria-disabled", String(!isSettled));
}

function drawChoices() {
  element("choices").replaceChildren(...choices.map((choice) => {
    const button = document.createElement("button");
    button.className = choice.verdict;
    button.dataset.verdict = choice.verdict;
    button.setAttribute("aria-keyshortcuts", choice.keys.join(" "));
    button.append(choice.text);
    if (choice.note) button.append(Object.assign(document.createElement("small"), { textContent: choice.note }));
    if (choice.hint) button.append(Object.assign(document.createElement("kbd"), { textContent: choice.hint }));
    button.onclick = (event) => isMeant(event) && judge(choice.verdict);
    return button;
  }));
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !review) return;
  const isWriting = event.target.matches?.("input, textarea");
  if (isWriting && event.key === "Escape") event.target.blur();
  if (isWriting || review.closed) return;
  if (isAmong(UNDO_KEYS, event.key) && element("start").hidden) undo();
  else if (element("judge").hidden) return;
  else if (isAmong(SKIP_KEYS, event.key)) judge("skip");
  else if (isAmong(COMMENT_KEYS, event.key)) element("comment").open = true;
  else {
    const choice = choices.find(({ keys }) => isAmong(keys, event.key));
    if (!choice) return;
    judge(choice.verdict);
  }
  event.preventDefault();
  if (isAmong(COMMENT_KEYS, event.key)) element("comment-text").focus();
}

element("start-form").addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer.name = clean(element("name").value);
  keep();
  start();
  show();
});
element("undo").onclick = undo;
element("end-undo").onclick = undo;
element("skip").onclick = (event) => isMeant(event) && judge("skip");
element("all").onclick = () => {
  isRevisit = false;
  closeComment();
  current = nextItem();
  show();
};
for (const button of document.querySelectorAll(".other")) {
  button.onclick = () => {
    becomeOther();
    location.reload(); // what waits goes on being sent under the name of who said it
  };
}
addEventListener("keydown", pressed);
const observer = new ResizeObserver(() => current !== null && !element("judge").hidden && showPictures());
observer.observe(element("stage"));
addEventListener("online", () => {
  outbox.flush();
  refreshQuietly();
});
addEventListener("pageshow", (event) => event.persisted && refreshQuietly());
document.addEventListener("visibilitychange", refreshQuietly);
addEventListener("storage", (event) => {
  if (event.key === REVIEWER_KEY && event.newValue && JSON.parse(event.newValue).id !== reviewer.id) location.reload();
  // Another tab has judged, or its vote has arrived.
  if (!review || !event.key?.startsWith(prefix)) return;
  const vote = event.newValue && JSON.parse(event.newValue);
  if (vote && vote.reviewer === reviewer.id) note(vote);
  if (vote && element("start").hidden) advance();
  else outbox.report();
});

open();
