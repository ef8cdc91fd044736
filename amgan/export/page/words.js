// The page's words, in the language that the address asks for, or else the first one of the browser's that there is.

const DEFAULT = "en";

let words = {};
let plural = null;

export function chosenLanguage(languages) {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, ...navigator.languages.map((tag) => tag.split("-")[0].toLowerCase())];
  return wanted.find((code) => Object.hasOwn(languages, code ?? "")) ?? DEFAULT;
}

export async function openWords(lang) {
  words = await (await fetch(new URL(`words-${lang}.json`, import.meta.url))).json();
  plural = new Intl.PluralRules(lang);
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = say(element.dataset.label);
}

// The text of a name; one that has a form for each number takes that of values.count.
export function say(name, values = {}) {
  const form = words[name];
  const text = typeof form === "string" ? form : form[plural.select(values.count)] ?? form.other;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
