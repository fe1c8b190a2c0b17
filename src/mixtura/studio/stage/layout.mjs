// The parts of a stage in their places, and how they are brought up to date.

import { button, fold, makeEdits, makeTools, makeTransport } from "./controls.mjs";
import { html, say, svg } from "./dom.mjs";
import { makeNumbers } from "./numbers.mjs";
import { arithmetic, drawCurve, makeTable } from "./panels.mjs";
import { draw, makePicture } from "./picture.mjs";
import * as timeline from "./timeline.mjs";

/** All elements of a stage; `act` is what its buttons do. */
export function makeLayout(data, mode, ui, act, k) {
  const { words } = data;
  const parts = {
    picture: makePicture(words.picture),
    curve: svg("svg", { class: "curve" }),
    status: html("p", { role: "status", class: "status" }),
    sums: region(words.arithmetic_title),
    edits: makeEdits(words, act),
    transport: makeTransport(words, act),
    table: makeTable(words, k, act.write),
  };
  const frame = html("div", { class: "canvas" }, parts.picture.root);
  const tools = mode.tools.length > 1 ? makeTools(words, mode.tools, ui.tool, (tool) => { ui.tool = tool; }) : null;
  const root = html("div", { class: `stage ${data.mode}`, lang: data.language },
    html("div", { class: "bar" }, tools, parts.edits.row, mode.steps ? extras(words, data.mode, act) : null),
    html("div", { class: "main" },
      html("div", { class: "left" }, frame, mode.steps ? parts.transport.row : null),
      html("div", { class: "side" }, parts.status, html("div", { class: "curvebox", hidden: !mode.steps }, parts.curve),
        fold(words.table_title, mode.table, region(words.table_title, parts.table.table)),
        fold(words.arithmetic_title, mode.arithmetic, ...customer(words, ui, act, parts.sums)))));
  return { ...parts, root, frame, numbers: makeNumbers(data.language) };
}

/** Draw the picture, and once nothing flows any more, all that is beside it. */
export function refresh(layout, data, ui, session) {
  const { words } = data;
  const state = session.now();
  const frame = timeline.frame(state);
  const flowing = session.flowing();
  draw(layout.picture, ui.seen, state, flowing ? { ...frame, parameters: flowing } : frame, {
    names: data.names, component: ui.component, pick: true, guess: ui.guess, cursor: ui.cursor,
    handleLabel: (part, j) => say(words[`handle_${part}`], { j: j + 1 }),
  });
  if (flowing) return;
  drawCurve(layout.curve, words, layout.numbers, state, layout.curve.parentElement.clientWidth || 320);
  layout.table.update(frame.parameters);
  layout.sums.replaceChildren(arithmetic(words, layout.numbers, frame.parameters, state.points[state.picked], ui.stretch));
  layout.edits.update(session.history());
  const text = [sentence(words, layout.numbers, state, frame), ui.verdict].filter(Boolean).join(" ");
  layout.transport.update({ place: state.place, last: timeline.lastPlace(state), scored: frame.scored, playing: session.playing(), place_text: text });
  if (layout.status.textContent !== text) layout.status.textContent = text;
}

function sentence(words, numbers, state, frame) {
  const phase = frame.responsibilities === null ? words.status_start : frame.scored ? words.status_e : words.status_m;
  return say(phase, {
    n: state.points.length,
    k: frame.parameters.weights.length,
    iteration: frame.iteration,
    likelihood: numbers.plain(frame.logLikelihood),
    bound: frame.bound === null ? "–" : numbers.plain(frame.bound),
  });
}

function extras(words, mode, act) {
  const own = {
    stepper: () => button(words.predict, act.predict, { sign: "✛" }),
    playground: () => button(words.sample, act.sample, { sign: "⚄" }),
  };
  return html("div", { class: "row" }, own[mode](),
    button("SVG", act.saveSvg, { sign: "⤓" }), button("CSV", act.saveCsv, { sign: "⤓" }));
}

/** A part that scrolls by itself where it is wide, by keys too. */
function region(label, ...children) {
  return html("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, ...children);
}

function customer(words, ui, act, sums) {
  const stretch = html("input", { type: "range", min: 1, max: 60, step: 0.5, value: 1, "aria-label": words.stretch, oninput: () => act.stretch(stretch.valueAsNumber) });
  return [
    html("div", { class: "row" },
      button(words.previous_point, () => act.next(-1), { sign: "‹" }),
      button(words.next_point, () => act.next(1), { sign: "›" })),
    sums,
    html("label", { class: "stretch" }, html("span", {}, words.stretch), stretch),
    html("p", { class: "note" }, words.underflow),
  ];
}
