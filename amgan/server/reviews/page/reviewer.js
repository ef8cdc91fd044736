// The page for reviewers: which screen is shown, and what keys, buttons, other tabs and the network do to it.

import { commentText, setComment, writeComment } from "./comment.js";
import { element, showScreen, typed } from "./elements.js";
import { Judging } from "./judging.js";
import { COMMENT_KEYS, isAmong, SKIP_KEYS, UNDO_KEYS } from "./scales.js";
import { notThisOne, tile, whatToDo, whatWasDone, whyClosed } from "./screens.js";
import { Session } from "./session.js";
import { REVIEWER_KEY } from "./storage.js";
import { say } from "./words.js";

const MOST_PAUSE_SECONDS = 15;

const session = new Session(location.pathname.replace(/\/+$/, ""), showOutbox);
let judging = null; // until the review is known

async function open() {
  for (let failures = 0; ; failures += 1) {
    try {
      await session.refresh();
      break;
    } catch {
      element("loading").firstElementChild.textContent = say("connecting");
      await new Promise((done) => setTimeout(done, 1000 * Math.min(2 ** failures, MOST_PAUSE_SECONDS)));
    }
  }
  session.goOn();
  judging = new Judging(session, show);
  session.outbox.flush();
  if (session.review.closed || session.hasBegun) show();
  else showStart();
}

async function refreshQuietly() {
  if (!judging || document.hidden) return;
  try {
    await session.refresh();
  } catch {
    return; // what is shown stays
  }
  if (element("start").hidden) advance();
}

// ---- Screens

function show() {
  if (session.review.closed) showClosed();
  else if (session.current === null) showEnd();
  else judging.show();
  session.outbox.report();
}

function advance() {
  if (session.advance(commentText() !== "")) setComment();
  show();
}

function showStart() {
  const { review, reviewer } = session;
  element("what").textContent = whatToDo(review);
  element("name").value = reviewer.name;
  showOther(reviewer.name === "");
  showScreen("start");
}

function showEnd() {
  const { review, reviewer, votes } = session;
  const { pictures, choices } = judging;
  element("end-title").textContent = reviewer.name ? say("thank_you_name", { name: reviewer.name }) : say("thank_you");
  element("end-words").textContent = whatWasDone(review, votes);
  element("tiles").style.setProperty("--tile", review.pairs ? "148px" : "76px");
  element("tiles").replaceChildren(...review.order.map((item) => (
    tile(judging.labelOf(item), pictures.urls(item), choices, votes.get(item).verdict, () => revisit(item))
  )));
  showOther(false);
  showScreen("end");
}

function showOther(isHidden) {
  for (const button of document.querySelectorAll(".other")) {
    button.textContent = notThisOne(session.reviewer.name);
    button.hidden = isHidden;
  }
}

function showClosed() {
  element("closed-words").textContent = whyClosed(session.votes.size > 0, session.tooLate);
  showScreen("closed");
}

function showOutbox({ waiting, troubled, closed, refused, gone }) {
  if (closed && judging) show();
  else if (gone) refreshQuietly(); // if there is none any more, this leads to a page that says so
  else if (refused && judging) advance();
  else element("waiting").textContent = troubled && waiting ? say("votes_wait", { count: waiting }) : "";
}

// ---- Hands

function undo() {
  const comment = session.undo();
  if (comment === null) return;
  setComment(comment);
  show();
}

function revisit(item) {
  setComment(session.revisit(item));
  show();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !judging) return;
  const isWriting = event.target.matches?.("input, textarea");
  if (isWriting && event.key === "Escape") event.target.blur();
  if (isWriting || session.review.closed) return;
  if (isAmong(UNDO_KEYS, event.key) && element("start").hidden) undo();
  else if (!judging.isShown) return;
  else if (isAmong(SKIP_KEYS, event.key)) judging.judge("skip");
  else if (isAmong(COMMENT_KEYS, event.key)) writeComment();
  else {
    const choice = judging.choices.find(({ keys }) => isAmong(keys, event.key));
    if (!choice) return;
    judging.judge(choice.verdict);
  }
  event.preventDefault(); // what is opened by a key does not get its letter, too
}

element("start-form").addEventListener("submit", (event) => {
  event.preventDefault();
  session.begin(typed("name"));
  show();
});
element("undo").onclick = undo;
element("end-undo").onclick = undo;
element("all").onclick = () => {
  session.goOn();
  setComment();
  show();
};
for (const button of document.querySelectorAll(".other")) {
  button.onclick = () => {
    session.browser.becomeOther();
    location.reload(); // what waits goes on being sent under the name of who said it
  };
}
addEventListener("keydown", pressed);

// ---- Other tabs and the network

// Also when the page is hidden: it may be the last moment in which it can send.
function catchUp() {
  session.outbox.flush();
  refreshQuietly();
}

addEventListener("online", catchUp);
addEventListener("pageshow", (event) => event.persisted && catchUp());
document.addEventListener("visibilitychange", catchUp);
addEventListener("storage", ({ key, newValue }) => {
  if (key === REVIEWER_KEY && newValue && JSON.parse(newValue).id !== session.reviewer.id) location.reload();
  // Another tab has judged, or its vote has arrived.
  if (!judging || !key?.startsWith(session.prefix)) return;
  const vote = newValue && JSON.parse(newValue);
  if (vote) session.note(vote);
  if (vote && element("start").hidden) advance();
  else session.outbox.report();
});

open();
