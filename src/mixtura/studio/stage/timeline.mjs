// What the stage shows, as a value: points, the parameters of every iteration, and a place there.
// Place 2i is iteration i before its E-step, place 2i + 1 after it.

import { expect, lowerBound, maximise } from "./em.mjs";

/** A run of EM that begins with the trace of parameters given. */
export function begin({ points, family, trace, picked = 0, place = 0 }) {
  return { points, family, trace, place, picked, branches: [], origin: null, edited: false };
}

export const iteration = (state) => state.place >> 1;
export const scored = (state) => state.place % 2 === 1;
export const parameters = (state) => state.trace[iteration(state)];
export const lastPlace = (state) => 2 * state.trace.length - 1;

/** Responsibilities and mean log-likelihood of an iteration's parameters, computed once. */
export function score(state, index) {
  return remembered(state.points, state.trace[index], () => expect(state.trace[index], state.points));
}

/** What is true at a place: q is the responsibilities that the parameters came from or gave. */
export function frame(state) {
  const index = iteration(state);
  const own = score(state, index);
  const from = scored(state) ? index : index - 1;
  const q = from < 0 ? null : score(state, from).responsibilities;
  const bound = scored(state) || !q ? own.logLikelihood : lowerBound(parameters(state), state.points, q);
  return {
    iteration: index,
    scored: scored(state),
    parameters: parameters(state),
    responsibilities: q,
    logLikelihood: own.logLikelihood,
    bound: q ? bound : null,
  };
}

/** One E-step, or one M-step: whichever is next; the trace grows if it ends here. */
export function step(state) {
  if (!scored(state)) return { ...state, place: state.place + 1 };
  const next = iteration(state) + 1;
  if (next < state.trace.length) return { ...state, place: state.place + 1 };
  const { responsibilities } = score(state, next - 1);
  const made = maximise(state.points, responsibilities, state.family);
  return { ...state, trace: [...state.trace, made], place: state.place + 1 };
}

/** A whole iteration: M-step and E-step, so that responsibilities are there again. */
export function turn(state) {
  return step(scored(state) ? step(state) : state);
}

/** Steps to the end of the run: until an iteration gains less than `tol`, at most `limit`. */
export function run(state, tol = 1e-6, limit = 200) {
  let now = scored(state) ? state : step(state);
  for (let count = 0; count < limit; count += 1) {
    const next = turn(now);
    const gain = score(next, iteration(next)).logLikelihood - score(now, iteration(now)).logLikelihood;
    now = next;
    if (gain < tol) break;
  }
  return now;
}

export function seek(state, place) {
  return { ...state, place: Math.max(0, Math.min(place, lastPlace(state))) };
}

/** Go another way from here, with parameters set by hand; the old way stays as a branch. */
export function branch(state, changed) {
  const at = iteration(state);
  const old = state.trace.map((_, index) => score(state, index).logLikelihood);
  const branches = state.trace.length > at + 1 ? [...state.branches, old].slice(-4) : state.branches;
  return {
    ...state,
    trace: [...state.trace.slice(0, at), changed],
    branches,
    origin: { iteration: at, parameters: changed },
  };
}

/** Other points, the parameters as they are; the run begins again from these. */
export function withPoints(state, points) {
  const now = parameters(state);
  return {
    ...state,
    points,
    trace: [now],
    place: scored(state) ? 1 : 0,
    picked: Math.min(state.picked, points.length - 1),
    branches: [],
    origin: { iteration: 0, parameters: now },
    edited: true,
  };
}

/** Mean log-likelihood of every iteration so far, and the bound at every place. */
export function curves(state) {
  const likelihoods = state.trace.map((_, index) => score(state, index).logLikelihood);
  const bounds = likelihoods.flatMap((value, index) => {
    const before = index === 0 ? null : bound(state, index);
    return [before, value];
  });
  return { likelihoods, bounds };
}

function bound(state, index) {
  const now = state.trace[index];
  const q = score(state, index - 1).responsibilities;
  return remembered(q, now, () => lowerBound(now, state.points, q));
}

const memory = new WeakMap();

/** A value that belongs to two objects, computed once while both live. */
function remembered(one, other, compute) {
  if (!memory.has(one)) memory.set(one, new WeakMap());
  const known = memory.get(one);
  if (!known.has(other)) known.set(other, compute());
  return known.get(other);
}
