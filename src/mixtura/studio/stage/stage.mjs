// The stage: one run of EM to look at, step through and interfere with. Streamlit calls `show`.

import { say } from "./dom.mjs";
import * as downloads from "./downloads.mjs";
import * as geometry from "./geometry.mjs";
import { listen } from "./hands.mjs";
import { makeLayout, refresh } from "./layout.mjs";
import { sample } from "./random.mjs";
import { branched, makeSession } from "./session.mjs";
import * as timeline from "./timeline.mjs";

const MODES = {
  stepper: { tools: ["pick"], place: 0, arithmetic: true, table: false, beat: 900, plays: false, steps: true },
  playground: { tools: ["pick", "add", "erase"], place: 1, arithmetic: false, table: true, beat: 320, plays: true, steps: true },
  board: { tools: ["pick"], place: 1, arithmetic: false, table: true, beat: 0, plays: false, steps: false },
};
const TALLEST = 520; // pixels
const DRAWN = 200; // points of a sample

const stages = new WeakMap();

/** Mounts the stage, or brings it up to date with what Python sends. */
export function show({ data, parentElement, setStateValue }) {
  const known = stages.get(parentElement);
  const same = known?.id === data.id;
  if (!same || known.language !== data.language) {
    known?.close();
    const history = same ? known.history() : null;
    const send = (value) => setStateValue("edit", { ...value, id: data.id });
    stages.set(parentElement, openStage(parentElement, data, history, send));
  }
  return () => setTimeout(() => parentElement.isConnected || stages.get(parentElement)?.close());
}

function openStage(parent, data, kept, send) {
  const mode = MODES[data.mode];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const first = timeline.begin({ ...data, place: data.place ?? mode.place });
  const limits = geometry.limits(data.points);
  const ui = { tool: "pick", component: 0, stretch: 1, guess: null, cursor: null, verdict: "", seen: null, sampled: 0 };
  const redraw = () => refresh(layout, data, ui, session);
  const session = makeSession({ first, kept, beat: mode.beat, still, redraw, send });
  const act = actions({ parent, data, ui, session, first, redraw, picture: () => layout.picture.root });
  const layout = makeLayout(data, mode, ui, act, first.trace[0].weights.length);
  parent.append(layout.root);
  listen(layout.picture.root, session, ui, { redraw, pick: act.pick });
  layout.root.addEventListener("keydown", (event) => undoKeys(event, act));

  const observer = new ResizeObserver(() => {
    const width = Math.max(280, layout.frame.clientWidth);
    ui.seen = geometry.view(limits, width, Math.round(Math.min(0.74 * width, TALLEST)));
    redraw();
  });
  ui.seen = geometry.view(limits, 640, 474);
  observer.observe(layout.frame);
  redraw();
  if (mode.plays && !kept && data.place === null) {
    if (still) session.look(timeline.run(session.now())); else session.play();
  }
  const close = () => {
    session.close();
    observer.disconnect();
    layout.root.remove();
    stages.delete(parent);
  };
  return { id: data.id, language: data.language, history: session.history, close };
}

/** What buttons, boxes and sliders do. */
function actions({ parent, data, ui, session, first, redraw, picture }) {
  const { now } = session;
  const pick = (index) => session.look({ ...now(), picked: (index + now().points.length) % now().points.length });
  const styles = () => [...parent.querySelectorAll("style")].map((style) => style.textContent).join("\n");
  return {
    pick,
    next: (by) => pick(now().picked + by),
    undo: session.undo,
    redo: session.redo,
    reset: () => session.edit(first),
    back: () => session.look(timeline.seek(now(), now().place - 1)),
    seek: (place) => session.look(timeline.seek(now(), place)),
    step: () => { judge(data.words, ui, now()); session.look(timeline.step(now())); },
    play: () => { if (session.playing()) { session.pause(); redraw(); } else session.play(); },
    finish: () => session.look(timeline.run(now())),
    write: (change) => session.edit(branched(now(), change(timeline.parameters(now()), now().family))),
    stretch: (times) => { ui.stretch = times; redraw(); },
    predict: () => {
      ui.guess = timeline.parameters(now()).means[ui.component];
      ui.verdict = data.words.predict_how;
      redraw();
    },
    sample: () => {
      ui.sampled += 1;
      const points = sample(timeline.parameters(now()), DRAWN, data.seed * 1000 + ui.sampled);
      session.edit(timeline.withPoints(now(), points));
    },
    saveSvg: () => downloads.save("mixtura.svg", "image/svg+xml", downloads.asSvg(picture(), styles())),
    saveCsv: () => {
      const { responsibilities } = timeline.score(now(), timeline.iteration(now()));
      downloads.save("mixtura.csv", "text/csv", downloads.asCsv(now().points, responsibilities));
    },
  };
}

/** How far off a guess of the next mean was, in standard deviations along the ellipse. */
function judge(words, ui, state) {
  if (!ui.guess || !timeline.scored(state)) return;
  const truth = timeline.parameters(timeline.step(state)).means[ui.component];
  const { along } = geometry.axes(timeline.parameters(state).covariances[ui.component]);
  const off = Math.hypot(ui.guess[0] - truth[0], ui.guess[1] - truth[1]) / along;
  ui.verdict = say(words.predicted, { j: ui.component + 1, off: off.toFixed(2) });
  ui.guess = null;
}

function undoKeys(event, act) {
  const asked = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (!asked || event.target.type === "number") return;
  event.preventDefault();
  if (event.shiftKey) act.redo(); else act.undo();
}
