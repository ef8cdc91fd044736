// One reviewer's way through a review: which item is asked, what was said, and the votes that wait for the server. What
// counts is what the server has; a vote is shown at once and kept in this browser until the server has it.

import { Outbox } from "./outbox.js";
import { fetchState, sendVotes } from "./server.js";
import { openReviewer, openStorage, randomId } from "./storage.js";

export class Session {
  // address: of the review. heard(event) is called with what the outbox says, see there, when it was taken in here.
  constructor(address, heard) {
    const storage = openStorage();
    const id = address.split("/").at(-1);
    this.address = address;
    this.prefix = `amgan-vote:${id}:`; // of this review's votes in the browser's storage
    this.browser = openReviewer(storage, id);
    this.outbox = new Outbox(storage, this.prefix, (batch) => sendVotes(address, batch), (event) => {
      this.take(event);
      heard(event);
    });
    this.review = null;
    this.votes = new Map(); // of each item the last answer; those given last are last
    this.current = null; // the item that is asked; null when all are judged
    this.isRevisit = false; // whether it is looked at again
    this.tooLate = 0; // so many votes came after the end
  }

  get reviewer() {
    return this.browser.reviewer;
  }

  // Ask the server what it has.
  async refresh() {
    const before = this.outbox.acknowledgements;
    const state = await fetchState(this.address, this.reviewer.id);
    if (!state) {
      location.reload(); // the server has a page that says so
      await new Promise(() => {});
    }
    // Votes that arrived meanwhile may be missing in it.
    if (this.outbox.acknowledgements !== before) return this.refresh();
    const given = Object.entries(state.votes).sort(([, one], [, other]) => one.at - other.at);
    this.review = state;
    this.votes = new Map(given.map(([item, vote]) => [Number(item), vote]));
    for (const { vote } of this.outbox.pending()) this.note(vote);
    if (!this.reviewer.name && state.name) {
      this.reviewer.name = state.name;
      this.browser.keep();
    }
  }

  // The reviewer was asked who is there.
  begin(name) {
    this.reviewer.name = name;
    this.browser.keep();
    this.browser.start();
  }

  get hasBegun() {
    return this.votes.size > 0 || this.browser.hasStarted();
  }

  // A vote, perhaps of another tab, and of another person who uses this browser.
  note({ item, verdict, comment, reviewer }) {
    if (reviewer !== this.reviewer.id) return;
    this.votes.delete(item);
    if (verdict !== "undo") this.votes.set(item, { verdict, comment });
  }

  say(item, verdict, comment) {
    const vote = { id: randomId(), item, verdict, comment, reviewer: this.reviewer.id, name: this.reviewer.name };
    this.note(vote);
    this.outbox.add(vote);
  }

  take({ closed, refused }) {
    if (closed) {
      this.tooLate += closed;
      if (this.review) this.review.closed = true;
    } else if (refused) this.votes.delete(refused.item); // it is asked again
  }

  judge(verdict, comment) {
    this.say(this.current, verdict, comment);
    this.goOn();
  }

  // Take the last answer back: its comment, or null if there is none to take back.
  undo() {
    const last = [...this.votes.keys()].at(-1);
    if (last === undefined || this.review.closed) return null;
    const { comment } = this.votes.get(last);
    this.say(last, "undo", "");
    this.isRevisit = false;
    this.current = last;
    return comment;
  }

  // Look again at what was judged: its comment.
  revisit(item) {
    this.current = item;
    this.isRevisit = true;
    return this.votes.get(item).comment;
  }

  goOn() {
    this.isRevisit = false;
    this.current = this.unjudged()[0] ?? null;
  }

  // Go on if another tab has judged what is asked here: whether it does. What is half written is about this item, and
  // must not go to the next one.
  advance(isWriting) {
    if (this.current !== null && !this.votes.has(this.current)) return false;
    if (this.current !== null && isWriting) this.isRevisit = true;
    if (this.isRevisit) return false;
    this.goOn();
    return true;
  }

  // Items, in the order in which they are asked.
  unjudged() {
    return this.review.order.filter((item) => !this.votes.has(item));
  }
}
