// Files that somebody chose or dropped, each with the folders that it lies in.

const NOT_MEANT = /^(\.|Thumbs\.db$|desktop\.ini$|__MACOSX$)/; // what systems leave beside photos

// Of a field of files: [{ file, name }].
export function chosenFiles(field) {
  return [...field.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })).filter(isMeant);
}

// Of a drop, folders with all that is in them.
export async function droppedFiles({ dataTransfer }) {
  const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(dataTransfer);
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found.filter(isMeant);
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push({ file, name: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const part = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
    if (!part.length) return;
    for (const inner of part) await walk(inner, found);
  }
}

function isMeant({ name }) {
  return !name.split("/").some((part) => NOT_MEANT.test(part));
}
