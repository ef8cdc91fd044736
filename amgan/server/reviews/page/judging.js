// The screen on which an item is judged: its pictures, its buttons, and whether a hand means them.

import { commentText, setComment } from "./comment.js";
import { element, showScreen } from "./elements.js";
import { fit, Pictures } from "./pictures.js";
import { choicesOf } from "./scales.js";
import { say } from "./words.js";

const AHEAD = 6;
const DOUBLE_TAP_MS = 200;
const WORDS_GAP = 28;
const SIDES = ["left", "right"];

export class Judging {
  // session: with its review. judged() is called after each answer.
  constructor(session, judged) {
    const { address, reviewer, review } = session;
    Object.assign(this, { session, judged });
    this.choices = choicesOf(review);
    this.pictures = new Pictures(address, reviewer.id, review.pairs, (item) => {
      if (item === session.current) this.showPictures();
    });
    this.shownSince = 0;
    element("choices").replaceChildren(...this.choices.map((choice) => this.button(choice)));
    element("skip").onclick = (event) => this.isMeant(event) && this.judge("skip");
    new ResizeObserver(() => this.isShown && session.current !== null && this.showPictures()).observe(element("stage"));
    this.prefetch();
  }

  get isShown() {
    return !element("judge").hidden;
  }

  judge(verdict) {
    const { session } = this;
    if (session.current === null || session.review.closed || !this.isShown) return;
    if (verdict === "skip" && session.isRevisit) return; // what was said stays, and the button is hidden
    // Nobody judges what cannot be seen.
    if (verdict !== "skip" && this.pictures.of(session.current).state !== "ready") return;
    session.judge(verdict, commentText());
    setComment();
    this.judged();
  }

  show() {
    const { review, current, votes, isRevisit } = this.session;
    const { length } = review.order;
    const label = review.items[current].label ?? "";
    element("bar").max = length;
    element("bar").value = votes.size;
    element("label").textContent = label;
    const place = element("place");
    if (place.dataset.item !== String(current)) {
      place.dataset.item = current;
      place.replaceChildren(say("place", { number: review.order.indexOf(current) + 1, count: length }));
      // Said, but not shown twice.
      if (label) place.append(Object.assign(document.createElement("span"), { className: "said", textContent: `, ${label}` }));
    }
    element("undo").disabled = votes.size === 0;
    element("all").hidden = !isRevisit;
    element("skip").hidden = isRevisit;
    showScreen("judge");
    this.showPictures();
    this.prefetch();
  }

  showPictures() {
    const { review, current, votes } = this.session;
    const { images, state, trouble } = this.pictures.of(current);
    const box = element("pictures");
    const verdict = votes.get(current)?.verdict;
    const place = say("place", { number: review.order.indexOf(current) + 1, count: review.count });
    const label = this.labelOf(current);
    images.forEach((image, side) => {
      image.alt = review.pairs ? `${label}, ${say(`${SIDES[side]}_side`)}, ${place}` : `${label}, ${place}`;
      image.className = review.pairs && verdict === SIDES[side] ? "chosen" : "";
      image.onclick = review.pairs ? (event) => this.isMeant(event) && this.judge(SIDES[side]) : null;
    });
    const isReady = state === "ready";
    if (isReady && images[0].parentNode !== box) {
      this.shownSince = performance.now();
      setTimeout(() => this.enable(), DOUBLE_TAP_MS + 1);
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
    this.enable();
  }

  labelOf(item) {
    return this.session.review.items[item].label ?? say("picture");
  }

  prefetch() {
    const { current } = this.session;
    // The one that is shown comes first, and is not the first to be dropped.
    for (const item of this.session.unjudged().slice(0, AHEAD)) if (item !== current) this.pictures.of(item);
    if (current !== null) this.pictures.of(current);
  }

  button(choice) {
    const button = document.createElement("button");
    button.className = choice.verdict;
    button.dataset.verdict = choice.verdict;
    button.setAttribute("aria-keyshortcuts", choice.keys.join(" "));
    button.append(choice.text);
    if (choice.note) button.append(Object.assign(document.createElement("small"), { textContent: choice.note }));
    if (choice.hint) button.append(Object.assign(document.createElement("kbd"), { textContent: choice.hint }));
    button.onclick = (event) => this.isMeant(event) && this.judge(choice.verdict);
    return button;
  }

  get isSettled() {
    return performance.now() - this.shownSince > DOUBLE_TAP_MS;
  }

  // The second half of a double tap is not meant for the picture that has just come; keys are never meant so.
  isMeant(event) {
    return event.detail === 0 || this.isSettled;
  }

  enable() {
    const isReady = !element("choices").hasAttribute("data-loading");
    for (const button of element("choices").children) {
      button.setAttribute("aria-disabled", String(!isReady || !this.isSettled));
    }
    element("skip").setAttribute("aria-disabled", String(!this.isSettled));
  }
}
