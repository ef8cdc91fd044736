// The page on which projects are made: the list, or the steps of one; a token first where the server wants one.

import { element, make, showTrouble } from "./dom.js";
import { showList } from "./list.js";
import { Project } from "./project.js";
import { ask } from "./server.js";
import { STEPS } from "./steps.js";
import { say } from "./words.js";

const { project: name } = document.body.dataset;
const place = element("place");
let leave = null; // to be called when the step is left

for (const link of document.querySelectorAll(".way > a")) link.search = location.search; // the language, if it is named

async function open() {
  try {
    if (name) await openProject();
    else await showList(place);
    place.removeAttribute("aria-busy");
  } catch (error) {
    place.removeAttribute("aria-busy");
    if (error.status === 401) showEntry();
    else if (error.status === undefined) throw error;
    else place.replaceChildren(make("p", { textContent: error.message }));
  }
}

async function openProject() {
  const project = new Project(name);
  project.addEventListener("change", () => showHead(project));
  await project.refresh();
  addEventListener("hashchange", () => changeStep(project));
  showStep(project);
}

// What was done in one step counts in the next one.
async function changeStep(project) {
  place.setAttribute("aria-busy", "true");
  await project.refresh().catch((error) => {
    if (error.status === undefined) throw error; // the step says by itself what it cannot have
  });
  place.removeAttribute("aria-busy");
  showStep(project);
}

function showHead({ state }) {
  document.title = state.title;
  element("title").textContent = state.title;
}

// The step that the address names, or the first that has something to do.
function stepOf({ state }) {
  const named = STEPS.find(({ id }) => location.hash === `#${id}`);
  return named ?? STEPS.find(({ isDone }) => !isDone?.(state)) ?? STEPS.at(-1);
}

function showStep(project) {
  const step = stepOf(project);
  leave?.();
  leave = null;
  showTrouble("");
  const steps = element("steps");
  steps.hidden = STEPS.length === 0;
  steps.replaceChildren(...STEPS.map(({ id }) => {
    const link = make("a", { href: `#${id}`, textContent: say(`step_${id}`) });
    if (id === step?.id) link.setAttribute("aria-current", "step");
    return link;
  }));
  place.replaceChildren();
  if (step) leave = step.open(place, project) ?? null;
}

// Where the server wants a token.
function showEntry() {
  const token = make("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
  const form = make(
    "form", {},
    make("p", { textContent: say("needs_token") }),
    make("label", { htmlFor: "token", textContent: say("token") }), token,
    make("button", { className: "main", textContent: say("enter") }),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showTrouble("");
    try {
      await ask("session", { token: token.value });
      place.replaceChildren();
      await open();
    } catch (error) {
      showTrouble(error.message);
    }
  });
  place.replaceChildren(form);
  token.focus();
}

open();
