// The project that is open. "change" is heard after each refresh.

import { address, ask } from "./server.js";

export class Project extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
    this.state = null; // as the server last said it: title, counts, what is at work
    this.kind = "classes"; // of pictures that people are to be asked about next
  }

  ask(path, ...rest) {
    return ask(`projects/${this.name}${path && `/${path}`}`, ...rest);
  }

  address(path) {
    return address(`projects/${this.name}/${path}`);
  }

  async refresh() {
    this.state = await this.ask("");
    this.dispatchEvent(new Event("change"));
  }
}
