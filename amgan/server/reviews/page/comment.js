// The comment on the item that is asked.

import { element, typed } from "./elements.js";

const field = element("comment-text");

export function commentText() {
  return typed(field.id);
}

// Show another one, or none.
export function setComment(text = "") {
  field.value = text;
  element("comment").open = text !== "";
  if (document.activeElement === field && !text) field.blur();
}

export function writeComment() {
  element("comment").open = true;
  field.focus();
}
