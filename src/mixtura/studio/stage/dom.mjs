// Elements made without markup: text from data is text, whatever it looks like.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes, and children that are elements or text. */
export function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

export function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === false || value == null) element.removeAttribute(key);
    else element.setAttribute(key, value === true ? "" : value);
  }
  return element;
}

function fill(element, attributes, children) {
  set(element, attributes).append(...children.filter((child) => child != null));
  return element;
}

/** A text with its {names} replaced by values. */
export function say(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
