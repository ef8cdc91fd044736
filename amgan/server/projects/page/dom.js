// Elements made and found.

// An element: what is a property of it is set as one, what begins with "on" hears events, the rest are attributes.
// Children may be lists of them; those that are null or false are left out.
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A sentence in which no line ends within a flag, such as --host 0.0.0.0.
export function withFlags(sentence) {
  return sentence.split(/(--[\w-]+(?: [\d.]+)?)/).map((part, number) => (number % 2 ? make("span", { className: "whole", textContent: part }) : part));
}

export function element(id) {
  return document.getElementById(id);
}

// What went wrong, in a sentence at the head of the page; "" takes it away.
export function showTrouble(sentence) {
  const place = element("trouble");
  place.textContent = sentence;
  if (sentence) place.scrollIntoView({ block: "nearest" });
}
