// Steps 6 and 7: what people said comes back into the model, and all of it is handed over.

import { make, showTrouble, withFlags } from "./dom.js";
import { reviewName, saidSoFar } from "./judge.js";
import { picture, withModels } from "./look.js";
import { choiceFields, runName } from "./make.js";
import { say } from "./words.js";

export const next = {
  id: "next",
  open: (place, project) => {
    const step = { isLeft: false };
    show(place, project, step).catch((error) => showTrouble(error.message));
    return () => {
      step.isLeft = true;
    };
  },
};

async function show(place, project, step) {
  const [runs, { reviews }] = await Promise.all([withModels(project), project.ask("reviews")]);
  if (step.isLeft) return;
  const judged = reviews.filter(({ votes }) => votes > 0);
  const last = judged.find(({ pairs }) => !pairs);
  const after = runs.find(({ starts_from: start }) => start && runs.some(({ name }) => name === start));
  place.replaceChildren(
    ...whatWasSaid(judged, runs),
    ...(last ? feedBack(project, last) : []),
    ...(after ? beforeAndAfter(project, runs, after) : []),
    ...handOver(project, runs),
  );
}

function whatWasSaid(judged, runs) {
  const heading = make("h2", { textContent: say("what_people_said") });
  if (!judged.length) {
    return [heading, make("p", {}, say("nobody_said"), " ", make("a", { href: "#judge", textContent: say("to_judge") }))];
  }
  return [heading, make("ul", { className: "lacks" }, ...judged.map((review) => (
    make("li", {}, make("b", { textContent: reviewName(review, runs) }), " ", saidSoFar(review), " ",
      make("a", { href: review.results, target: "_blank", rel: "noopener", textContent: say("results") }))
  )))];
}

function feedBack(project, { failing, kept }) {
  const parts = [make("h2", { textContent: say("feed_back") })];
  if (failing.length) {
    parts.push(make("p", {}, make("b", { textContent: say("more_photos_of", { classes: failing.join(say("comma")) }) }), " ",
      make("a", { href: "#photos", textContent: say("to_photos") })));
  }
  const ask = make("a", { href: "#judge", textContent: say("kind_liked"), onclick: () => {
    project.kind = "liked";
  } });
  parts.push(make("p", {}, say("liked_what"), " ", ask));
  if (!kept) return [...parts, make("p", { textContent: say("nothing_kept") })];
  const button = make("button", { className: "main", textContent: say("train_on") });
  const form = make("form", { id: "feedback-form" }, make("p", { textContent: say("train_on_what", { count: kept }) }), choiceFields(), button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    showTrouble("");
    try {
      await project.ask("feedback", { choice: form.elements.choice.value });
      location.hash = "#make";
    } catch (error) {
      showTrouble(error.message);
      button.disabled = false;
    }
  });
  return [...parts, form];
}

function beforeAndAfter(project, runs, after) {
  const before = runs.find(({ name }) => name === after.starts_from);
  const figure = (run) => make("figure", {}, picture(project, run, "sheet.png", say("sheet_alt")), make("figcaption", { textContent: runName(run) }));
  return [
    make("h2", { textContent: say("before_after") }),
    make("p", { textContent: say("before_after_what") }),
    make("div", { className: "beside" }, figure(before), figure(after)),
  ];
}

function handOver(project, runs) {
  const link = (path, word, properties = {}) => make("a", { className: "button", href: project.address(path), textContent: say(word), ...properties });
  const [newest] = runs;
  const hub = make("div", { className: "part sheet" });
  if (newest) showHub(hub, project, newest).catch((error) => showTrouble(error.message));
  return [
    make("h2", { textContent: say("hand_over") }),
    make("p", { textContent: say("hand_over_what") }),
    make("div", { className: "row" },
      link(`report?lang=${document.documentElement.lang}`, "report", { target: "_blank", rel: "noopener", className: "button main" }),
      newest && link(`runs/${newest.name}/model.zip`, "model_zip", { download: "" })),
    make("p", { className: "quiet-words" }, ...withFlags(say("model_elsewhere"))),
    hub,
  ];
}

// To the Hub, where the machine has a token that may write; else the commands that do it.
async function showHub(place, project, run) {
  const { writer } = project.state.sits_here ? await project.ask("hub") : {};
  place.replaceChildren(make("h2", { textContent: say("to_hub") }), ...(writer ? publishing(project, run, writer) : commands(run)));
}

function commands({ model }) {
  const lines = [`python -m amgan push --model ${model} --repo user/${model}`, `python -m amgan space --repo user/${model} --models user/${model}`].join("\n");
  const copy = make("button", { textContent: say("copy_commands"), onclick: async () => {
    try {
      await navigator.clipboard.writeText(lines);
      copy.textContent = say("copied");
    } catch {
      showTrouble(say("not_copied"));
    }
  } });
  return [make("p", { textContent: say("hub_commands") }), make("pre", { className: "commands", tabIndex: 0, textContent: lines }), make("div", { className: "row" }, copy)];
}

function publishing(project, { name, model }, writer) {
  const repo = make("input", { id: "repo", required: true, maxLength: 200, value: `${writer}/${model}`, autocomplete: "off" });
  const isPrivate = make("input", { id: "is-private", type: "checkbox" });
  const said = make("p", { role: "status" });
  const publish = (what) => async (event) => {
    event.preventDefault();
    showTrouble("");
    form.inert = true;
    said.textContent = say("publishing");
    try {
      const { url } = await project.ask(`runs/${name}/publish`, { repo: repo.value.trim(), what, private: isPrivate.checked });
      said.replaceChildren(say("published"), " ", make("a", { href: url, target: "_blank", rel: "noopener", textContent: url }));
    } catch (error) {
      said.textContent = "";
      showTrouble(error.message);
    }
    form.inert = false;
  };
  const form = make(
    "form", { id: "hub-form" }, make("label", { htmlFor: "repo", textContent: say("repository") }), repo,
    make("label", { className: "choice", htmlFor: "is-private" }, isPrivate, make("span", { textContent: say("private") })),
    make("div", { className: "row" }, make("button", { className: "main", textContent: say("publish_model") }),
      make("button", { type: "button", textContent: say("publish_space"), onclick: publish("space") })),
  );
  form.addEventListener("submit", publish("model"));
  return [make("p", { textContent: say("hub_what", { writer }) }), form, said];
}
