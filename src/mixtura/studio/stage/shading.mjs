// The density as a soft image: colour says whose a place is, strength how dense it is.

import { scorePoint } from "./em.mjs";
import { COLOURS, rgb } from "./geometry.mjs";

const CELL = 6; // pixels
const STRONGEST = 150; // of 255

/** Data URL of a small image to be stretched over the plotting area. */
export function shade(canvas, seen, parameters) {
  const columns = Math.max(2, Math.round((seen.width - seen.pad.left - seen.pad.right) / CELL));
  const rows = Math.max(2, Math.round((seen.height - seen.pad.top - seen.pad.bottom) / CELL));
  const inks = COLOURS.map(rgb);
  const cells = Array.from({ length: rows * columns }, (_, index) => {
    const x = seen.x0 + ((index % columns) + 0.5) * ((seen.x1 - seen.x0) / columns);
    const y = seen.y1 - (Math.floor(index / columns) + 0.5) * ((seen.y1 - seen.y0) / rows);
    return scorePoint(parameters, [x, y]);
  });
  const peak = cells.reduce((most, cell) => Math.max(most, cell.logDensity), -Infinity);
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  cells.forEach((cell, index) => {
    const strength = Math.sqrt(Math.exp(cell.logDensity - peak));
    [0, 1, 2].forEach((channel) => {
      image.data[4 * index + channel] = cell.responsibilities.reduce((sum, r, j) => sum + r * inks[j][channel], 0);
    });
    image.data[4 * index + 3] = STRONGEST * strength;
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
