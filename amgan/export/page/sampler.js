// From names to pictures, the same as in amgan/sampling/sampler.py: seed, class if one is asked, truncation.

import { classOfSeed, LatentStream, latentAt, truncated } from "./latents.js";
import { lerp, path, slerp } from "./paths.js";

const NOT_FOUND = -1;

function oneHot(label, count) {
  return Float32Array.from({ length: count }, (_, i) => Number(i === label));
}

function largest(values) {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

export class Sampler {
  // `index` holds the draw of each seed and class where D finds it, `judge` is null on a page without D.
  constructor(model, generator, judge, index) {
    Object.assign(this, { model, generator, judge, index });
  }

  // The point of a name, { latent, given, draw }, or null where the seed's stream has no such picture. A long search
  // calls `pause` on its way.
  async point({ seed, asked, truncation }, pause) {
    const { latentDim, isPredefined, classes } = this.model;
    const given = !isPredefined ? null : asked ?? classOfSeed(seed, classes.length);
    const draw = isPredefined || asked === null ? 0 : await this.find(seed, asked, truncation, pause);
    return draw === NOT_FOUND ? null : { draw, given, latent: truncated(latentAt(seed, draw, latentDim), truncation) };
  }

  async draw({ latent, weights, given }) {
    const classes = weights ?? (given === null ? null : oneHot(given, this.model.classes.length));
    return this.generator.draw(classes ? Float32Array.from([...latent, ...classes]) : latent);
  }

  // What D says of a picture: of the class asked or given, or else of the one that it names.
  async opinion(pixels, { asked, given }) {
    if (!this.judge) return null;
    const { classes, real } = await this.judge.look(pixels);
    const label = given ?? asked ?? largest(classes);
    return { label, probability: classes[label], real };
  }

  // The frames of a morph through the points of some names.
  frames(points, count, { line, loop }) {
    const latents = path(points.map(({ latent }) => latent), count, line ? lerp : slerp, loop);
    if (!this.model.isPredefined) return latents.map((latent) => ({ latent, given: null }));
    const ends = points.map(({ given }) => oneHot(given, this.model.classes.length));
    const weights = path(ends, count, lerp, loop);
    return latents.map((latent, i) => ({ latent, weights: weights[i] }));
  }

  // The first draw of a seed that D gives the class, as the index has it or by walking the stream.
  async find(seed, label, truncation, pause) {
    const { classes, indexed, confidence, mostDraws, latentDim } = this.model;
    if (truncation === 1 && seed < indexed) return (await this.index)[seed * classes.length + label];
    if (!this.judge) return NOT_FOUND;
    const stream = new LatentStream(seed, latentDim);
    for (let draw = 0; draw < mostDraws; draw += 1) {
      const pixels = await this.draw({ latent: truncated(stream.next(), truncation), given: null });
      const { classes: sure } = await this.judge.look(pixels);
      if (largest(sure) === label && sure[label] >= confidence) return draw;
      await pause();
    }
    return NOT_FOUND;
  }
}
