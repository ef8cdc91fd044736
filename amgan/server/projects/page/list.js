// The list of projects, and a new one.

import { make, showTrouble } from "./dom.js";
import { ask } from "./server.js";
import { say } from "./words.js";

// A language that the address names goes with it.
function addressOf(name) {
  return `create/${name}${location.search}`;
}

function row({ name, title, photos, classes, problem }) {
  const known = Object.keys(classes).length;
  const words = problem || [say("photos", { count: photos }), known && say("classes", { count: known })].filter(Boolean).join(" · ");
  return make("li", {}, make("a", { href: addressOf(name) }, make("b", { textContent: title }), make("small", { textContent: words })));
}

export async function showList(place) {
  const { projects } = await ask("projects");
  const title = make("input", { id: "new-title", maxLength: 100, required: true, autocomplete: "off", placeholder: say("title_example") });
  const button = make("button", { className: "main", textContent: say("new_project") });
  const form = make("form", {}, make("label", { htmlFor: "new-title", textContent: say("title") }), title, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const { name } = await ask("projects", { title: title.value.trim() });
      location.href = addressOf(name);
    } catch (error) {
      showTrouble(error.message);
      button.disabled = false;
    }
  });
  place.replaceChildren(
    make("p", { textContent: say("what_it_is") }),
    form,
    projects.length ? make("h2", { textContent: say("your_projects") }) : "",
    make("ul", { className: "projects" }, ...projects.map(row)),
  );
}
