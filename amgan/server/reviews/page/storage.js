// The browser's storage, or the page's own memory where the browser gives none.

export function openStorage() {
  try {
    localStorage.setItem("amgan-probe", "1");
    localStorage.removeItem("amgan-probe");
  } catch {
    return inMemory();
  }
  const memory = inMemory();
  return {
    getItem: (key) => localStorage.getItem(key) ?? memory.getItem(key),
    setItem(key, value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        memory.setItem(key, value); // it is full
      }
    },
    removeItem(key) {
      localStorage.removeItem(key);
      memory.removeItem(key);
    },
    keys: () => [...Object.keys(localStorage), ...memory.keys()],
  };
}

function inMemory() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

// Also where crypto.randomUUID is not: on a page without https.
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const REVIEWER_KEY = "amgan-reviewer";

// Who this browser is to all reviews: { id, name }, kept from the first visit on. hasStarted() and start() are about the
// review of that id; becomeOther() makes this browser somebody who was never here, once the page is opened again.
export function openReviewer(storage, review) {
  const key = REVIEWER_KEY;
  const startedKey = `amgan-started:${review}`;
  let reviewer = null;
  try {
    reviewer = JSON.parse(storage.getItem(key));
  } catch {
    // Somebody else wrote there.
  }
  if (!/^[0-9a-f]{32}$/.test(reviewer?.id)) reviewer = { id: randomId(), name: "" };
  const keep = () => storage.setItem(key, JSON.stringify(reviewer));
  keep();
  return {
    reviewer,
    keep,
    hasStarted: () => storage.getItem(startedKey) === reviewer.id,
    start: () => storage.setItem(startedKey, reviewer.id),
    becomeOther: () => storage.setItem(key, JSON.stringify({ id: randomId(), name: "" })),
  };
}
