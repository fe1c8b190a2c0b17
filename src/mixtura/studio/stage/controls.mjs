// The rows of buttons: tools and undo above the picture, the steps of EM below it.

import { html } from "./dom.mjs";

/** A button with a text, and a sign before it that screen readers skip. */
export function button(text, act, { sign = "", kind = "" } = {}) {
  const mark = sign ? html("span", { "aria-hidden": "true", class: "sign" }, sign) : null;
  return html("button", { type: "button", class: kind || null, onclick: act }, mark, html("span", {}, text));
}

/** Radio buttons for the tools of a mode. */
export function makeTools(words, names, chosen, choose) {
  const options = names.map((name) => {
    const radio = html("input", { type: "radio", name: "tool", value: name, checked: name === chosen, onchange: () => choose(name) });
    return html("label", { class: "tool" }, radio, html("span", {}, words[`tool_${name}`]));
  });
  return html("fieldset", { class: "tools" }, html("legend", { class: "hidden" }, words.tools), ...options);
}

/** Undo, redo, reset and downloads. */
export function makeEdits(words, act) {
  const undo = button(words.undo, act.undo, { sign: "↶" });
  const redo = button(words.redo, act.redo, { sign: "↷" });
  const row = html("div", { class: "row" }, undo, redo, button(words.reset, act.reset, { sign: "⟲" }));
  const update = (history) => {
    undo.disabled = history.past.length === 0;
    redo.disabled = history.future.length === 0;
  };
  return { row, update };
}

/** The steps of EM: back, E, M, play, and a slider over all places. */
export function makeTransport(words, act) {
  const back = button(words.back, act.back, { sign: "◀" });
  const expect = button(words.e_step, act.step, { kind: "step" });
  const maximise = button(words.m_step, act.step, { kind: "step" });
  const play = button(words.play, act.play, { sign: "▶", kind: "primary" });
  const finish = button(words.finish, act.finish, { sign: "»" });
  const slider = html("input", { type: "range", min: 0, step: 1, "aria-label": words.scrub, oninput: () => act.seek(slider.valueAsNumber) });
  const row = html("div", { class: "transport" }, html("div", { class: "row" }, back, expect, maximise, play, finish), slider);
  const update = ({ place, last, scored, playing, place_text: text }) => {
    back.disabled = place === 0;
    expect.disabled = scored;
    maximise.disabled = !scored;
    play.lastChild.textContent = playing ? words.pause : words.play;
    play.firstChild.textContent = playing ? "❚❚" : "▶";
    slider.max = last;
    slider.value = place;
    slider.setAttribute("aria-valuetext", text);
  };
  return { row, update };
}

/** A part of the panel that folds. */
export function fold(title, open, ...children) {
  return html("details", { open }, html("summary", {}, title), ...children);
}
