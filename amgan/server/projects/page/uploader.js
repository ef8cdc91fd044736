// Files sent in parts, several at once. A broken line is waited out, and each file goes on where it stopped: its id is
// made of what it is called, its size and its age, so also after the page was closed.

const AT_ONCE = 3;
const MOST_EXPECTED = 100; // of a request
const MOST_PART_BYTES = 1_000_000;
const MOST_PAUSE_SECONDS = 15;

export class Uploader extends EventTarget {
  constructor(project) {
    super();
    this.project = project;
    this.stopping = new AbortController(); // what is under way on a line that hangs ends, too
    this.count = { sent: 0, files: 0, bytes: 0, sentBytes: 0 };
    this.refused = []; // [{ name, reason }]
    this.isWaiting = false; // for the connection
  }

  // Sends all of them; "progress" is heard on the way. It ends early when it is stopped, with an error if something was
  // under way.
  async send(files) {
    const coming = [];
    let partBytes = MOST_PART_BYTES;
    for (let start = 0; start < files.length && !this.isStopped; start += MOST_EXPECTED) {
      const part = files.slice(start, start + MOST_EXPECTED).map((one) => ({ ...one, id: idOf(one) }));
      const asked = part.map(({ id, name, file }) => ({ id, name, size: file.size }));
      const answer = await this.#patiently(() => this.project.ask("uploads", { files: asked }, "POST", this.stopping.signal));
      partBytes = Math.min(partBytes, answer.part_bytes);
      answer.files.forEach(({ received, refused }, number) => {
        if (refused) this.refused.push({ name: part[number].name, reason: refused });
        else coming.push({ ...part[number], received });
      });
    }
    this.count.files = coming.length;
    this.count.bytes = coming.reduce((sum, { file }) => sum + file.size, 0);
    const next = coming.values();
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#sendFrom(next, partBytes)));
  }

  stop() {
    this.stopping.abort();
  }

  get isStopped() {
    return this.stopping.signal.aborted;
  }

  async #sendFrom(next, partBytes) {
    for (const { id, file, received } of next) {
      let offset = received;
      this.#sent(offset);
      while (offset < file.size && !this.isStopped) {
        const part = file.slice(offset, offset + partBytes);
        const answer = await this.#patiently(() => this.project.ask(`uploads/${id}?offset=${offset}`, part, "PUT", this.stopping.signal));
        this.#sent(answer.received - offset);
        offset = answer.received;
      }
      if (this.isStopped) return;
      this.count.sent += 1;
      this.#sent(0);
    }
  }

  #sent(bytes) {
    this.count.sentBytes += bytes;
    this.dispatchEvent(new Event("progress"));
  }

  // Asks again and again while the server cannot be reached, or asks for patience.
  async #patiently(asking) {
    for (let failures = 0; ; failures += 1) {
      try {
        const answer = await asking();
        this.isWaiting = false;
        return answer;
      } catch (error) {
        if (this.isStopped || ![0, 429, 503].includes(error.status)) throw error;
        this.isWaiting = true;
        this.dispatchEvent(new Event("progress"));
        await new Promise((done) => {
          setTimeout(done, 1000 * Math.min(2 ** failures, MOST_PAUSE_SECONDS));
          this.stopping.signal.addEventListener("abort", done);
        });
      }
    }
  }
}

// 128 bits by a hash without secrets (cyrb53, twice): crypto.subtle is not there on a page without https.
function idOf({ file, name }) {
  const text = `${name}\0${file.size}\0${file.lastModified}`;
  return [1, 2].map((seed) => hash(text, seed).toString(16).padStart(14, "0")).join("");
}

function hash(text, seed) {
  let one = 0xdeadbeef ^ seed;
  let other = 0x41c6ce57 ^ seed;
  for (const letter of text) {
    const code = letter.codePointAt(0);
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & other) + (one >>> 0);
}
