// The worker that draws, as this page asks it: one request at a time, the newest.

export class Artist {
  constructor(model) {
    this.worker = new Worker(new URL("drawing.js", import.meta.url), { type: "module" });
    this.id = 0;
    this.tell = null;
    this.worker.onmessage = ({ data: { id, ...answer } }) => id === this.id && this.tell(answer);
    this.worker.onerror = (event) => this.tell?.({ problem: event.message ?? "worker" });
    this.worker.postMessage({ kind: "open", request: model });
  }

  // `tell` is called with each answer, until the next request.
  ask(kind, request, tell) {
    this.id += 1;
    this.tell = tell;
    this.worker.postMessage({ id: this.id, kind, request });
  }
}
