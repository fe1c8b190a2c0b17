// What hands do to the picture: drag handles, draw and erase points, pick one; keys do it all too.

import { FAMILIES, range } from "./em.mjs";
import { axes, covariance } from "./geometry.mjs";

const MOST_POINTS = 500;
const FEWEST_POINTS = 10;
const REACH = 18; // pixels
const BRUSH = 9; // pixels between two points of a stroke
const SMALLEST = 2e-3; // of the view, a standard deviation

/** Parameters with the handle `part` of component j moved to `at`. */
export function moved(parameters, family, j, part, at, seen) {
  const { means, covariances } = parameters;
  if (part === "mean") return { ...parameters, means: replaced(means, j, at) };
  const [dx, dy] = [at[0] - means[j][0], at[1] - means[j][1]];
  const length = Math.max(Math.hypot(dx, dy) / 2, smallest(seen));
  const old = axes(covariances[j]);
  const shape = part === "along"
    ? { along: length, across: old.across, angle: Math.atan2(dy, dx) }
    : { along: old.along, across: length, angle: Math.atan2(dy, dx) - Math.PI / 2 };
  return shaped(parameters, family, j, shape);
}

/** Parameters with other axes for component j, as far as the family allows. */
export function shaped(parameters, family, j, shape) {
  const covariances = FAMILIES[family].impose(parameters.covariances, j, covariance(shape));
  return { ...parameters, covariances };
}

/** Parameters with another weight for component j; the others share what is left as before. */
export function weighed(parameters, j, weight) {
  const { weights } = parameters;
  const own = weights.length === 1 ? 1 : Math.min(Math.max(weight, 0.01), 1 - 0.01 * (weights.length - 1));
  const others = 1 - weights[j];
  const shares = weights.map((w) => (others > 0 ? w / others : 1 / (weights.length - 1)));
  return { ...parameters, weights: weights.map((_, i) => (i === j ? own : shares[i] * (1 - own))) };
}

/** The pixels that an arrow key goes, right and up; none for another key. */
export function arrow(key, fine) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
  return way ? way.map((one) => one * (fine ? 1 : 8)) : null;
}

/** A key on a handle: arrows move a mean, or stretch and turn an ellipse. */
export function nudged(parameters, family, j, part, key, fine, seen) {
  const way = arrow(key, fine);
  if (!way) return null;
  const [dx, dy] = way;
  if (part === "mean") {
    const [x, y] = parameters.means[j];
    return moved(parameters, family, j, part, [x + dx / seen.sx, y + dy / seen.sy], seen);
  }
  const shape = axes(parameters.covariances[j]);
  const grown = 1 + 0.01 * dy;
  const turned = { ...shape, angle: shape.angle - dx * (Math.PI / 360) };
  return shaped(parameters, family, j, { ...turned, [part]: Math.max(turned[part] * grown, smallest(seen)) });
}

/** The nearest point to a pixel within reach, or -1. */
export function nearest(points, seen, [px, py], reach = REACH) {
  const found = points.reduce((best, point, index) => {
    const [x, y] = seen.toPixel(point);
    const distance = Math.hypot(x - px, y - py);
    return distance < best.distance ? { distance, index } : best;
  }, { distance: reach, index: -1 });
  return found.index;
}

/** What each tool does with the pixels of a stroke; `picks` is the stroke's first pixel alone. */
export const TOOLS = {
  pick: { stroke: (points) => points },
  add: {
    stroke: (points, seen, path) => {
      const room = MOST_POINTS - points.length;
      return [...points, ...spaced(path).slice(0, Math.max(room, 0)).map(seen.toData)];
    },
  },
  erase: {
    stroke: (points, seen, path) => {
      const left = points.filter((point) => {
        const [x, y] = seen.toPixel(point);
        return !path.some(([px, py]) => Math.hypot(x - px, y - py) < REACH / 1.5);
      });
      return left.length < FEWEST_POINTS ? points : left;
    },
  },
};

function spaced(path) {
  return path.reduce((kept, pixel) => {
    const last = kept.at(-1);
    return !last || Math.hypot(pixel[0] - last[0], pixel[1] - last[1]) >= BRUSH ? [...kept, pixel] : kept;
  }, []);
}

function replaced(list, j, value) {
  return list.map((old, index) => (index === j ? value : old));
}

function smallest(seen) {
  return SMALLEST * Math.max(seen.x1 - seen.x0, seen.y1 - seen.y0);
}

/** Numbers 0 to k - 1, for those who draw a row each. */
export const components = (parameters) => range(parameters.weights.length);
