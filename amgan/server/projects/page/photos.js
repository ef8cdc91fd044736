// Step 1: photos brought in, as files, a folder or a zip.

import { make, showTrouble } from "./dom.js";
import { chosenFiles, droppedFiles } from "./files.js";
import { replaceSteadily, steadily } from "./steady.js";
import { Uploader } from "./uploader.js";
import { join, say } from "./words.js";

const POLL_MILLISECONDS = 700;
const MOST_SHOWN = 20;

export const photos = {
  id: "photos",
  isDone: ({ photos: count, uploaded, arrival }) => count > 0 && !uploaded && !isAtWork(arrival),
  open: (place, project) => new PhotosStep(place, project).leave,
};

function isAtWork(arrival) {
  return arrival !== null && !["done", "failed"].includes(arrival.step);
}

class PhotosStep {
  constructor(place, project) {
    this.project = project;
    this.uploader = null;
    this.refused = []; // by this page's last upload
    this.isLeft = false;
    this.timer = null;
    this.drop = this.#dropPlace();
    this.named = this.#namedPlace();
    this.now = make("section", { className: "now", "aria-live": "polite" });
    place.replaceChildren(make("p", { textContent: say("photos_what") }), this.drop, this.named, this.now);
    this.hear = () => steadily(this, () => this.#show());
    project.addEventListener("change", this.hear);
    this.#show();
    this.#follow();
    this.leave = () => {
      this.isLeft = true;
      clearTimeout(this.timer);
      project.removeEventListener("change", this.hear);
    };
  }

  #dropPlace() {
    const field = (name, properties) => make("input", {
      type: "file", multiple: true, id: name, className: "said", ...properties,
      onchange: ({ target }) => {
        const files = chosenFiles(target);
        target.value = "";
        this.#bring(files);
      },
    });
    const label = (name, look = "") => make("label", { htmlFor: name, className: `button ${look}`, textContent: say(name) });
    const place = make(
      "section", { className: "drop" },
      make("p", { className: "only-mouse", textContent: say("drop_here") }),
      field("choose_photos", { accept: "image/*,.zip" }), label("choose_photos", "main"),
      field("choose_folder", { webkitdirectory: true }), label("choose_folder", "only-mouse"),
    );
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", async (event) => {
      event.preventDefault();
      place.classList.remove("over");
      this.#bring(await droppedFiles(event));
    });
    return place;
  }

  // A folder of the machine or a data set of the Hub, for who sits at the machine.
  #namedPlace() {
    const field = make("input", { id: "source", maxLength: 1000, required: true, autocomplete: "off", placeholder: "/photos/spring" });
    const form = make(
      "form", { className: "named", hidden: !this.project.state.sits_here },
      make("label", { htmlFor: "source", textContent: say("source") }), make("div", { className: "row" }, field, make("button", { textContent: say("bring_source") })),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      showTrouble("");
      this.refused = [];
      try {
        await this.project.ask("sources", { source: field.value });
        field.value = "";
      } catch (error) {
        showTrouble(error.message);
      }
      this.#follow();
    });
    return form;
  }

  async #bring(files) {
    const { most_photos: most } = this.project.state;
    if (this.uploader || !files.length) return;
    showTrouble("");
    if (files.length > most) {
      showTrouble(say("too_many", { count: files.length, most }));
      return;
    }
    this.refused = [];
    this.uploader = new Uploader(this.project);
    this.uploader.addEventListener("progress", this.hear);
    try {
      await this.uploader.send(files);
      this.refused = this.uploader.refused;
      if (!this.uploader.isStopped && this.uploader.count.files) await this.project.ask("photos", {});
    } catch (error) {
      if (!this.uploader.isStopped) showTrouble(error.message);
    }
    this.uploader = null;
    this.#follow();
  }

  async #stop() {
    this.uploader?.stop();
    try {
      await this.project.ask("uploads", undefined, "DELETE");
    } catch (error) {
      showTrouble(error.message);
    }
    this.#follow();
  }

  // Ask how far the server is, as long as it is at work.
  async #follow() {
    clearTimeout(this.timer);
    try {
      await this.project.refresh();
    } catch (error) {
      if (error.status !== 0) showTrouble(error.message);
    }
    if (!this.isLeft && isAtWork(this.project.state.arrival)) {
      this.timer = setTimeout(() => this.#follow(), POLL_MILLISECONDS);
    }
  }

  #show() {
    if (this.isLeft) return;
    const { arrival, uploaded } = this.project.state;
    const isBusy = this.uploader !== null || isAtWork(arrival);
    this.drop.inert = isBusy;
    this.named.inert = isBusy;
    if (this.uploader) replaceSteadily(this.now, ...this.#sending());
    else if (isAtWork(arrival)) replaceSteadily(this.now, ...this.#reading(arrival));
    else replaceSteadily(this.now, ...this.#result(arrival, uploaded));
  }

  #sending() {
    const { count, isWaiting } = this.uploader;
    const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
    const words = isWaiting ? say("waits_for_connection") : say("sending", {
      sent: count.sent, files: count.files, done: megabytes(count.sentBytes), all: megabytes(count.bytes),
    });
    return this.#bar(words, count.sentBytes, count.bytes);
  }

  #reading({ step, done, total }) {
    return this.#bar(say(`at_work_${step}`, { done, total }), done, total);
  }

  #bar(words, done, total) {
    const bar = make("progress", { max: Math.max(1, total) });
    if (total) bar.value = done;
    bar.setAttribute("aria-label", words);
    const stop = make("button", { textContent: say("stop"), onclick: () => this.#stop() });
    return [make("p", { textContent: words }), bar, stop];
  }

  #result(arrival, uploaded) {
    const { photos: count } = this.project.state;
    const arrived = arrival?.arrived;
    const parts = [];
    if (arrival?.problem) parts.push(make("p", { className: "bad", textContent: say("refused", { sentence: arrival.problem }) }));
    if (uploaded) {
      parts.push(make("p", { textContent: say("uploaded", { count: uploaded }) }));
      const goOn = make("button", { className: "main", textContent: say("bring_in"), onclick: async () => {
        try {
          await this.project.ask("photos", {});
        } catch (error) {
          showTrouble(error.message);
        }
        this.#follow();
      } });
      parts.push(make("div", { className: "row" }, goOn, make("button", { textContent: say("forget"), onclick: () => this.#stop() })));
    }
    if (arrived) {
      parts.push(make("p", { textContent: join(
        say("came", { count: arrived.added }),
        arrived.there && say("were_there", { count: arrived.there }),
        arrived.labelled && say("came_labelled", { count: arrived.labelled }),
      ) }));
    }
    const broken = [...this.refused, ...(arrived?.broken ?? [])];
    if (broken.length) {
      const number = this.refused.length + (arrived?.broken_count ?? 0);
      parts.push(make(
        "details", { className: "broken", open: number <= 5 },
        make("summary", { textContent: say("left_out_files", { count: number }) }),
        make("ul", {}, ...broken.slice(0, MOST_SHOWN).map(({ name, reason }) => make("li", { textContent: `${name}: ${reason}` }))),
      ));
    }
    if (arrived?.left_out) parts.push(make("p", { textContent: say("also_left_out", { what: arrived.left_out }) }));
    if (count) {
      parts.push(make("p", {}, make("b", { textContent: say("photos_in_project", { count }) })));
      parts.push(make("a", { className: "button main", href: "#labels", textContent: say("next_labels") }));
    }
    return parts;
  }
}
