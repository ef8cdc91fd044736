// What is asked of the server and what it answers.

import { say } from "./words.js";

const api = new URL(`${document.body.dataset.root}api/`, location);

// The server said no: status, and its sentence in the page's language.
class Refused extends Error {
  constructor(status, sentence) {
    super(say("refused", { sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1) }));
    this.status = status;
  }
}

// The address of something below the API.
export function address(path) {
  return new URL(path, api).href;
}

// A JSON answer. content is sent as JSON, a Blob as it is; method is POST if there is content, which is sent no further
// when the signal says so.
export async function ask(path, content, method = content === undefined ? "GET" : "POST", signal = null) {
  const isBlob = content instanceof Blob;
  const url = new URL(address(path));
  url.searchParams.set("lang", document.documentElement.lang); // in which the server says what it says
  let answer;
  try {
    answer = await fetch(url, {
      method,
      signal,
      headers: method === "GET" ? {} : { "Content-Type": isBlob ? "application/octet-stream" : "application/json" },
      body: content === undefined || isBlob ? content : JSON.stringify(content),
    });
  } catch {
    throw new Refused(0, say("no_connection"));
  }
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  const detail = answer.status === 500 ? undefined : found.detail; // which is for who reads the server's log
  throw new Refused(answer.status, typeof detail === "string" ? detail : detail?.[0]?.msg ?? say("went_wrong"));
}
