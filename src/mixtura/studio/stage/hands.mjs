// Pointer and keys on the picture, as changes of a session.

import { arrow, moved, nearest, nudged, TOOLS } from "./gestures.mjs";
import { branched } from "./session.mjs";
import * as timeline from "./timeline.mjs";

/** Listen at `root`. `ui` holds the tool, the chosen component, the guess and the view. */
export function listen(root, session, ui, { redraw, pick }) {
  const pixel = (event) => {
    const box = root.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const click = (at) => place(session, ui, at, { redraw, pick });
  root.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    session.pause();
    root.setPointerCapture(event.pointerId);
    event.preventDefault();
    const handle = event.target.closest("[data-handle]");
    if (handle) grab(root, session, ui, pixel, handle);
    else stroke(root, session, ui, pixel, event, click);
  });
  root.addEventListener("keydown", (event) => (event.target === root ? point(session, ui, event, redraw, click) : press(session, ui, event)));
  root.addEventListener("focusout", () => { ui.cursor = null; redraw(); });
  root.addEventListener("focusin", (event) => {
    const handle = event.target.closest("[data-handle]");
    const chosen = handle ? named(handle).j : ui.component;
    if (chosen !== ui.component) { ui.component = chosen; redraw(); }
  });
}

function named(handle) {
  const [part, j] = handle.dataset.handle.split(" ");
  return { part, j: Number(j) };
}

/** Follow the pointer until it is let go. */
function follow(root, onMove, onEnd) {
  const stop = () => {
    root.removeEventListener("pointermove", onMove);
    root.removeEventListener("pointerup", stop);
    root.removeEventListener("pointercancel", stop);
    onEnd();
  };
  root.addEventListener("pointermove", onMove);
  root.addEventListener("pointerup", stop);
  root.addEventListener("pointercancel", stop);
}

/** Drag a handle. */
function grab(root, session, ui, pixel, handle) {
  const { part, j } = named(handle);
  const before = session.history();
  const state = session.now();
  ui.component = j;
  handle.focus();
  follow(root, (event) => {
    const at = ui.seen.toData(pixel(event));
    session.hold(branched(state, moved(timeline.parameters(state), state.family, j, part, at, ui.seen)));
  }, () => session.letGo(before));
}

/** Draw or erase points along the way; where nothing changed, it was a click. */
function stroke(root, session, ui, pixel, event, click) {
  const before = session.history();
  const state = session.now();
  const path = [];
  const go = (moveEvent) => {
    path.push(pixel(moveEvent));
    const points = TOOLS[ui.tool].stroke(state.points, ui.seen, path);
    if (points.length !== state.points.length) session.hold(timeline.withPoints(state, points));
  };
  go(event);
  follow(root, go, () => (session.now() === state ? click(path[0]) : session.letGo(before)));
}

/** A click sets the guess where there is one, or picks the nearest point. */
function place(session, ui, at, { redraw, pick }) {
  if (ui.guess) { ui.guess = ui.seen.toData(at); redraw(); return; }
  const index = nearest(session.now().points, ui.seen, at);
  if (ui.tool === "pick" && index >= 0) pick(index);
}

/** Keys on the picture itself: arrows move a crosshair, Enter or Space does there what a click does. */
function point(session, ui, event, redraw, click) {
  const { width, height } = ui.seen;
  const [x, y] = ui.cursor ?? [width / 2, height / 2];
  const go = arrow(event.key, event.shiftKey);
  if (go && !event.ctrlKey && !event.metaKey) {
    ui.cursor = [Math.min(Math.max(x + go[0], 0), width), Math.min(Math.max(y - go[1], 0), height)];
    redraw();
  } else if (event.key === "Enter" || event.key === " ") {
    ui.cursor = [x, y];
    const points = TOOLS[ui.tool].stroke(session.now().points, ui.seen, [ui.cursor]);
    if (points.length !== session.now().points.length) session.edit(timeline.withPoints(session.now(), points));
    else click(ui.cursor);
  } else return;
  event.preventDefault();
}

/** Arrow keys on a handle. */
function press(session, ui, event) {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.ctrlKey || event.metaKey) return;
  const { part, j } = named(handle);
  const state = session.now();
  ui.component = j;
  const next = nudged(timeline.parameters(state), state.family, j, part, event.key, event.shiftKey, ui.seen);
  if (!next) return;
  event.preventDefault();
  const before = session.history();
  session.pause();
  session.hold(branched(state, next));
  session.letGo(before);
}
