// Groups of alike photos, of which each is named once; those without open photos are not shown.

import { make } from "./dom.js";
import { someTiles } from "./tiles.js";
import { say } from "./words.js";

const MOST_SHOWN = 24;

export function groupsView(board) {
  const { groups } = board.labels;
  const open = groups.map((group) => group.filter((photo) => board.isOpen(photo))).filter((group) => group.length);
  if (!open.length) return [];
  return [
    make("h2", { textContent: say("groups") }),
    make("p", { textContent: say("groups_what") }),
    count(board, groups.length),
    ...open.map((photos, number) => card(board, photos, number)),
  ];
}

// Finer or coarser.
function count(board, now) {
  const change = (number) => board.act({ do: "groups", count: Math.max(1, number) });
  return make(
    "p", { className: "row" },
    make("span", { textContent: say("groups_now", { count: now }) }),
    make("button", { textContent: say("fewer_groups"), onclick: () => change(Math.floor(now / 1.5)) }),
    make("button", { textContent: say("more_groups"), onclick: () => change(Math.ceil(now * 1.5)) }),
  );
}

function card(board, photos, number) {
  const name = (label) => board.act({ do: "name", photos, label });
  const field = make("input", {
    maxLength: 60, placeholder: say("class_name"), autocomplete: "off", enterKeyHint: "done", "aria-label": say("class_name"),
  });
  const form = make("form", { className: "row" }, field, make("button", { className: "main", textContent: say("name_it") }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const label = field.value.trim();
    const isNamed = label && await name(label);
    // Unless somebody is busy elsewhere already.
    if (isNamed && document.activeElement === document.body) document.querySelector(".group input")?.focus({ preventScroll: true });
  });
  return make(
    "section", { className: "group", "data-of": photos[0], "aria-label": say("group_number", { number: number + 1 }) },
    make("p", { textContent: say("photos", { count: photos.length }) }),
    someTiles(board, photos, MOST_SHOWN),
    make(
      "div", { className: "row" },
      ...board.classes.map(([label]) => make("button", { className: "chip", textContent: label, onclick: () => name(label) })),
      form,
      make("button", { className: "quiet", textContent: say("not_part"), onclick: () => board.act({ do: "leave-out", photos }) }),
    ),
  );
}
