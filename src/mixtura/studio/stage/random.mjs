// Numbers from a seed, so that a sample can be drawn again.

/** Uniform numbers in [0, 1), mulberry32. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Points drawn from a mixture. */
export function sample({ weights, means, covariances }, n, seed) {
  const next = uniform(seed);
  return Array.from({ length: n }, () => {
    let left = next();
    const found = weights.findIndex((weight) => (left -= weight) < 0);
    const j = found < 0 ? weights.length - 1 : found;
    const [xx, xy, yy] = covariances[j];
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const turn = 2 * Math.PI * next();
    const [u, v] = [radius * Math.cos(turn), radius * Math.sin(turn)];
    const l21 = xy / Math.sqrt(xx);
    return [means[j][0] + Math.sqrt(xx) * u, means[j][1] + l21 * u + Math.sqrt(yy - l21 * l21) * v];
  });
}
