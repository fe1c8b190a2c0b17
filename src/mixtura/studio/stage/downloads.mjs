// Files made in the browser: the picture as SVG, the points with their responsibilities as CSV.

/** The picture with its styles, as text. */
export function asSvg(root, styles) {
  const copy = root.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.querySelector(".handles").remove();
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = styles;
  copy.prepend(style);
  return new XMLSerializer().serializeToString(copy);
}

/** One row a point: where it is, and a responsibility for each component. */
export function asCsv(points, responsibilities) {
  const k = responsibilities[0].length;
  const head = ["x", "y", ...Array.from({ length: k }, (_, j) => `r${j + 1}`)];
  const rows = points.map((point, i) => [...point, ...responsibilities[i]]);
  return [head, ...rows].map((row) => row.join(",")).join("\n");
}

/** Hand a text to the browser as a file. */
export function save(name, kind, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
