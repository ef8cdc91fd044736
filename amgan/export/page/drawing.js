// A worker that draws: takes names, answers with pixels and then with D's opinion of each. A new request ends the last.

import { Generator, Judge } from "./nets.js";
import { Sampler } from "./sampler.js";

class Superseded extends Error {}

let sampler = null;
let latest = 0;
const turn = new MessageChannel();
const waiting = [];
turn.port1.onmessage = () => waiting.shift()();

// Lets messages in, of which a newer request may be one.
async function pause(id) {
  await new Promise((done) => {
    waiting.push(done);
    turn.port2.postMessage(null);
  });
  if (id !== latest) throw new Superseded();
}

function open(model) {
  const judge = model.isJudged ? new Judge("judge.onnx", model.side, model.channels) : null;
  const index = model.indexed
    ? fetch(new URL("seeds.bin", import.meta.url)).then(async (answer) => new Int16Array(await answer.arrayBuffer()))
    : null;
  sampler = new Sampler(model, new Generator("generator.onnx"), judge, index);
}

async function sheet(id, names, tell) {
  const drawn = [];
  for (const [index, name] of names.entries()) {
    const point = await sampler.point(name, () => pause(id));
    await pause(id);
    if (point === null) {
      tell({ index, notFound: true });
      continue;
    }
    const pixels = await sampler.draw(point);
    drawn.push([index, pixels, { ...point, asked: name.asked }]);
    tell({ index, pixels, draw: point.draw, label: point.given ?? name.asked });
  }
  for (const [index, pixels, point] of drawn) {
    const opinion = await sampler.opinion(pixels, point);
    await pause(id);
    if (opinion) tell({ index, opinion });
  }
}

async function morph(id, { names, count, line, loop }, tell) {
  const points = [];
  for (const [index, name] of names.entries()) {
    points.push(await sampler.point(name, () => pause(id)));
    await pause(id);
    if (points[index] === null) return tell({ end: index, notFound: true });
  }
  for (const [index, point] of sampler.frames(points, count, { line, loop }).entries()) {
    const pixels = await sampler.draw(point);
    await pause(id);
    tell({ index, pixels });
  }
}

addEventListener("message", async ({ data: { id, kind, request } }) => {
  if (kind === "open") return open(request);
  latest = id;
  const tell = (answer) => postMessage({ id, ...answer });
  try {
    await (kind === "morph" ? morph : sheet)(id, request, tell);
    tell({ done: true });
  } catch (error) {
    if (!(error instanceof Superseded)) tell({ problem: String(error?.message ?? error) });
  }
});
