// Seeds as streams of latents, the same as in amgan/sampling/latents.py.

import { Mersenne } from "./mersenne.js";
import { Normals } from "./normals.js";

const CLASS_STREAM = 0x5eed;

// The latents z_0, z_1, ... of one seed.
export class LatentStream {
  constructor(seed, latentDim) {
    this.normals = new Normals(new Mersenne(seed));
    this.latentDim = latentDim;
  }

  next() {
    return this.normals.next(this.latentDim);
  }
}

export function latentAt(seed, draw, latentDim) {
  const stream = new LatentStream(seed, latentDim);
  for (let passed = 0; passed < draw; passed += 1) stream.next();
  return stream.next();
}

// The class that a model whose G is given one draws for a seed when none is asked.
export function classOfSeed(seed, numClasses) {
  return new Mersenne((seed ^ CLASS_STREAM) >>> 0).next() % numClasses;
}

export function truncated(latent, truncation) {
  const factor = Math.fround(truncation);
  return latent.map((value) => value * factor);
}
