// The page's language, keys for what is wider than it, names for formulas, Streamlit's words.

const reach = () => {
  for (const part of document.querySelectorAll(".katex-display, .stMarkdown table")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
  for (const label of document.querySelectorAll(".stRadio label:has(input)")) {
    const [formula, tex] = [label.querySelector(".katex"), label.querySelector("annotation")];
    const only = formula && label.textContent.trim() === formula.textContent.trim();
    const input = label.querySelector("input");
    if (only && tex && input.ariaLabel !== tex.textContent) input.ariaLabel = tex.textContent;
  }
};

const kinds = ["aria-label", "placeholder", "title"];
const shown = "[role=tooltip] :is(p, div), [role=alert], .stMain kbd, a[href='#stMain']";
const translate = (texts) => {
  for (const kind of kinds)
    for (const part of document.querySelectorAll(`[${kind}]`)) {
      const [old, text] = [part.getAttribute(kind), texts[part.getAttribute(kind)]];
      if (text && text !== old) part.setAttribute(kind, text);
    }
  for (const part of document.querySelectorAll(shown)) {
    const text = texts[part.textContent];
    if (text && text !== part.textContent && !part.children.length) part.textContent = text;
  }
};

export default function ({ data }) {
  // new data come before the old ones are left, and two languages would mend each other for ever
  window.leavePage?.();
  document.documentElement.lang = data.language;
  const mend = () => { reach(); translate(data.texts); };
  const observer = new MutationObserver(mend);
  const all = { childList: true, subtree: true, attributes: true, attributeFilter: kinds };
  observer.observe(document.body, all);
  document.fonts.addEventListener("loadingdone", reach);
  mend();
  window.leavePage = () => {
    observer.disconnect();
    document.fonts.removeEventListener("loadingdone", reach);
  };
  return window.leavePage;
}
