// A review's pictures: fetched ahead, tried again when the network is away, shown by whole factors.

import { say } from "./words.js";

const MOST_KEPT = 40;
const MOST_PAUSE_SECONDS = 10;
const GAP = 12;

export class Pictures {
  // base: address of the review. changed(item) is called when the pictures of an item have come or cannot come.
  constructor(base, reviewer, pairs, changed) {
    Object.assign(this, { base, reviewer, pairs, changed });
    this.kept = new Map();
  }

  urls(item) {
    if (!this.pairs) return [`${this.base}/pictures/${item}.png`];
    return ["left", "right"].map((side) => `${this.base}/pictures/${item}-${side}.png?reviewer=${this.reviewer}`);
  }

  // { images, state: "loading", "ready" or "gone", trouble: a sentence, if there is any }
  of(item) {
    let entry = this.kept.get(item);
    this.kept.delete(item);
    if (!entry) {
      entry = { images: [], state: "loading", trouble: "" };
      entry.images = this.urls(item).map((url) => this.load(entry, item, url));
    }
    this.kept.set(item, entry);
    for (const [old] of [...this.kept].slice(0, -MOST_KEPT)) this.kept.delete(old);
    return entry;
  }

  load(entry, item, url) {
    const image = new Image();
    let failures = 0;
    image.draggable = false;
    image.onload = () => {
      entry.trouble = "";
      if (entry.state !== "gone" && entry.images.every(isThere)) entry.state = "ready";
      this.changed(item);
    };
    image.onerror = async () => {
      failures += 1;
      const { sentence, isOver, seconds } = await reasonOf(url);
      entry.trouble = sentence;
      if (isOver) entry.state = "gone";
      this.changed(item);
      const pause = Math.max(seconds, Math.min(2 ** (failures - 1), MOST_PAUSE_SECONDS));
      if (!isOver && this.kept.get(item) === entry) setTimeout(() => (image.src = url), pause * 1000);
    };
    image.src = url;
    return image;
  }
}

function isThere(image) {
  return image.complete && image.naturalWidth > 0;
}

// An image does not say why it failed; the same request by another way does.
async function reasonOf(url) {
  const away = { sentence: say("connecting"), isOver: false, seconds: 0 };
  try {
    const answer = await fetch(url);
    if (answer.ok) return { ...away, sentence: "" };
    if ([404, 410, 422].includes(answer.status)) {
      return { sentence: say("picture_gone"), isOver: true, seconds: 0 };
    }
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    return { sentence: say(answer.status === 429 ? "picture_many" : "picture_later"), isOver: false, seconds };
  } catch {
    return away;
  }
}

// Give pictures that stand side by side the same, largest size in a room at which each of their pixels is a square of
// whole pixels of the screen.
export function fit(images, width, height) {
  const many = images.length;
  const side = Math.max(1, Math.min((width - GAP * (many - 1)) / many, height));
  const own = Math.max(...images.map((image) => image.naturalWidth || 1));
  const density = window.devicePixelRatio || 1;
  const factor = Math.floor((side * density) / own);
  const size = factor >= 1 ? (factor * own) / density : side;
  for (const image of images) image.style.width = image.style.height = `${size}px`;
}
