// Standard normal numbers, bit for bit those of torch.randn on a CPU with AVX2: its way through the generator's numbers,
// and its logarithm, sine and cosine in single precision (Cephes, with multiplications and additions fused).

const single = Math.fround;
const BLOCK = 16;
const TWO_PI = single(2 * Math.PI);

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
  -2.4999993993e-1, 3.3333331174e-1,
].map(single);
const LOG_2_LOW = single(-2.12194440e-4);
const LOG_2_HIGH = single(0.693359375);
const ROOT_HALF = single(Math.SQRT1_2);
const FOUR_BY_PI = single(4 / Math.PI);
const QUARTER_TURN = [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8].map(single);
const COSINE = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(single);
const SINE = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(single);

const bits = new DataView(new ArrayBuffer(4));

// a * b + c, rounded once: the product of two single numbers is exact in double precision.
function fused(a, b, c) {
  return single(a * b + c);
}

function polynomial(coefficients, x) {
  return coefficients.reduce((sum, coefficient) => fused(sum, x, coefficient));
}

// Of a number above 0 and at most 1.
function log(number) {
  bits.setFloat32(0, number);
  const whole = bits.getInt32(0);
  let exponent = (whole >> 23) - 126;
  bits.setInt32(0, (whole & 0x807fffff) | 0x3f000000); // from 1/2 to below 1
  const mantissa = bits.getFloat32(0);
  let x = single(mantissa - 1);
  if (mantissa < ROOT_HALF) {
    exponent -= 1;
    x = single(x + mantissa);
  }
  const square = single(x * x);
  let y = single(polynomial(LOG, x) * x);
  y = fused(y, square, single(exponent * LOG_2_LOW));
  y = single(y - square / 2);
  return fused(exponent, LOG_2_HIGH, single(x + y));
}

// Of an angle from 0 to one turn.
function sineAndCosine(angle) {
  const octant = (Math.trunc(single(angle * FOUR_BY_PI)) + 1) & ~1;
  const x = QUARTER_TURN.reduce((rest, part) => fused(octant, part, rest), angle);
  const square = single(x * x);
  let even = single(polynomial(COSINE, square) * square);
  even = single(fused(even, square, -square / 2) + 1);
  const odd = fused(single(polynomial(SINE, square) * square), x, x);
  const [sine, cosine] = octant & 2 ? [even, odd] : [odd, even];
  return [octant & 4 ? -sine : sine, (octant - 2) & 4 ? cosine : -cosine];
}

// Eight pairs of uniform numbers to sixteen normal ones, in place (Box and Muller).
function makeNormal(numbers, start) {
  for (let i = start; i < start + BLOCK / 2; i += 1) {
    const radius = single(Math.sqrt(single(-2 * log(single(1 - numbers[i])))));
    const [sine, cosine] = sineAndCosine(single(TWO_PI * numbers[i + BLOCK / 2]));
    numbers[i] = radius * cosine;
    numbers[i + BLOCK / 2] = radius * sine;
  }
}

// The normal numbers of one generator, as calls of torch.randn(count) take them one after another.
export class Normals {
  constructor(generator) {
    this.generator = generator;
    this.spare = null;
  }

  next(count) {
    if (count < BLOCK) return Float32Array.from({ length: count }, () => this.one());
    const numbers = new Float32Array(count);
    this.fillUniform(numbers, 0);
    for (let start = 0; start + BLOCK <= count; start += BLOCK) makeNormal(numbers, start);
    if (count % BLOCK) {
      this.fillUniform(numbers, count - BLOCK); // the last sixteen anew
      makeNormal(numbers, count - BLOCK);
    }
    return numbers;
  }

  fillUniform(numbers, start) {
    for (let i = start; i < numbers.length; i += 1) numbers[i] = (this.generator.next() & 0xffffff) / 2 ** 24;
  }

  // Few numbers are made in double precision, two at a time; one that is left over is the next call's first.
  one() {
    if (this.spare !== null) {
      const { spare } = this;
      this.spare = null;
      return spare;
    }
    const angle = 2 * Math.PI * this.uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform()));
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  uniform() {
    const high = this.generator.next() & 0x1fffff;
    return (high * 2 ** 32 + this.generator.next()) / 2 ** 53;
  }
}
