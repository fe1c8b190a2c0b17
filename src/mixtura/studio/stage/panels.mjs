// What stands beside the picture: the table of components, one customer's arithmetic, the curve.

import { html, say, set, svg } from "./dom.mjs";
import { logJoint, logNormal, logSumExp } from "./em.mjs";
import { axes, COLOURS, inkOn, SHAPES } from "./geometry.mjs";
import { components, shaped, weighed } from "./gestures.mjs";
import { curves, iteration } from "./timeline.mjs";

/** The number and shape of a component, in its colour. */
export function badge(j) {
  const icon = svg("svg", { width: 30, height: 22, "aria-hidden": "true", class: "badge" });
  icon.append(svg("circle", { cx: 11, cy: 11, r: 10, fill: COLOURS[j] }),
    svg("text", { x: 11, y: 15, "text-anchor": "middle", fill: inkOn(j) }, String(j + 1)),
    svg("path", { d: SHAPES[j]([26, 11], 3.6), fill: COLOURS[j], stroke: "#444", "stroke-width": 0.5 }));
  return icon;
}

// What can be set of a component by number: its text, its value, and the parameters after.
const FIELDS = [
  { word: "weight", read: ({ weights }, j) => weights[j], write: (p, family, j, value) => weighed(p, j, value), step: 0.01 },
  { word: "mean_x", read: ({ means }, j) => means[j][0], write: (p, family, j, value) => withMean(p, j, [value, p.means[j][1]]) },
  { word: "mean_y", read: ({ means }, j) => means[j][1], write: (p, family, j, value) => withMean(p, j, [p.means[j][0], value]) },
  { word: "along", read: (p, j) => axes(p.covariances[j]).along, write: withAxis("along") },
  { word: "across", read: (p, j) => axes(p.covariances[j]).across, write: withAxis("across") },
  { word: "angle", read: (p, j) => (axes(p.covariances[j]).angle * 180) / Math.PI, write: withAxis("angle"), step: 5 },
];

/** A table of number boxes, one row a component; `change` gets the new parameters. */
export function makeTable(words, k, change) {
  const boxes = [];
  const rows = Array.from({ length: k }, (_, j) => html("tr", {},
    rowHead(words, j),
    ...FIELDS.map((field) => {
      const box = html("input", {
        type: "number", step: field.step ?? "any", "aria-label": `${say(words.component, { j: j + 1 })}: ${words[field.word]}`,
        onchange: () => Number.isFinite(box.valueAsNumber) && change((p, family) => field.write(p, family, j, box.valueAsNumber)),
      });
      boxes.push({ box, field, j });
      return html("td", {}, box);
    })));
  const head = html("tr", {}, html("th", { scope: "col" }, html("span", { class: "hidden" }, words.component_head)),
    ...FIELDS.map((field) => html("th", { scope: "col" }, words[field.word])));
  const table = html("table", { class: "components" }, html("caption", {}, words.table_caption), html("thead", {}, head), html("tbody", {}, ...rows));
  const update = (parameters) => boxes.forEach(({ box, field, j }) => {
    if (box.getRootNode().activeElement !== box) box.value = fitting(field.read(parameters, j));
  });
  return { table, update };
}

/** A number as text that fits its box: four digits, fewer where zeros come before them. */
function fitting(value) {
  const texts = [4, 3, 2, 1].map((digits) => String(Number(value.toPrecision(digits))));
  return texts.find((text) => text.length <= 7) ?? texts[1];
}

