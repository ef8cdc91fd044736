// Steps 6 and 7: what people said comes back into the model, and all of it is handed over.

import { make, showTrouble } from "./dom.js";
import { saidSoFar } from "./judge.js";
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
    ...whatWasSaid(judged),
    ...(last ? feedBack(project, last) : []),
    ...(after ? beforeAndAfter(project, runs, after) : []),
    ...handOver(project, runs),
  );
}

function whatWasSaid(judged) {
  const heading = make("h2", { textContent: say("what_people_said") });
  if (!judged.length) {
    return [heading, make("p", {}, say("nobody_said"), " ", make("a", { href: "#judge", textContent: say("to_judge") }))];
  }
  return [heading, make("ul", {}, ...judged.map((review) => (
    make("li", {}, make("b", { textContent: review.title }), " ", saidSoFar(review), " ",
      make("a", { href: review.results, target: "_blank", rel: "noopener", textContent: say("results") }))
  )))];
}

function feedBack(project, { failing, kept }) {
  const parts = [make("h2", { textContent: say("feed_back") })];
  if (failing.length) {
    parts.push(make("p", {}, make("b", { textContent: say("more_photos_of", { classes: failing.join(say("comma")) }) }), " ",
      make("a", { href: "#photos", textContent: say("to_photos") })));
  }
  parts.push(make("p", {}, say("liked_what"), " ", make("a", { href: "#judge", textContent: say("to_judge") })));
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
  return [
    make("h2", { textContent: say("hand_over") }),
    make("p", { textContent: say("hand_over_what") }),
    make("div", { className: "row" },
      link("report", "report", { target: "_blank", rel: "noopener", className: "button main" }),
      ...runs.slice(0, 1).map(({ name }) => link(`runs/${name}/model.zip`, "model_zip", { download: "" }))),
    make("p", { className: "quiet-words", textContent: say("model_elsewhere") }),
  ];
}
