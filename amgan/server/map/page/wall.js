// The wall of thumbnails on its canvas: which part of it is seen, and how it is drawn.

const MOST_SCALE = 256;
const USUAL_SCALE = 56;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// `x` and `y` are what lies in the middle, in thumbnails from the top left; `scale` is their side on the screen.
export class Wall {
  constructor(canvas, places, sprite) {
    this.canvas = canvas;
    this.places = places;
    this.sprite = sprite;
    // The middle of a picture, near that of all of them.
    this.look({ x: Math.floor(places.columns / 2) + 0.5, y: 2 * Math.floor(places.rows / 4) + 0.5, scale: USUAL_SCALE });
  }

  // All of it can be seen at once.
  get leastScale() {
    const { rows, columns } = this.places;
    return Math.min(this.canvas.clientWidth / (columns + 0.5), this.canvas.clientHeight / rows, USUAL_SCALE);
  }

  // As far as there is something to see: the middles of the outermost thumbnails.
  look({ x = this.x, y = this.y, scale = this.scale }) {
    const { rows, columns } = this.places;
    this.scale = clamp(scale, this.leastScale, MOST_SCALE);
    this.x = clamp(x, 0.5, columns);
    this.y = clamp(y, 0.5, rows - 0.5);
  }

  // What lies at a point of the canvas.
  at(left, top) {
    return {
      x: this.x + (left - this.canvas.clientWidth / 2) / this.scale,
      y: this.y + (top - this.canvas.clientHeight / 2) / this.scale,
    };
  }

  // Move what is seen by so many pixels of the screen.
  pan(right, down) {
    this.look({ x: this.x - right / this.scale, y: this.y - down / this.scale });
  }

  // What lies at a point of the canvas stays there, as far as it can.
  zoom(factor, left = this.canvas.clientWidth / 2, top = this.canvas.clientHeight / 2) {
    const kept = this.at(left, top);
    this.look({ scale: this.scale * factor });
    const moved = this.at(left, top);
    this.look({ x: this.x + kept.x - moved.x, y: this.y + kept.y - moved.y });
  }

  draw() {
    const { canvas, sprite, places: { rows, columns, thumbnail } } = this;
    const ratio = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const side = this.scale * ratio;
    context.imageSmoothingEnabled = side < 2 * thumbnail;
    const start = this.at(0, 0);
    for (let row = Math.max(0, Math.floor(start.y)); row < rows; row += 1) {
      const top = Math.round((row - start.y) * side);
      if (top > height) break;
      const bottom = Math.round((row + 1 - start.y) * side);
      const shift = (row % 2) / 2; // bricks
      const first = clamp(Math.floor(start.x - shift), 0, columns);
      const end = clamp(Math.ceil(start.x - shift + width / side), first, columns);
      const left = (first + shift - start.x) * side;
      context.drawImage(
        sprite, first * thumbnail, row * thumbnail, (end - first) * thumbnail, thumbnail,
        left, top, (end - first) * side, bottom - top,
      );
    }
  }
}