/** One point's responsibilities in numbers; farther by `stretch`, to see what underflows. */
export function arithmetic(words, numbers, parameters, point, stretch) {
  const centre = parameters.means[0].map((_, axis) => parameters.weights.reduce((sum, w, j) => sum + w * parameters.means[j][axis], 0));
  const far = point.map((value, axis) => centre[axis] + stretch * (value - centre[axis]));
  const joint = logJoint(parameters, far);
  const plain = joint.map(Math.exp);
  const total = plain.reduce((sum, value) => sum + value, 0);
  const logDensity = logSumExp(joint);
  const rows = components(parameters).map((j) => html("tr", {}, rowHead(words, j),
    cell(numbers.share(parameters.weights[j])),
    cell(numbers.small(Math.exp(logNormal(parameters.means[j], parameters.covariances[j], far)))),
    cell(numbers.small(plain[j])),
    cell(total > 0 ? numbers.share(plain[j] / total) : "0 / 0", total > 0 ? "" : "lost"),
    cell(numbers.short(joint[j])),
    cell(numbers.share(Math.exp(joint[j] - logDensity)), "answer")));
  const sum = html("tr", { class: "sum" }, html("th", { scope: "row" }, words.sum), cell("1"), cell(""), cell(numbers.small(total)), cell(""), cell(numbers.short(logDensity)), cell("1"));
  const heads = ["#", "π", "N(x)", "π·N(x)", "… / Σ", "log(π·N)", "r"];
  const head = html("tr", {}, ...heads.map((text) => html("th", { scope: "col" }, text)));
  return html("table", { class: "arithmetic" },
    html("caption", {}, say(words.arithmetic_caption, { x: numbers.short(far[0]), y: numbers.short(far[1]) })),
    html("thead", {}, head), html("tbody", {}, ...rows, sum));
}

/** The likelihood of every iteration, and the bound that touches it after each E-step. */
export function drawCurve(root, words, numbers, state, width) {
  const height = 132;
  const pad = { left: 52, right: 10, top: 10, bottom: 24 };
  const { likelihoods, bounds } = curves(state);
  const last = Math.max(likelihoods.length - 1, 3, ...state.branches.map((b) => b.length - 1));
  const all = [...likelihoods, ...bounds.filter((b) => b !== null), ...state.branches.flat()];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = high - low || 1;
  const at = (place, value) => [pad.left + (place / (2 * last + 1)) * (width - pad.left - pad.right), pad.top + ((high - value) / span) * (height - pad.top - pad.bottom)];
  const line = (pairs) => `M${pairs.map((pair) => pair.map((v) => v.toFixed(1)).join(" ")).join("L")}`;
  const dots = bounds.map((value, place) => ({ value, place })).filter(({ value }) => value !== null);
  const [hereX] = at(state.place, low);
  const now = likelihoods[iteration(state)];
  set(root, { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words.curve_label });
  root.replaceChildren(
    svg("line", { x1: hereX, x2: hereX, y1: pad.top, y2: height - pad.bottom, class: "here" }),
    ...state.branches.map((old) => svg("path", { d: line(old.map((v, i) => at(2 * i + 1, v))), class: "old" })),
    svg("path", { d: line(dots.map(({ value, place }) => at(place, value))), class: "bound" }),
    svg("path", { d: line(likelihoods.flatMap((v, i) => [at(2 * i, v), at(2 * i + 1, v)])), class: "likelihood" }),
    ...likelihoods.map((v, i) => dot(at(2 * i + 1, v), i === iteration(state))),
    svg("text", { x: pad.left - 6, y: pad.top + 9, "text-anchor": "end" }, numbers.short(high)),
    svg("text", { x: pad.left - 6, y: height - pad.bottom, "text-anchor": "end" }, numbers.short(low)),
    svg("text", { x: width - pad.right, y: height - 6, "text-anchor": "end" }, words.curve_across),
    svg("text", { x: pad.left, y: height - 6 }, say(words.curve_now, { value: numbers.plain(now) })),
  );
}

function dot([x, y], here) {
  return svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: here ? 5 : 2.5, class: here ? "dot now" : "dot" });
}

function rowHead(words, j) {
  return html("th", { scope: "row" }, badge(j), html("span", { class: "hidden" }, say(words.component, { j: j + 1 })));
}

function cell(text, kind = "") {
  return html("td", { class: kind || null }, text);
}

function withMean(parameters, j, mean) {
  return { ...parameters, means: parameters.means.map((old, index) => (index === j ? mean : old)) };
}

function withAxis(name) {
  return (parameters, family, j, value) => {
    const old = axes(parameters.covariances[j]);
    const next = name === "angle" ? (value * Math.PI) / 180 : Math.max(value, 1e-3 * old.along);
    return shaped(parameters, family, j, { ...old, [name]: next });
  };
}
