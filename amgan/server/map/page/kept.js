// Pictures that one keeps: the list of the app's page, links to them, the newest first, in this browser only.

const LIST = "amgan-kept";
const MOST = 60;

const lineOf = (link) => link.replace(/^\?/, "");

function lines() {
  try {
    const items = JSON.parse(localStorage.getItem(LIST) ?? "[]");
    return Array.isArray(items) ? items : [];
  } catch {
    return []; // without storage, or it holds something else
  }
}

export const isKept = (link) => lines().includes(lineOf(link));

// Keep a picture, or no longer; false if there is no room for it.
export function toggle(link) {
  const line = lineOf(link);
  const others = lines().filter((other) => other !== line);
  const adds = !isKept(link);
  if (adds && others.length >= MOST) return false;
  try {
    localStorage.setItem(LIST, JSON.stringify(adds ? [line, ...others] : others));
    return true;
  } catch {
    return false;
  }
}
