// The picture: density, points as shapes or pies of responsibility, ellipses and their handles.

import { range } from "./em.mjs";
import { html, set, svg } from "./dom.mjs";
import * as geometry from "./geometry.mjs";
import { shade } from "./shading.mjs";

const CERTAIN = 0.97; // a larger responsibility is drawn as one shape
const RADIUS = 4.2;
const PIE = 5.2;

/** Empty layers of a picture; `draw` fills them. */
export function makePicture(label) {
  const root = svg("svg", { role: "group", "aria-label": label, class: "picture", tabindex: "0" });
  const layers = {};
  for (const name of ["background", "axes", "points", "ellipses", "mark", "handles"]) {
    layers[name] = svg("g", { class: name });
    root.append(layers[name]);
  }
  const image = svg("image", { preserveAspectRatio: "none", "aria-hidden": "true" });
  layers.background.append(image);
  return { root, layers, image, canvas: html("canvas") };
}

/** Draws a frame. `shown` says what besides: handles, names of the axes, the chosen component. */
export function draw(picture, seen, state, frame, shown) {
  const { width, height, pad } = seen;
  set(picture.root, { viewBox: `0 0 ${width} ${height}`, width, height });
  set(picture.image, {
    x: pad.left,
    y: pad.top,
    width: width - pad.left - pad.right,
    height: height - pad.top - pad.bottom,
    href: shade(picture.canvas, seen, frame.parameters),
  });
  picture.layers.axes.replaceChildren(...drawAxes(seen, shown.names));
  picture.layers.points.replaceChildren(...drawPoints(seen, state, frame));
  picture.layers.ellipses.replaceChildren(...drawEllipses(seen, frame.parameters, shown.component));
  picture.layers.mark.replaceChildren(...drawMarks(seen, state, shown));
  placeHandles(picture.layers.handles, seen, frame.parameters, shown);
}

function drawAxes(seen, [across, up]) {
  const { width, height, pad } = seen;
  const bottom = height - pad.bottom;
  const horizontal = geometry.ticks(seen.x0, seen.x1, width / 90).map((value) => {
    const [x] = seen.toPixel([value, seen.y0]);
    return svg("g", {}, svg("line", { x1: x, x2: x, y1: pad.top, y2: bottom, class: "grid" }),
      svg("text", { x, y: bottom + 14, "text-anchor": "middle" }, String(value)));
  });
  const vertical = geometry.ticks(seen.y0, seen.y1, height / 70).map((value) => {
    const [, y] = seen.toPixel([seen.x0, value]);
    return svg("g", {}, svg("line", { x1: pad.left, x2: width - pad.right, y1: y, y2: y, class: "grid" }),
      svg("text", { x: pad.left - 5, y: y + 4, "text-anchor": "end" }, String(value)));
  });
  return [...horizontal, ...vertical,
    svg("text", { x: width - pad.right - 4, y: bottom - 6, "text-anchor": "end", class: "name" }, across),
    svg("text", { x: pad.left + 6, y: pad.top + 14, class: "name" }, up)];
}

/** One path a component, however many points there are. */
function drawPoints(seen, state, frame) {
  const pixels = state.points.map(seen.toPixel);
  if (!frame.responsibilities) {
    const path = pixels.map((pixel) => geometry.disc(pixel, 3.6)).join("");
    return [svg("path", { d: path, class: "unassigned" })];
  }
  return range(frame.parameters.weights.length).map((j) => {
    const path = frame.responsibilities.map((r, i) => piece(pixels[i], r, j)).join("");
    return svg("path", { d: path, fill: geometry.COLOURS[j], class: "point" });
  });
}

function piece(pixel, r, j) {
  if (r[j] > CERTAIN) return geometry.SHAPES[j](pixel, RADIUS);
  if (r[j] < 0.005 || Math.max(...r) > CERTAIN) return "";
  const before = r.slice(0, j).reduce((sum, value) => sum + value, 0);
  return geometry.slice(pixel, PIE, before, before + r[j]);
}

function drawEllipses(seen, { weights, means, covariances }, chosen) {
  return weights.flatMap((_, j) => [2, 1].map((scale) => svg("path", {
    d: geometry.ellipsePath(seen, means[j], covariances[j], scale),
    stroke: geometry.dark(j),
    class: `ellipse${j === chosen ? " chosen" : ""}${scale === 1 ? " inner" : ""}`,
  })));
}

function drawMarks(seen, state, shown) {
  const marks = [];
  if (shown.pick) {
    const [x, y] = seen.toPixel(state.points[state.picked]);
    marks.push(svg("circle", { cx: x, cy: y, r: 10, class: "picked" }));
  }
  if (shown.guess) {
    const [x, y] = seen.toPixel(shown.guess);
    marks.push(svg("path", { d: `M${x - 9} ${y}h18M${x} ${y - 9}v18`, class: "guess" }));
  }
  if (shown.cursor) {
    const [x, y] = shown.cursor;
    marks.push(svg("path", { d: `M${x - 14} ${y}h28M${x} ${y - 14}v28`, class: "cursor" }));
  }
  return marks;
}

/** Where the handles of a component are, in data: its mean, and the ends of its axes. */
export function handlePoints({ means, covariances }, j) {
  return {
    mean: means[j],
    along: geometry.onEllipse(means[j], covariances[j], 2, 0),
    across: geometry.onEllipse(means[j], covariances[j], 2, Math.PI / 2),
  };
}

function placeHandles(layer, seen, parameters, shown) {
  const wanted = parameters.weights.flatMap((_, j) => (
    ["mean", ...(j === shown.component ? ["along", "across"] : [])].map((part) => ({ j, part }))
  ));
  const kept = new Map([...layer.children].map((handle) => [handle.dataset.handle, handle]));
  const handles = wanted.map(({ j, part }) => {
    const name = `${part} ${j}`;
    const handle = kept.get(name) ?? makeHandle(name, j, part);
    const [x, y] = seen.toPixel(handlePoints(parameters, j)[part]);
    return set(handle, { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, "aria-label": shown.handleLabel(part, j) });
  });
  if (handles.length !== kept.size || handles.some((handle) => !layer.contains(handle))) {
    const focused = layer.getRootNode().activeElement;
    layer.replaceChildren(...handles);
    if (handles.includes(focused)) focused.focus();
  }
}

function makeHandle(name, j, part) {
  const handle = svg("g", { class: `handle ${part}`, tabindex: "0", role: "button", "data-handle": name });
  handle.append(svg("circle", { r: 14, class: "target" }));
  if (part === "mean") {
    handle.append(svg("circle", { r: 10, fill: geometry.COLOURS[j], class: "knob" }),
      svg("text", { style: `fill: ${geometry.inkOn(j)}`, "text-anchor": "middle", dy: "0.36em" }, String(j + 1)));
  } else {
    handle.append(part === "along" ? svg("circle", { r: 6, class: "grip" }) : svg("rect", { x: -5, y: -5, width: 10, height: 10, class: "grip" }));
  }
  return handle;
}
