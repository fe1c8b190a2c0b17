// The stage's arithmetic against the Python library's traces, and its values that never change.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as em from "../../src/mixtura/studio/stage/em.mjs";
import * as geometry from "../../src/mixtura/studio/stage/geometry.mjs";
import * as gestures from "../../src/mixtura/studio/stage/gestures.mjs";
import * as histories from "../../src/mixtura/studio/stage/history.mjs";
import { sample } from "../../src/mixtura/studio/stage/random.mjs";
import * as timeline from "../../src/mixtura/studio/stage/timeline.mjs";

const TOLERANCE = 1e-9;
const golden = JSON.parse(readFileSync(new URL("../data/stage-traces.json", import.meta.url)));
const faithful = golden.at(-1);
const open = (given) => timeline.begin({ points: given.points, family: given.family, trace: given.steps.map((s) => s.parameters) });

function close(found, expected, what) {
  if (Array.isArray(expected)) {
    assert.equal(found.length, expected.length, what);
    expected.forEach((value, index) => close(found[index], value, `${what}[${index}]`));
  } else if (typeof expected === "object") {
    Object.keys(expected).forEach((key) => close(found[key], expected[key], `${what}.${key}`));
  } else {
    const off = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
    assert.ok(off <= TOLERANCE, `${what}: ${found} is not ${expected}`);
  }
}

for (const { preset, family, points, steps } of golden) {
  test(`${preset}, ${family}: every step is the library's`, () => {
    steps.forEach((step, index) => {
      const { responsibilities, logLikelihood } = em.expect(step.parameters, points);
      close(logLikelihood, step.log_likelihood, `likelihood ${index}`);
      close(responsibilities.slice(0, 20), step.responsibilities, `responsibilities ${index}`);
      if (index + 1 < steps.length) {
        close(em.maximise(points, responsibilities, family), steps[index + 1].parameters, `step ${index + 1}`);
      }
    });
  });

  test(`${preset}, ${family}: a run of its own ends where the library's does`, () => {
    let state = timeline.begin({ points, family, trace: [steps[0].parameters] });
    for (let half = 0; half < 2 * (steps.length - 1); half += 1) state = timeline.step(state);
    close(timeline.parameters(state), steps.at(-1).parameters, "the end");
  });

  test(`${preset}, ${family}: the bound touches after E, is below after M, and never falls`, () => {
    const { likelihoods, bounds } = timeline.curves(open({ points, family, steps }));
    bounds.forEach((bound, place) => {
      if (bound === null) return;
      const above = likelihoods[place >> 1];
      if (place % 2) close(bound, above, `bound ${place}`);
      else assert.ok(bound <= above + 1e-12, `bound ${place}`);
      if (place > 1) assert.ok(bound >= bounds[place - 1] - 1e-8, `bound falls at ${place}`);
    });
  });
}

test("far out, logarithms keep what plain numbers lose", () => {
  const [one, two] = [[0, 0], [10, 0]];
  const parameters = { weights: [0.5, 0.5], means: [one, two], covariances: [[1, 0, 1], [1, 0, 1]] };
  const { joint, responsibilities } = em.scorePoint(parameters, [105, 0]);
  assert.deepEqual(joint.map(Math.exp), [0, 0]);
  close(responsibilities, [Math.exp((95 ** 2 - 105 ** 2) / 2), 1], "responsibilities");
});

test("axes and covariance are each other's inverse", () => {
  for (const shape of [[3, 1.2, 2], [1, 0, 4], [5, -2, 1]]) {
    close(geometry.covariance(geometry.axes(shape)), shape, "covariance");
  }
});

test("a branch keeps the past, goes its own way, and remembers the old one", () => {
  const state = timeline.seek(open(faithful), 7);
  const changed = gestures.weighed(timeline.parameters(state), 0, 0.9);
  const other = timeline.branch(state, changed);
  assert.deepEqual(other.trace.slice(0, 3), state.trace.slice(0, 3));
  assert.equal(other.trace.length, 4);
  assert.equal(other.branches[0].length, faithful.steps.length);
  assert.deepEqual(other.origin, { iteration: 3, parameters: changed });
  assert.equal(state.trace.length, faithful.steps.length);
});

test("weights keep their sum whatever one of them becomes", () => {
  const parameters = { weights: [0.2, 0.3, 0.5] };
  for (const weight of [-1, 0, 0.4, 1, 7]) {
    const { weights } = gestures.weighed(parameters, 1, weight);
    close(weights.reduce((sum, value) => sum + value, 0), 1, "sum");
    assert.ok(Math.min(...weights) > 0);
    close(weights[2] / weights[0], 2.5, "the others' shares");
  }
});

test("a family allows only its own shapes", () => {
  const covariances = [[2, 0.5, 1], [3, 0, 3]];
  const one = [4, 1, 2];
  assert.deepEqual(em.FAMILIES.full.impose(covariances, 0, one), [one, [3, 0, 3]]);
  assert.deepEqual(em.FAMILIES.tied.impose(covariances, 0, one), [one, one]);
  assert.deepEqual(em.FAMILIES.diag.impose(covariances, 0, one), [[4, 0, 2], [3, 0, 3]]);
  assert.deepEqual(em.FAMILIES.spherical.impose(covariances, 0, one), [[3, 0, 3], [3, 0, 3]]);
});

test("fifty changes can be undone, and done again", () => {
  let history = histories.open(0);
  for (let value = 1; value <= 60; value += 1) history = histories.push(history, value);
  for (let count = 0; count < 100; count += 1) history = histories.undo(history);
  assert.equal(history.present, 10);
  for (let count = 0; count < 100; count += 1) history = histories.redo(history);
  assert.equal(history.present, 60);
});

test("a sample has the moments of its model, and a seed draws it again", () => {
  const model = { weights: [1], means: [[3, -2]], covariances: [[4, 1.5, 1]] };
  const points = sample(model, 20000, 7);
  assert.deepEqual(points, sample(model, 20000, 7));
  const found = em.maximise(points, points.map(() => [1]), "full", 0);
  found.means[0].forEach((value, axis) => assert.ok(Math.abs(value - [3, -2][axis]) < 0.06));
  found.covariances[0].forEach((value, entry) => assert.ok(Math.abs(value - [4, 1.5, 1][entry]) < 0.12));
});

test("points can be added up to 500 and erased down to ten", () => {
  const seen = geometry.view([[0, 1], [0, 1]], 400, 300);
  const many = Array.from({ length: 495 }, (_, i) => [i / 495, 0.5]);
  const path = Array.from({ length: 30 }, (_, i) => [20 * i, 100]);
  assert.equal(gestures.TOOLS.add.stroke(many, seen, path).length, 500);
  const few = many.slice(0, 12);
  assert.equal(gestures.TOOLS.erase.stroke(few, seen, few.map(seen.toPixel)), few);
});
