// Paths between latents, the same as in amgan/sampling/interpolation.py.

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function mixed(a, b, weightA, weightB) {
  return Float32Array.from(a, (value, i) => weightA * value + weightB * b[i]);
}

export function lerp(a, b, t) {
  // In single precision, as the line is there.
  const u = Math.fround(t);
  return Float32Array.from(a, (value, i) => Math.fround(Math.fround(1 - u) * value) + Math.fround(u * b[i]));
}

export function slerp(first, second, t) {
  const a = Float64Array.from(first);
  const b = Float64Array.from(second);
  const cosine = dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)));
  const omega = Math.acos(Math.min(Math.max(cosine, -1), 1));
  const sine = Math.sin(omega);
  if (!Number.isFinite(omega) || sine < 1e-6) {
    return mixed(a, b, 1 - t, t);
  }
  if (t === 0) return first;
  return mixed(a, b, Math.sin((1 - t) * omega) / sine, Math.sin(t * omega) / sine);
}

// At which frame each keyframe stands.
function keyframePositions(keyframes, frames, loop) {
  const segments = loop ? keyframes : keyframes - 1;
  const intervals = loop ? frames : frames - 1;
  return Array.from({ length: keyframes }, (_, i) => Math.floor((i * intervals) / segments));
}

// `frames` points through the keyframes, each of them met exactly.
export function path(keyframes, frames, between, loop) {
  const positions = keyframePositions(keyframes.length, frames, loop);
  const ends = [...positions.slice(1), ...(loop ? [frames] : [])];
  const points = ends.flatMap((last, i) => {
    const length = last - positions[i];
    const towards = keyframes[(i + 1) % keyframes.length];
    return Array.from({ length }, (_, step) => between(keyframes[i], towards, step / length));
  });
  return loop ? points : [...points, keyframes.at(-1)];
}
