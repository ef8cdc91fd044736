// Photos as tiles: tapped to select them, dragged to a class.

import { make } from "./dom.js";
import { say } from "./words.js";

const DRAG_TYPE = "application/x-amgan-photos";

// A photo; below it what is given.
export function tile(board, photo, ...below) {
  const { name, label } = board.labels.photos[photo];
  const picture = Object.assign(new Image(96, 96), { src: board.project.address(`photos/${photo}`), loading: "lazy", alt: "" });
  const button = make("button", {
    className: "photo", title: name, draggable: true,
    onclick: () => board.toggle(photo),
    ondragstart: ({ dataTransfer }) => dataTransfer.setData(DRAG_TYPE, JSON.stringify(board.dragged(photo))),
  }, picture);
  button.dataset.photo = photo;
  button.setAttribute("aria-label", say("photo_named", { name, label: label ?? say("no_class") }));
  button.setAttribute("aria-pressed", board.selected.has(photo));
  return make("li", { "data-of": photo }, button, ...below);
}

export function tiles(board, photos, below = () => []) {
  return make("ul", { className: "photos" }, ...photos.map((photo) => tile(board, photo, ...below(photo))));
}

// Tiles of some photos, the others behind a button.
export function someTiles(board, photos, most, below) {
  const place = make("div", {}, tiles(board, photos.slice(0, most), below));
  if (photos.length > most) {
    place.append(make("button", {
      className: "quiet", textContent: say("show_all", { count: photos.length }),
      onclick: () => place.replaceChildren(tiles(board, photos, below)),
    }));
  }
  return place;
}

// Let an element take photos that are dropped on it.
export function takesPhotos(node, take) {
  node.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    node.classList.add("over");
  });
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("over");
    take(JSON.parse(event.dataTransfer.getData(DRAG_TYPE) || "[]"));
  });
  return node;
}
