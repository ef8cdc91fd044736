// The Mersenne Twister MT19937, as torch's CPU generator has it: a seed of 32 bits, numbers of 32 bits.

const WORDS = 624;
const SHIFT = 397;

export class Mersenne {
  constructor(seed) {
    this.words = new Uint32Array(WORDS);
    this.words[0] = seed;
    for (let i = 1; i < WORDS; i += 1) {
      const last = this.words[i - 1];
      this.words[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
    this.place = WORDS;
  }

  // A whole number from 0 to 2**32 - 1.
  next() {
    if (this.place === WORDS) this.twist();
    let word = this.words[this.place];
    this.place += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  twist() {
    const { words } = this;
    for (let i = 0; i < WORDS; i += 1) {
      const word = (words[i] & 0x80000000) | (words[(i + 1) % WORDS] & 0x7fffffff);
      words[i] = words[(i + SHIFT) % WORDS] ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0);
    }
    this.place = 0;
  }
}
