// Votes that the server has not acknowledged yet. Each has an entry of its own in the browser's storage, so that tabs
// do not overwrite each other's, and is sent under the same id again and again until the server says that it has it.

const BATCH = 20; // of the longest comments: a request that outlives its page may have 64 KB
const MOST_PAUSE_SECONDS = 30;

export class Outbox {
  // storage: getItem, setItem, removeItem, keys. prefix: of this review's entries.
  // send(votes) resolves to { status, ids, retryAfter }; status 0 stands for no connection.
  // changed(event) is called with { waiting, troubled } after every change, and with { refused }, { closed } or { gone }.
  constructor(storage, prefix, send, changed) {
    Object.assign(this, { storage, prefix, send, changed });
    this.failures = 0;
    this.most = BATCH;
    this.running = false;
    this.timer = undefined;
    this.acknowledgements = 0;
  }

  // In the order in which they were given.
  pending() {
    const keys = this.storage.keys().filter((key) => key.startsWith(this.prefix)).sort();
    return keys.map((key) => ({ key, vote: parsed(this.storage.getItem(key)) })).filter(({ vote }) => vote);
  }

  add(vote) {
    const last = this.pending().at(-1)?.key.slice(this.prefix.length).split("-")[0] ?? "0";
    // Behind the last one, even if the clock was set back.
    const time = Math.max(Date.now(), parseInt(last, 36) + 1);
    this.storage.setItem(`${this.prefix}${time.toString(36).padStart(10, "0")}-${vote.id}`, JSON.stringify(vote));
    this.flush();
  }

  // Send what waits, now; what fails is tried again after growing pauses.
  async flush() {
    if (this.running) return;
    clearTimeout(this.timer);
    this.running = true;
    try {
      while (await this.step());
    } finally {
      this.running = false;
    }
    this.report();
  }

  report() {
    this.changed({ waiting: this.pending().length, troubled: this.failures > 0 });
  }

  async step() {
    const batch = this.pending();
    if (!batch.length) return false;
    // One request speaks for one reviewer and one name.
    const first = batch[0].vote;
    const same = batch.findIndex(({ vote }) => vote.reviewer !== first.reviewer || vote.name !== first.name);
    const part = batch.slice(0, Math.min(this.most, same < 0 ? batch.length : same));
    const { status, ids, retryAfter } = await this.send(part.map(({ vote }) => vote));
    if (status === 200 && ids.length) {
      this.remove(part.filter(({ vote }) => ids.includes(vote.id)));
      this.acknowledgements += 1;
      this.failures = 0;
      this.most = BATCH;
      return true;
    }
    if (status === 409) {
      this.remove(batch);
      this.changed({ closed: batch.length });
      return false;
    }
    if (status === 413 || status === 422) {
      // One that is refused must not keep back the others: they are sent one by one.
      if (part.length === 1) {
        this.remove(part);
        this.changed({ refused: part[0].vote });
      }
      this.most = 1;
      return true;
    }
    // The server does not know the review. What waits is kept: it may be a proxy that says so for a moment.
    if (status === 404) this.changed({ gone: true });
    this.failures += 1;
    const pause = Math.max(retryAfter || 0, Math.min(2 ** (this.failures - 1), MOST_PAUSE_SECONDS));
    // Not all at the same moment, when a server comes back.
    this.timer = setTimeout(() => this.flush(), pause * 1000 * (1 + Math.random() / 4));
    return false;
  }

  remove(entries) {
    for (const { key } of entries) this.storage.removeItem(key);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
