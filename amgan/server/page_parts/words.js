// The page's words, in the language in which the server sent it.

const { lang } = document.documentElement;
const words = JSON.parse(document.getElementById("words").textContent);
const plural = new Intl.PluralRules(lang);

// The text of a name; one that has a form for each number takes that of values.count.
export function say(name, values = {}) {
  const form = words[name];
  const text = typeof form === "string" ? form : form[plural.select(values.count)] ?? form.other;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// Sentences that follow each other: languages that write words apart have a space between them.
export function join(...sentences) {
  return sentences.filter(Boolean).join(lang === "ja" ? "" : " ");
}
