// The classes with their photos, those that have none, and those that are no part of the project.

import { make } from "./dom.js";
import { takesPhotos, tiles } from "./tiles.js";
import { say } from "./words.js";

// Those that are open stay so when what they show is new.
const opened = new Set();

export function classesView(board) {
  const entries = Object.entries(board.labels.photos);
  const parts = board.classes.map(([label]) => [
    label, entries.filter(([, photo]) => photo.label === label && !photo.out), { do: "move", label },
  ]);
  const out = entries.filter(([, photo]) => photo.out);
  if (out.length) parts.push([say("not_part"), out, { do: "leave-out" }]);
  if (!parts.length) return [];
  return [
    make("h2", { textContent: say("classes_head") }),
    make("p", { textContent: say("classes_what") }),
    ...parts.map(([name, found, act]) => part(board, name, found.map(([photo]) => photo), act)),
  ];
}

function part(board, name, photos, act) {
  const place = make("div");
  const node = make(
    "details", { className: "class", open: opened.has(name) },
    make("summary", { textContent: `${name} · ${photos.length}` }), place,
  );
  const fill = () => node.open && !place.childElementCount && place.append(tiles(board, photos));
  node.addEventListener("toggle", () => {
    if (node.open) opened.add(name);
    else opened.delete(name);
    fill();
  });
  fill();
  return takesPhotos(node, (dropped) => board.act({ ...act, photos: dropped }));
}
