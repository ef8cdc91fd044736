// The page's elements: found, read, and the screen shown that is wanted.

export function element(id) {
  return document.getElementById(id);
}

// What was typed into a field.
export function typed(id) {
  return element(id).value.replace(/\p{Surrogate}/gu, "").trim();
}

export function showScreen(name) {
  const changed = element(name).hidden;
  for (const each of document.querySelectorAll("main[id]")) each.hidden = each.id !== name;
  if (changed) {
    scrollTo(0, 0);
    element(name).querySelector("h1")?.focus({ preventScroll: true });
  }
}
