// What is going on at a stage: the run with its past and future, playing, and telling Python.

import * as histories from "./history.mjs";
import * as timeline from "./timeline.mjs";

const MORPH = 280; // milliseconds from one frame to the next
const COMMIT = 250; // milliseconds after the last change
const GAIN = 1e-6; // nats a point under which a run has arrived
const LONGEST = 200; // iterations that are played

/**
 * A session over a run. `redraw` is called after every change; `send` gets what Python should know,
 * when a hand lets go; with `still` nothing flows from frame to frame.
 */
export function makeSession({ first, kept, beat, still, redraw, send }) {
  let history = kept ?? histories.open(first);
  let playing = null;
  let committed = null;
  let flow = null;
  const now = () => history.present;

  function commit() {
    clearTimeout(committed);
    committed = setTimeout(() => send(told(now())), COMMIT);
  }

  function pause() {
    clearInterval(playing);
    playing = null;
    flow = null;
  }

  /** Make a change and let the parameters flow from the old to the new. */
  function morph(make) {
    const from = timeline.parameters(now());
    make();
    const to = timeline.parameters(now());
    if (still || from === to || from.weights.length !== to.weights.length) { redraw(); return; }
    const began = performance.now();
    flow = { from, to, share: 0 };
    const tick = (time) => {
      if (flow?.to !== to) return;
      const share = Math.min(1, Math.max(0, (time - began) / MORPH));
      flow = share === 1 ? null : { from, to, share };
      redraw();
      if (flow) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  function change(make) {
    pause();
    morph(() => { history = make(); });
    commit();
  }

  function beatOnce() {
    const after = timeline.step(now());
    const arrived = timeline.scored(after) && settled(after);
    if (arrived) { clearInterval(playing); playing = null; commit(); }
    morph(() => { history = histories.replace(history, after); });
  }

  return {
    now,
    pause,
    history: () => history,
    playing: () => playing !== null,
    flowing: () => (flow ? between(flow) : null),
    /** A change that can be undone, and one that cannot. */
    edit: (state) => change(() => histories.push(history, state)),
    look: (state) => change(() => histories.replace(history, state)),
    undo: () => change(() => histories.undo(history)),
    redo: () => change(() => histories.redo(history)),
    /** A change while a hand is at it; `letGo` makes all since `before` one that can be undone. */
    hold: (state) => { history = histories.replace(history, state); redraw(); },
    letGo: (before) => {
      if (now() !== before.present) { history = histories.push(before, now()); commit(); }
      redraw();
    },
    play: () => { playing = setInterval(beatOnce, beat); redraw(); },
    close: () => { clearInterval(playing); clearTimeout(committed); },
  };
}

/** The state with parameters set by hand, and responsibilities that follow. */
export function branched(state, parameters) {
  const other = timeline.branch(state, parameters);
  return { ...other, place: 2 * timeline.iteration(other) + 1 };
}

/** Points and parameters set by hand, and how far EM has gone since. */
function told(state) {
  const at = timeline.iteration(state);
  const rounded = (points) => points.map((point) => point.map((value) => Number(value.toPrecision(6))));
  return {
    points: state.edited ? rounded(state.points) : null,
    start: state.origin?.parameters ?? null,
    scored: timeline.scored(state),
    iterations: state.origin ? Math.max(at - state.origin.iteration, 0) : at,
  };
}

function settled(state) {
  const at = timeline.iteration(state);
  if (at === 0) return false;
  const gain = timeline.score(state, at).logLikelihood - timeline.score(state, at - 1).logLikelihood;
  return gain < GAIN || at > LONGEST;
}

function between({ from, to, share }) {
  const ease = share * share * (3 - 2 * share);
  const mix = (a, b) => (Array.isArray(a) ? a.map((value, index) => mix(value, b[index])) : a + ease * (b - a));
  return { weights: mix(from.weights, to.weights), means: mix(from.means, to.means), covariances: mix(from.covariances, to.covariances) };
}
