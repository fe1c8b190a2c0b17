// The stage: one run of EM to look at, step through and interfere with. Streamlit calls `show`.

import { button, fold, makeEdits, makeTools, makeTransport } from "./controls.mjs";
import { html, say, svg } from "./dom.mjs";
import * as downloads from "./downloads.mjs";
import * as geometry from "./geometry.mjs";
import { moved, nearest, nudged, TOOLS } from "./gestures.mjs";
import * as histories from "./history.mjs";
import { makeNumbers } from "./numbers.mjs";
import { arithmetic, drawCurve, makeTable } from "./panels.mjs";
import { draw, makePicture } from "./picture.mjs";
import { sample } from "./random.mjs";
import * as timeline from "./timeline.mjs";

const MODES = {
  stepper: { tools: ["pick"], place: 0, arithmetic: true, table: false, beat: 900, plays: false, steps: true },
  playground: { tools: ["pick", "add", "erase"], place: 1, arithmetic: false, table: true, beat: 320, plays: true, steps: true },
  board: { tools: ["pick"], place: 1, arithmetic: false, table: true, beat: 0, plays: false, steps: false },
};
const MORPH = 280; // milliseconds from one frame to the next
const COMMIT = 250; // milliseconds after the last change

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
  const { words } = data;
  const mode = MODES[data.mode];
  const numbers = makeNumbers(data.language);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const first = timeline.begin({ ...data, place: data.place ?? mode.place });
  const limits = geometry.limits(data.points);
  const ui = { tool: "pick", component: 0, stretch: 1, guess: null, verdict: "", playing: null, seen: null, sampled: 0 };
  let history = kept ?? histories.open(first);
  let committed = null;

  // --- what there is to see
  const picture = makePicture(words.picture);
  const curve = svg("svg", { class: "curve" });
  const status = html("p", { role: "status", class: "status" });
  const sums = html("div", { class: "scroll" });
  const act = {
    undo: () => change(() => histories.undo(history)),
    redo: () => change(() => histories.redo(history)),
    reset: () => edit(first),
    back: () => look(timeline.seek(now(), now().place - 1)),
    seek: (place) => look(timeline.seek(now(), place)),
    step,
    play: () => (ui.playing ? pause() : play()),
    finish: () => look(timeline.run(now())),
  };
  const edits = makeEdits(words, act);
  const transport = makeTransport(words, act);
  const table = makeTable(words, first.trace[0].weights.length, (write) => {
    const state = now();
    edit(branched(state, write(timeline.parameters(state), state.family)));
  });
  const stretch = html("input", { type: "range", min: 1, max: 60, step: 0.5, value: 1, "aria-label": words.stretch, oninput: () => { ui.stretch = stretch.valueAsNumber; refresh(); } });
  const customer = html("div", { class: "row" },
    button(words.previous_point, () => pick(now().picked - 1), { sign: "‹" }),
    button(words.next_point, () => pick(now().picked + 1), { sign: "›" }));
  const frameOfPicture = html("div", { class: "canvas" }, picture.root);
  const root = html("div", { class: `stage ${data.mode}`, lang: data.language },
    html("div", { class: "bar" }, mode.tools.length > 1 ? makeTools(words, mode.tools, ui.tool, (tool) => { ui.tool = tool; }) : null, edits.row, mode.steps ? extras() : null),
    html("div", { class: "main" },
      html("div", { class: "left" }, frameOfPicture, mode.steps ? transport.row : null),
      html("div", { class: "side" }, status, html("div", { class: "curvebox", hidden: !mode.steps }, curve),
        fold(words.table_title, mode.table, html("div", { class: "scroll" }, table.table)),
        fold(words.arithmetic_title, mode.arithmetic, customer, sums,
          html("label", { class: "stretch" }, html("span", {}, words.stretch), stretch), html("p", { class: "note" }, words.underflow)))));
  parent.append(root);

  // --- changes of state
  const now = () => history.present;

  function branched(state, parameters) {
    const other = timeline.branch(state, parameters);
    return { ...other, place: 2 * timeline.iteration(other) + 1 };
  }

  function edit(state) {
    change(() => histories.push(history, state));
  }

  function look(state) {
    pause();
    morph(() => { history = histories.replace(history, state); });
    commit();
  }

  function change(make) {
    pause();
    morph(() => { history = make(); });
    commit();
  }

  function step() {
    judge();
    look(timeline.step(now()));
  }

  function judge() {
    if (!ui.guess || !timeline.scored(now())) return;
    const truth = timeline.parameters(timeline.step(now())).means[ui.component];
    const { along } = geometry.axes(timeline.parameters(now()).covariances[ui.component]);
    const off = Math.hypot(ui.guess[0] - truth[0], ui.guess[1] - truth[1]) / along;
    ui.verdict = say(words.predicted, { j: ui.component + 1, off: numbers.share(off) });
    ui.guess = null;
  }

  function play() {
    ui.playing = setInterval(() => {
      const before = now();
      const after = timeline.step(before);
      morph(() => { history = histories.replace(history, after); });
      if (timeline.scored(after) && settled(after)) { pause(); commit(); }
    }, mode.beat);
    refresh();
  }

  function pause() {
    if (!ui.playing) return;
    clearInterval(ui.playing);
    ui.playing = null;
    refresh();
  }

  function pick(index) {
    const state = now();
    const n = state.points.length;
    look({ ...state, picked: (index + n) % n });
  }

  // --- drawing
  function shown() {
    return {
      names: data.names, component: ui.component, pick: true, guess: ui.guess,
      handleLabel: (part, j) => say(words[`handle_${part}`], { j: j + 1 }),
    };
  }

  /** Make a change and let the parameters flow from the old to the new. */
  function morph(make) {
    const from = timeline.parameters(now());
    make();
    const to = timeline.parameters(now());
    if (still || from === to || from.weights.length !== to.weights.length) { refresh(); return; }
    const began = performance.now();
    ui.flow = { from, to, share: 0 };
    const tick = (time) => {
      if (!ui.flow || ui.flow.to !== to) return;
      ui.flow.share = Math.min(1, (time - began) / MORPH);
      if (ui.flow.share === 1) ui.flow = null;
      refresh();
      if (ui.flow) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  function refresh() {
    const state = now();
    const frame = timeline.frame(state);
    const at = ui.flow ? { ...frame, parameters: between(ui.flow) } : frame;
    draw(picture, ui.seen, state, at, shown());
    if (ui.flow) return;
    drawCurve(curve, words, numbers, state, curve.parentElement.clientWidth || 320);
    table.update(frame.parameters);
    sums.replaceChildren(arithmetic(words, numbers, frame.parameters, state.points[state.picked], ui.stretch));
    edits.update(history);
    const text = sentence(state, frame);
    transport.update({ place: state.place, last: timeline.lastPlace(state), scored: frame.scored, playing: ui.playing !== null, place_text: text });
    if (status.textContent !== text) status.textContent = text;
  }

  function sentence(state, frame) {
    const phase = frame.responsibilities === null ? words.status_start : frame.scored ? words.status_e : words.status_m;
    const values = {
      n: state.points.length, k: frame.parameters.weights.length, iteration: frame.iteration,
      likelihood: numbers.plain(frame.logLikelihood), bound: frame.bound === null ? "–" : numbers.plain(frame.bound),
    };
    return [say(phase, values), ui.verdict].filter(Boolean).join(" ");
  }

  function resize() {
    const width = Math.max(280, frameOfPicture.clientWidth);
    const height = Math.round(Math.min(0.74 * width, 520));
    ui.seen = geometry.view(limits, width, height);
    refresh();
  }

  // --- hands and keys
  function pixel(event) {
    const box = picture.root.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  picture.root.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    const handle = event.target.closest("[data-handle]");
    pause();
    ui.flow = null;
    picture.root.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (handle) grab(handle); else stroke(event);
  });

  function follow(onMove, onEnd) {
    const stop = (event) => {
      picture.root.removeEventListener("pointermove", onMove);
      picture.root.removeEventListener("pointerup", stop);
      picture.root.removeEventListener("pointercancel", stop);
      onEnd(event);
    };
    picture.root.addEventListener("pointermove", onMove);
    picture.root.addEventListener("pointerup", stop);
    picture.root.addEventListener("pointercancel", stop);
  }

  function grab(handle) {
    const [part, j] = [handle.dataset.handle.split(" ")[0], Number(handle.dataset.handle.split(" ")[1])];
    const before = history;
    const state = now();
    ui.component = j;
    handle.focus();
    refresh();
    follow((event) => {
      const at = ui.seen.toData(pixel(event));
      const next = moved(timeline.parameters(state), state.family, j, part, at, ui.seen);
      history = histories.replace(history, branched(state, next));
      refresh();
    }, () => {
      if (history.present !== state) { history = histories.push(before, history.present); commit(); }
      refresh();
    });
  }

  function stroke(event) {
    const path = [pixel(event)];
    const before = history;
    const state = now();
    const apply = () => {
      const points = TOOLS[ui.tool].stroke(state.points, ui.seen, path);
      if (points.length !== state.points.length) {
        history = histories.replace(history, timeline.withPoints(state, points));
        refresh();
      }
    };
    apply();
    follow((moveEvent) => { path.push(pixel(moveEvent)); apply(); }, () => {
      if (history.present !== state) { history = histories.push(before, history.present); commit(); refresh(); return; }
      place(path[0]);
    });
  }

  function place(at) {
    if (ui.guess) { ui.guess = ui.seen.toData(at); refresh(); return; }
    const index = nearest(now().points, ui.seen, at);
    if (ui.tool === "pick" && index >= 0) pick(index);
  }

  picture.root.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    const [part, index] = handle.dataset.handle.split(" ");
    const state = now();
    ui.component = Number(index);
    const next = nudged(timeline.parameters(state), state.family, ui.component, part, event.key, event.shiftKey, ui.seen);
    if (!next) { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); refresh(); } return; }
    event.preventDefault();
    ui.flow = null;
    pause();
    history = histories.push(history, branched(state, next));
    refresh();
    commit();
  });
  picture.root.addEventListener("focusin", (event) => {
    const handle = event.target.closest("[data-handle]");
    const chosen = handle && Number(handle.dataset.handle.split(" ")[1]);
    if (handle && chosen !== ui.component) { ui.component = chosen; refresh(); }
  });
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.type === "number") return;
    event.preventDefault();
    if (event.shiftKey) act.redo(); else act.undo();
  });

  function extras() {
    const predict = button(words.predict, () => { ui.guess = timeline.parameters(now()).means[ui.component]; ui.verdict = words.predict_how; refresh(); }, { sign: "✛" });
    const draw200 = button(words.sample, () => {
      ui.sampled += 1;
      edit(timeline.withPoints(now(), sample(timeline.parameters(now()), 200, data.seed * 1000 + ui.sampled)));
    }, { sign: "⚄" });
    const styles = () => [...parent.querySelectorAll("style")].map((style) => style.textContent).join("\n");
    return html("div", { class: "row" }, data.mode === "stepper" ? predict : draw200,
      button("SVG", () => downloads.save("mixtura.svg", "image/svg+xml", downloads.asSvg(picture.root, styles())), { sign: "⤓" }),
      button("CSV", () => downloads.save("mixtura.csv", "text/csv", downloads.asCsv(now().points, timeline.score(now(), timeline.iteration(now())).responsibilities)), { sign: "⤓" }));
  }

  // --- what Python hears of: points and parameters set by hand, and how far EM has gone
  function commit() {
    clearTimeout(committed);
    committed = setTimeout(() => send(told(now())), COMMIT);
  }

  const observer = new ResizeObserver(resize);
  resize();
  observer.observe(frameOfPicture);
  if (mode.plays && !kept && data.place === null) {
    if (still) look(timeline.run(now())); else play();
  }

  const close = () => {
    clearInterval(ui.playing);
    clearTimeout(committed);
    observer.disconnect();
    root.remove();
    stages.delete(parent);
  };
  return { id: data.id, language: data.language, history: () => history, close };
}

function told(state) {
  const at = timeline.iteration(state);
  const rounded = (points) => points.map((point) => point.map((value) => Number(value.toPrecision(6))));
  return {
    points: state.edited ? rounded(state.points) : null,
    start: state.origin?.parameters ?? null,
    iterations: state.origin ? Math.max(at - state.origin.iteration, 0) : at,
  };
}

function settled(state) {
  const at = timeline.iteration(state);
  if (at === 0) return false;
  return timeline.score(state, at).logLikelihood - timeline.score(state, at - 1).logLikelihood < 1e-6 || at > 200;
}

function between({ from, to, share }) {
  const ease = share * share * (3 - 2 * share);
  const mix = (a, b) => (Array.isArray(a) ? a.map((value, index) => mix(value, b[index])) : a + ease * (b - a));
  return { weights: mix(from.weights, to.weights), means: mix(from.means, to.means), covariances: mix(from.covariances, to.covariances) };
}
