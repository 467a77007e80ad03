/** Characters that a terminal draws itself: blocks, lines and powerline shapes, as SVG elements without a colour. */

const BLOCKS = {
  '█': [0, 0, 1, 1],
  '▀': [0, 0, 1, 0.5],
  '▐': [0.5, 0, 0.5, 1],
  '▔': [0, 0, 1, 0.125],
  '▕': [0.875, 0, 0.125, 1],
  '▬': [0, 0.36, 1, 0.28],
  '■': [0.06, 0.3, 0.88, 0.4],
};
for (const [index, character] of [...'▏▎▍▌▋▊▉'].entries()) BLOCKS[character] = [0, 0, (index + 1) / 8, 1];
for (const [index, character] of [...'▁▂▃▄▅▆▇'].entries()) BLOCKS[character] = [0, 1 - (index + 1) / 8, 1, (index + 1) / 8];

const SHADES = { '░': 0.25, '▒': 0.5, '▓': 0.75 };

/** Arms of line characters from the middle of the cell: left, right, up, down. 0: none, 1: thin, 2: thick. */
const LINES = {
  '─': [1, 1, 0, 0],
  '━': [2, 2, 0, 0],
  '│': [0, 0, 1, 1],
  '┃': [0, 0, 2, 2],
  '╴': [1, 0, 0, 0],
  '╵': [0, 0, 1, 0],
  '╶': [0, 1, 0, 0],
  '╷': [0, 0, 0, 1],
  '╸': [2, 0, 0, 0],
  '╹': [0, 0, 2, 0],
  '╺': [0, 2, 0, 0],
  '╻': [0, 0, 0, 2],
  '╼': [1, 2, 0, 0],
  '╾': [2, 1, 0, 0],
  '┌': [0, 1, 0, 1],
  '┐': [1, 0, 0, 1],
  '└': [0, 1, 1, 0],
  '┘': [1, 0, 1, 0],
  '╭': [0, 1, 0, 1],
  '╮': [1, 0, 0, 1],
  '╰': [0, 1, 1, 0],
  '╯': [1, 0, 1, 0],
  '├': [0, 1, 1, 1],
  '┤': [1, 0, 1, 1],
  '┬': [1, 1, 0, 1],
  '┴': [1, 1, 1, 0],
  '┼': [1, 1, 1, 1],
  '╋': [2, 2, 2, 2],
  '┿': [2, 2, 1, 1],
  '╂': [1, 1, 2, 2],
  '┯': [2, 2, 0, 1],
  '┷': [2, 2, 1, 0],
  '┰': [1, 1, 0, 2],
  '┸': [1, 1, 2, 0],
  '┵': [2, 1, 1, 0],
  '┻': [2, 2, 2, 0],
  '┭': [2, 1, 0, 1],
  '┱': [2, 1, 0, 2],
  '┳': [2, 2, 0, 2],
  '┹': [2, 1, 2, 0],
  '╽': [0, 0, 1, 2],
  '╿': [0, 0, 2, 1],
};

/** Corners of powerline shapes, as parts of the cell. */
const POLYGONS = {
  '\uE0B0': [[0, 0], [1, 0.5], [0, 1]],
  '\uE0B2': [[1, 0], [0, 0.5], [1, 1]],
  '\uE0B8': [[0, 0], [1, 1], [0, 1]],
  '\uE0BA': [[1, 0], [1, 1], [0, 1]],
  '\uE0BC': [[0, 0], [1, 0], [0, 1]],
  '\uE0BE': [[0, 0], [1, 0], [1, 1]],
};

/** Half circles of powerline: at the right (E0B4) or left (E0B6) of a segment. */
const ROUND = { '\uE0B4': 'right', '\uE0B6': 'left' };

const THICKNESS = [0, 1.2, 2.8];

/**
 * The shapes of a character in a cell of `x`, `y`, `width` and `height` px, repeated over `times` cells; null for a character
 * that a font draws.
 */
export function drawnGlyph(character, cell, times) {
  const { x, y, width, height } = cell;
  const rect = (left, top, wide, high, more = '') =>
    `<rect x="${round(x + left)}" y="${round(y + top)}" width="${round(wide)}" height="${round(high)}"${more}/>`;
  if (character in BLOCKS) {
    const [left, top, wide, high] = BLOCKS[character];
    const full = left === 0 && wide === 1;
    const count = full ? 1 : times;
    return Array.from({ length: count }, (_, index) =>
      rect((index + left) * width, top * height, wide * width * (full ? times : 1), high * height),
    );
  }
  if (character in SHADES) return [rect(0, 0, times * width, height, ` fill-opacity="${SHADES[character]}"`)];
  if (character in LINES) return lines(LINES[character], rect, cell, times);
  const repeated = (pathAt) => Array.from({ length: times }, (_, index) => pathAt(x + index * width));
  if (character in POLYGONS) {
    const corners = POLYGONS[character];
    return repeated(
      (left) => `<path d="M${corners.map(([across, down]) => `${round(left + across * width)} ${round(y + down * height)}`).join('L')}Z"/>`,
    );
  }
  if (character in ROUND) {
    const right = ROUND[character] === 'right';
    return repeated((left) => {
      const flat = round(right ? left : left + width);
      return `<path d="M${flat} ${round(y)}A${width} ${round(height / 2)} 0 0 ${right ? 1 : 0} ${flat} ${round(y + height)}Z"/>`;
    });
  }
  return null;
}

function lines([left, right, up, down], rect, { width, height }, times) {
  const middle = { x: width / 2, y: height / 2 };
  const thick = Math.max(left, right, up, down);
  if (left === right && up === 0 && down === 0) {
    return [rect(0, middle.y - THICKNESS[left] / 2, times * width, THICKNESS[left])];
  }
  // Arms overlap in the middle, so that a corner is closed.
  const over = THICKNESS[thick] / 2;
  return Array.from({ length: times }, (_, index) => {
    const at = index * width;
    return [
      left && rect(at, middle.y - THICKNESS[left] / 2, middle.x + (right ? 0 : up || down ? over : 0), THICKNESS[left]),
      right && rect(at + middle.x - (up || down ? over : 0), middle.y - THICKNESS[right] / 2, middle.x + (up || down ? over : 0), THICKNESS[right]),
      up && rect(at + middle.x - THICKNESS[up] / 2, 0, THICKNESS[up], middle.y),
      down && rect(at + middle.x - THICKNESS[down] / 2, middle.y, THICKNESS[down], middle.y),
    ].filter(Boolean);
  }).flat();
}

function round(value) {
  return Math.round(value * 100) / 100;
}
