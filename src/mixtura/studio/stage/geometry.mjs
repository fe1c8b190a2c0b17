// From data to pixels and back, ellipses to covariances and back, and the shapes of points.

/** Axes of a covariance: standard deviations along and across, and the angle in radians. */
export function axes([xx, xy, yy]) {
  const mean = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return {
    along: Math.sqrt(mean + spread),
    across: Math.sqrt(Math.max(mean - spread, 0)),
    angle: 0.5 * Math.atan2(2 * xy, xx - yy),
  };
}

/** The covariance with these axes. */
export function covariance({ along, across, angle }) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [a, b] = [along * along, across * across];
  return [a * c * c + b * s * s, (a - b) * c * s, a * s * s + b * c * c];
}

/** Limits of the data with a margin, [[x0, x1], [y0, y1]]. */
export function limits(points) {
  return [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = 0.14 * (high - low || 1);
    return [low - margin, high + margin];
  });
}

/** A view: data limits on a drawing of `width` by `height` pixels, y upwards. */
export function view([[x0, x1], [y0, y1]], width, height, pad = { left: 40, bottom: 26, top: 8, right: 8 }) {
  const sx = (width - pad.left - pad.right) / (x1 - x0);
  const sy = (height - pad.top - pad.bottom) / (y1 - y0);
  return {
    width, height, pad, sx, sy, x0, x1, y0, y1,
    toPixel: ([x, y]) => [pad.left + (x - x0) * sx, height - pad.bottom - (y - y0) * sy],
    toData: ([px, py]) => [x0 + (px - pad.left) / sx, y0 + (height - pad.bottom - py) / sy],
  };
}

/** A point on the ellipse `scale` standard deviations out, at an angle of its own axes. */
export function onEllipse(mean, shape, scale, turn) {
  const { along, across, angle } = axes(shape);
  const [u, v] = [scale * along * Math.cos(turn), scale * across * Math.sin(turn)];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [mean[0] + u * c - v * s, mean[1] + u * s + v * c];
}

/** SVG path of an ellipse, drawn as what it is in data, whatever the axes' scales. */
export function ellipsePath(seen, mean, shape, scale) {
  const corners = Array.from({ length: 72 }, (_, i) => (
    seen.toPixel(onEllipse(mean, shape, scale, (i * Math.PI) / 36)).map((v) => v.toFixed(1)).join(" ")
  ));
  return `M${corners.join("L")}Z`;
}

/** Round numbers between two, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const polygon = (corners) => ([x, y], r) => (
  `M${corners.map(([u, v]) => `${(x + r * u).toFixed(1)} ${(y + r * v).toFixed(1)}`).join("L")}Z`
);
const star = (n, inner) => polygon(Array.from({ length: 2 * n }, (_, i) => {
  const radius = i % 2 ? inner : 1.25;
  const turn = (i * Math.PI) / n - Math.PI / 2;
  return [radius * Math.cos(turn), radius * Math.sin(turn)];
}));
const CROSS = [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]];
const turned = (corners) => corners.map(([x, y]) => [(x - y) * 0.7, (x + y) * 0.7]);

/** Path of a disc, and of a slice of it from turn `a` to `b` (0 to 1, clockwise from the top). */
export function disc([x, y], r) {
  return `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

export function slice([x, y], r, a, b) {
  const at = (t) => [x + r * Math.sin(2 * Math.PI * t), y - r * Math.cos(2 * Math.PI * t)].map((v) => v.toFixed(2)).join(" ");
  return `M${x.toFixed(2)} ${y.toFixed(2)}L${at(a)}A${r} ${r} 0 ${b - a > 0.5 ? 1 : 0} 1 ${at(b)}Z`;
}

/** Eight shapes, one a component, so that colour never carries meaning alone. */
export const SHAPES = [
  disc,
  polygon([[-0.95, -0.95], [0.95, -0.95], [0.95, 0.95], [-0.95, 0.95]]),
  polygon([[0, -1.25], [1.15, 0.85], [-1.15, 0.85]]),
  polygon([[0, -1.35], [1.1, 0], [0, 1.35], [-1.1, 0]]),
  polygon([[0, 1.25], [1.15, -0.85], [-1.15, -0.85]]),
  polygon(CROSS),
  polygon(turned(CROSS)),
  star(5, 0.55),
];

/** Okabe and Ito's colours, told apart by colour-blind readers, and a grey. */
export const COLOURS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#999999"];
export const inkOn = (j) => (j === 0 ? "#FFFFFF" : "#111111");
/** A darker shade, readable as a line. */
export const dark = (j) => mix(COLOURS[j], "#000000", 0.3);

export function rgb(code) {
  return [1, 3, 5].map((at) => Number.parseInt(code.slice(at, at + 2), 16));
}

function mix(one, other, share) {
  const [a, b] = [rgb(one), rgb(other)];
  return `rgb(${a.map((v, i) => Math.round((1 - share) * v + share * b[i])).join(",")})`;
}
