// EM for points in the plane: the arithmetic of the Python library, checked against its traces.
// A covariance is [xx, xy, yy]; parameters are {weights, means, covariances}.

const LOG_2PI = Math.log(2 * Math.PI);
const ALMOST_NOTHING = 10 * Number.EPSILON;

/** What the Python library adds to every variance by default. */
export const REGULARISATION = 1e-6;

/** Log of the normal density, by the Cholesky factor of the covariance. */
export function logNormal(mean, [xx, xy, yy], [x, y]) {
  const l11 = Math.sqrt(xx);
  const l21 = xy / l11;
  const l22 = Math.sqrt(yy - l21 * l21);
  const u = (x - mean[0]) / l11;
  const v = (y - mean[1] - l21 * u) / l22;
  return -LOG_2PI - Math.log(l11 * l22) - 0.5 * (u * u + v * v);
}

/** log(weight * density) of one point under every component. */
export function logJoint({ weights, means, covariances }, point) {
  return weights.map((weight, j) => Math.log(weight) + logNormal(means[j], covariances[j], point));
}

/** log(sum(exp(values))) without overflow or underflow (Bishop 2006, equation 9.13). */
export function logSumExp(values) {
  const top = Math.max(...values);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/** Log density and responsibilities of one point. */
export function scorePoint(parameters, point) {
  const joint = logJoint(parameters, point);
  const logDensity = logSumExp(joint);
  return { joint, logDensity, responsibilities: joint.map((value) => Math.exp(value - logDensity)) };
}

/** The E-step: responsibilities (n x k) and the mean log-likelihood of these parameters. */
export function expect(parameters, points) {
  const scores = points.map((point) => scorePoint(parameters, point));
  const total = scores.reduce((sum, score) => sum + score.logDensity, 0);
  return {
    responsibilities: scores.map((score) => score.responsibilities),
    logLikelihood: total / points.length,
  };
}

/** The M-step (Bishop 2006, equations 9.24 to 9.26), with the new means in the covariances. */
export function maximise(points, responsibilities, family, regularisation = REGULARISATION) {
  const k = responsibilities[0].length;
  const counts = range(k).map((j) => responsibilities.reduce((sum, r) => sum + r[j], 0) + ALMOST_NOTHING);
  const means = counts.map((count, j) => [0, 1].map(
    (axis) => points.reduce((sum, point, i) => sum + responsibilities[i][j] * point[axis], 0) / count,
  ));
  const own = counts.map((count, j) => scatter(points, responsibilities, means[j], j).map((s) => s / count));
  const weights = counts.map((count) => count / points.length);
  const covariances = FAMILIES[family].project(own, weights);
  return {
    weights,
    means,
    covariances: covariances.map(([xx, xy, yy]) => [xx + regularisation, xy, yy + regularisation]),
  };
}

/** Mean of E_q[log p(x, z)] + entropy of q: what an M-step raises, never above the likelihood. */
export function lowerBound(parameters, points, responsibilities) {
  const total = points.reduce((sum, point, i) => {
    const joint = logJoint(parameters, point);
    return sum + joint.reduce((inner, value, j) => inner + term(responsibilities[i][j], value), 0);
  }, 0);
  return total / points.length;
}

/** How a family sees the components' own covariances, and one that is set by hand. */
export const FAMILIES = {
  full: { project: (own) => own, impose: replaceOne },
  tied: {
    project: (own, weights) => own.map(() => weightedMean(own, weights)),
    impose: (covariances, j, one) => covariances.map(() => one),
  },
  diag: {
    project: (own) => own.map(([xx, , yy]) => [xx, 0, yy]),
    impose: (covariances, j, [xx, , yy]) => replaceOne(covariances, j, [xx, 0, yy]),
  },
  spherical: {
    project: (own) => own.map(round),
    impose: (covariances, j, one) => replaceOne(covariances, j, round(one)),
  },
};

/** 0, 1, ..., n - 1. */
export function range(n) {
  return Array.from({ length: n }, (_, index) => index);
}

function scatter(points, responsibilities, [mx, my], j) {
  return points.reduce(([xx, xy, yy], [x, y], i) => {
    const r = responsibilities[i][j];
    const dx = x - mx;
    const dy = y - my;
    return [xx + r * dx * dx, xy + r * dx * dy, yy + r * dy * dy];
  }, [0, 0, 0]);
}

function term(r, value) {
  return r > 0 ? r * (value - Math.log(r)) : 0;
}

function replaceOne(covariances, j, one) {
  return covariances.map((covariance, index) => (index === j ? one : covariance));
}

function weightedMean(own, weights) {
  return [0, 1, 2].map((entry) => own.reduce((sum, c, j) => sum + weights[j] * c[entry], 0));
}

function round([xx, , yy]) {
  const variance = (xx + yy) / 2;
  return [variance, 0, variance];
}
