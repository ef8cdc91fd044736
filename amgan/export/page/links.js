// The query string of the page and back, by the keys that links of the app have too.

export const COUNTS = [1, 9, 16, 25, 64];
export const ROW = 4;
const MOST_ROWS = 12;
const MAX_SEED = 2 ** 32 - 1;
const MAX_TRUNCATION = 2;
const MIN_FRAMES = 2;
const MAX_FRAMES = 128;
const REVISION_DIGITS = 8;

export function hasRows({ knowsClasses, classes }) {
  return knowsClasses && classes.length <= MOST_ROWS;
}

function firstState(model) {
  const last = model.classes.length - 1;
  return {
    tab: "sample",
    label: null,
    each: hasRows(model),
    count: 16,
    seed: 0,
    truncation: 1,
    ends: [0, 1].map((seed) => ({ seed, asked: model.knowsClasses ? seed * last : null })),
    frames: 32,
    line: false,
    loop: false,
  };
}

// A whole number from `low` to `high` as a link or a field says it, or null.
export function whole(text, low, high) {
  const number = /^\d{1,12}$/.test(text ?? "") ? Number(text) : NaN;
  return number >= low && number <= high ? number : null;
}

export function seedOf(text, count = 1) {
  return whole(text, 0, MAX_SEED - count + 1);
}

export function truncationOf(text) {
  const number = /^\d{0,2}(\.\d{0,12})?$/.test(text ?? "") ? parseFloat(text) : NaN;
  return number > 0 && number <= MAX_TRUNCATION ? number : null;
}

export function newSeed(count = 1) {
  return Math.floor(Math.random() * (MAX_SEED - count + 2));
}

// What a link says, and the keys of what of it cannot be used.
export function fromQuery(query, model) {
  const said = new URLSearchParams(query);
  const problems = [];
  const state = firstState(model);
  const take = (key, read, usual) => {
    const text = said.get(key);
    if (text === null || text === "") return usual;
    const value = read(text);
    if (value === null) problems.push(key);
    return value ?? usual;
  };
  const classOf = (name) => {
    const names = [model.classes, ...Object.values(model.shown)].find((each) => each.includes(name));
    return model.knowsClasses && names ? names.indexOf(name) : null;
  };
  const namesEnds = said.has("from") || said.has("to");
  const end = (key, usual) => ({
    seed: take(key, seedOf, usual.seed),
    asked: take(`${key}_class`, classOf, namesEnds ? null : usual.asked),
  });

  state.tab = said.get("tab") === "interpolate" ? "interpolate" : "sample";
  state.label = take("class", classOf, null);
  if (["class", "n", "seed"].some((key) => said.has(key))) state.each = said.get("each") === String(ROW) && hasRows(model);
  state.count = take("n", (text) => COUNTS.find((count) => String(count) === text) ?? null, state.count);
  state.seed = take("seed", (text) => seedOf(text, state.each ? ROW : state.count), state.seed);
  state.truncation = take("truncation", truncationOf, state.truncation);
  state.ends = [end("from", state.ends[0]), end("to", state.ends[1])];
  state.frames = take("frames", (text) => whole(text, MIN_FRAMES, MAX_FRAMES), state.frames);
  state.line = said.get("method") === "lerp";
  state.loop = said.get("loop") === "1";
  const revision = said.get("rev")?.toLowerCase();
  const isOther = Boolean(revision) && !model.revision.startsWith(revision) && !revision.startsWith(model.revision);
  return { state, problems, isOther };
}

// The shortest query string that restores what the tab in front shows.
export function toQuery(state, model) {
  const query = new URLSearchParams();
  const name = (asked) => model.classes[asked];
  query.set("rev", model.revision.slice(0, REVISION_DIGITS));
  if (state.tab === "interpolate") {
    query.set("tab", state.tab);
    ["from", "to"].forEach((key, i) => {
      query.set(key, state.ends[i].seed);
      if (state.ends[i].asked !== null) query.set(`${key}_class`, name(state.ends[i].asked));
    });
    if (state.frames !== 32) query.set("frames", state.frames);
    if (state.line) query.set("method", "lerp");
    if (state.loop) query.set("loop", 1);
  } else {
    if (state.each) query.set("each", ROW);
    else if (state.label !== null) query.set("class", name(state.label));
    if (!state.each && state.count !== 16) query.set("n", state.count);
    query.set("seed", state.seed);
  }
  if (state.truncation !== 1) query.set("truncation", state.truncation);
  const lang = new URLSearchParams(location.search).get("lang");
  if (lang) query.set("lang", lang);
  return `?${query}`;
}

// The names of a sheet's pictures.
export function namesOf({ each, label, count, seed, truncation }, { classes }) {
  const labels = each ? classes.map((_, i) => i) : [label];
  const length = each ? ROW : count;
  return labels.flatMap((asked) => Array.from({ length }, (_, i) => ({ seed: seed + i, asked, truncation })));
}
