// The pictures at points of the map: one is asked for at a time, the newest next, and those that were seen are kept.

const STEPS = 50; // of a thumbnail: pictures nearer than that have the same name, or nearly
const MOST_KEPT = 256;
const MOST_PAUSE_SECONDS = 60;

const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

// A place as it is asked for and as the address has it, so that whoever comes back finds the same picture.
export const rounded = (value) => (Math.round(Math.max(value, 0) * STEPS) / STEPS).toFixed(2);

async function bitmapOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/png" }));
}

export class Points {
  // `show` is called with what is known of a point, `trouble` with the status of an answer that is none, 0 without one,
  // and with null once there is one again.
  constructor({ model, revision }, lang, show, trouble) {
    this.query = { model, revision, lang };
    this.show = show;
    this.trouble = trouble;
    this.kept = new Map();
    this.wanted = null;
    this.asking = false;
    this.failures = 0;
  }

  // Whoever moves fast sees what there was time for on the way, and at the end what is there. What is under way is not
  // broken off: on a slow line nothing at all would be seen until one rests.
  want({ x, y }) {
    const key = `x=${rounded(x)}&y=${rounded(y)}`;
    const known = this.kept.get(key);
    this.wanted = known ? null : key;
    this.last = key;
    if (known) this.show(known);
    else if (!this.asking) this.ask();
  }

  async ask() {
    this.asking = true;
    while (this.wanted) {
      const key = this.wanted;
      const found = await this.fetch(key);
      if (!found) continue;
      if (this.wanted === key) this.wanted = null;
      if (this.wanted || this.last === key) this.show(found);
    }
    this.asking = false;
  }

  async fetch(key) {
    const answer = await fetch(`map/point?${new URLSearchParams(this.query)}&${key}`).catch(() => null);
    if (!answer?.ok) {
      this.trouble(answer?.status ?? 0);
      const told = Number(answer?.headers.get("Retry-After")) || 0;
      await sleep(Math.min(Math.max(told, 2 ** this.failures), MOST_PAUSE_SECONDS));
      this.failures += 1;
      return null;
    }
    if (this.failures) this.trouble(null);
    this.failures = 0;
    const known = await answer.json();
    const found = { ...known, bitmap: await bitmapOf(known.png) };
    this.kept.set(key, found);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    return found;
  }
}
