// The nets, run in this browser by ONNX Runtime Web: one picture at a time, in one thread.

import { env, InferenceSession, Tensor } from "./engine/ort.js";

const GZIP = [0x1f, 0x8b];

async function bytes(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function unpacked(content) {
  // Some hosts say of such a file that it is packed, and then the browser has unpacked it.
  if (GZIP.some((byte, i) => content[i] !== byte)) return content;
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function startEngine() {
  env.wasm.numThreads = 1; // several need headers that most hosts do not send
  env.wasm.wasmBinary = await unpacked(await bytes("engine/ort.wasm.gz"));
}

let engine = null;

class Net {
  constructor(file) {
    engine ??= startEngine();
    this.session = Promise.all([bytes(file), engine]).then(([content]) => InferenceSession.create(content));
    this.session.catch(() => {}); // whoever runs it is told
  }

  async run(name, type, data, shape, output) {
    const session = await this.session;
    return (await session.run({ [name]: new Tensor(type, data, shape) }))[output].data;
  }
}

export class Generator extends Net {
  // A latent, and the class weights if G is given the class, to pixels: one byte for each value, H x W x C.
  async draw(inputs) {
    return this.run("inputs", "float32", inputs, [1, inputs.length], "picture");
  }
}

export class Judge extends Net {
  constructor(file, side, channels) {
    super(file);
    this.shape = [1, side, side, channels];
  }

  // D's probability of each class, and of "real".
  async look(pixels) {
    const opinion = await this.run("picture", "uint8", pixels, this.shape, "opinion");
    return { classes: opinion.slice(0, -1), real: opinion.at(-1) };
  }
}
