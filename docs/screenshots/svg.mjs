/**
 * Terminal text as SVG, cell by cell. Every word is a `<text>` of its own at its own column, so a renderer has no space to
 * collapse and no run of words to stretch. Bars, lines and powerline shapes are drawn, because fonts draw them with gaps.
 */
import { eastAsianWidth } from 'get-east-asian-width';
import { drawnGlyph } from './glyphs.mjs';

/** One cell of the terminal and the frame around all of them, in px. `test/docs` measures pictures with it. */
export const CELL = { width: 8.4, height: 19 };
export const PADDING = { x: 18, y: 16 };
const FONT_SIZE = 14;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Colours of a terminal, dark and light: background, text, dimmed text, and the 16 colours in their order, as one text. */
export const THEMES = {
  dark: {
    back: '#0d1117',
    text: '#e6edf3',
    faint: '#8b949e',
    palette:
      '#21262d #ff7b72 #3fb950 #e3b341 #58a6ff #bc8cff #56d4dd #b1bac4 ' +
      '#6e7681 #ffa198 #56d364 #f0c95d #79c0ff #d2a8ff #76e3ea #ffffff',
  },
  light: {
    back: '#ffffff',
    text: '#1f2328',
    faint: '#656d76',
    palette:
      '#24292f #c4231b #2da44e #8a6100 #0969da #8250df #1b7c83 #6e7781 ' +
      '#57606a #a40e26 #1a7f37 #633c01 #218bff #a475f9 #3192aa #8c959f',
  },
};

/**
 * @param {string} text lines with SGR sequences
 * @param {keyof typeof THEMES} theme
 * @param {string} title says what is shown
 */
export function svgOf(text, theme, title) {
  const colours = THEMES[theme];
  const lines = linesOf(text.replace(/\n+$/, ''));
  const columns = Math.max(...lines.map((cells) => cells.length));
  const width = Math.ceil(columns * CELL.width + 2 * PADDING.x);
  const height = lines.length * CELL.height + 2 * PADDING.y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    // What the picture says, for people who cannot see it, and for the test that reads the picture back.
    `<desc>${escaped(lines.map(plainText).join('\n'))}</desc>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.back}" stroke="${colours.faint}" stroke-opacity="0.4"/>`,
    `<g font-family="${FONT}" font-size="${FONT_SIZE}" fill="${colours.text}">`,
    ...lines.flatMap((cells, row) => backgrounds(cells, row, colours).concat(foregrounds(cells, row, colours))),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function plainText(cells) {
  return cells
    .map(({ character }) => character)
    .join('')
    .trimEnd();
}

/** Neighbouring cells of one background are one rectangle. */
function backgrounds(cells, row, colours) {
  return runsOf(cells, ({ style }) => backOf(style, colours)).flatMap(({ from, to, key }) =>
    key === null
      ? []
      : [
          `<rect x="${xOf(from)}" y="${round(PADDING.y + row * CELL.height)}" width="${round((to - from) * CELL.width)}" height="${CELL.height}" fill="${key}"/>`,
        ],
  );
}

function foregrounds(cells, row, colours) {
  const y = PADDING.y + row * CELL.height;
  return runsOf(cells, keyOfWord).flatMap(({ from, to, key }) => {
    if (key === null) return [];
    const { character, style } = cells[from];
    const fill = fillOf(style, colours);
    const colour = fill === null ? '' : ` fill="${fill}"`;
    const shape = drawnGlyph(character, { x: PADDING.x + from * CELL.width, y, ...CELL }, to - from);
    if (shape !== null) return shape.map((drawn) => drawn.replace('/>', `${colour || ` fill="${colours.text}"`}/>`));
    const looks = `${colour}${style.bold ? ' font-weight="bold"' : ''}${style.underline ? ' text-decoration="underline"' : ''}`;
    const word = cells
      .slice(from, to)
      .map((cell) => cell.character)
      .join('');
    const length = round((to - from) * CELL.width);
    return [
      `<text x="${xOf(from)}" y="${round(y + 0.74 * CELL.height)}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${looks}>${escaped(word)}</text>`,
    ];
  });
}

let alone = 0;

/**
 * What joins cells to one element; null: nothing to draw. Letters of one style are a word. A character that may come from
 * another font is alone, so that its width changes nothing beside it; equal drawn characters are one shape.
 */
function keyOfWord({ character, style }) {
  if (character === ' ' || character === '') return character === '' ? 'previous' : null;
  const looks = JSON.stringify(style);
  if (drawnGlyph(character, { x: 0, y: 0, ...CELL }, 1) !== null) return `${character}${looks}`;
  return /^[\u0021-\u007e\u00a1-\u00ff]$/.test(character) ? looks : `${(alone += 1)}`;
}

/** The cells that follow each other with the same key: `from` included, `to` excluded. */
function runsOf(cells, keyOf) {
  const runs = [];
  for (const [column, cell] of cells.entries()) {
    const key = keyOf(cell);
    const last = runs.at(-1);
    if (last && last.to === column && (key === 'previous' || key === last.key)) last.to = column + 1;
    else runs.push({ from: column, to: column + 1, key });
  }
  return runs;
}

function xOf(column) {
  return round(PADDING.x + column * CELL.width);
}

function fillOf(style, colours) {
  const [front, back] = style.reverse ? ['back', 'front'] : ['front', 'back'];
  if (style.reverse) return hex(style[front], colours) ?? colours.back;
  const fill = hex(style[front], colours);
  if (!style.dim) return fill;
  return fill === null ? colours.faint : mixed(fill, hex(style[back], colours) ?? colours.back);
}

function backOf(style, colours) {
  return style.reverse ? (hex(style.front, colours) ?? colours.text) : hex(style.back, colours);
}

/** A colour of SGR as hex digits; null for the terminal's own. */
function hex(colour, { palette }) {
  if (colour === null || Array.isArray(colour)) return colour && `#${colour.map(twoDigits).join('')}`;
  if (colour < 16) return palette.split(' ')[colour];
  if (colour >= 232) return `#${twoDigits(8 + (colour - 232) * 10).repeat(3)}`;
  const cube = [36, 6, 1].map((step) => Math.floor((colour - 16) / step) % 6);
  return `#${cube.map((level) => twoDigits(level === 0 ? 0 : 55 + level * 40)).join('')}`;
}

/** A dimmed colour: between the colour and its background. */
function mixed(front, back) {
  const under = bytesOf(back);
  return `#${bytesOf(front).map((byte, at) => twoDigits(Math.round(byte * 0.65 + under[at] * 0.35))).join('')}`;
}

function bytesOf(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function twoDigits(byte) {
  return Number(byte).toString(16).padStart(2, '0');
}

const PLAIN = { front: null, back: null, bold: false, dim: false, underline: false, reverse: false };

/** The cells of each line. A style lasts until the next one, also over the end of a line: tmux captures a screen like that. */
function linesOf(text) {
  let style = PLAIN;
  return text.split('\n').map((line) => {
    const { cells, last } = cellsOf(line, style);
    style = last;
    return cells;
  });
}

/** The cells of a line, and its last style. A wide character has an empty cell behind it. Throws for a sequence that is not SGR. */
function cellsOf(line, before) {
  const cells = [];
  let style = before;
  const [first, ...pieces] = line.replaceAll('\u000E', '').replaceAll('\u000F', '').split('\u001B');
  const add = (text) => {
    for (const character of text) {
      const width = widthOf(character);
      if (width === 0 && cells.length > 0) cells.at(-1).character += character;
      else cells.push({ character, style });
      if (width === 2) cells.push({ character: '', style });
    }
  };
  add(first);
  for (const piece of pieces) {
    const [, codes, text] = /^\[([\d;:]*)m(.*)$/s.exec(piece) ?? [];
    if (text === undefined) throw new Error(`unknown sequence in ${JSON.stringify(line)}`);
    style = restyled(style, codes.replaceAll(':', ';').split(';').map(Number));
    add(text);
  }
  return { cells, last: style };
}

function widthOf(character) {
  return /^(\p{Mn}|\p{Me}|\u200D)$/u.test(character) ? 0 : eastAsianWidth(character.codePointAt(0));
}

const SWITCHES = {
  1: { bold: true },
  2: { dim: true },
  3: {},
  4: { underline: true },
  7: { reverse: true },
  22: { bold: false, dim: false },
  23: {},
  24: { underline: false },
  27: { reverse: false },
  39: { front: null },
  49: { back: null },
};

function restyled(before, codes) {
  let style = before;
  const rest = [...codes];
  while (rest.length > 0) {
    const code = rest.shift();
    if (code === 0) style = PLAIN;
    else if (code in SWITCHES) style = { ...style, ...SWITCHES[code] };
    else if (code === 38 || code === 48) style = { ...style, [code === 38 ? 'front' : 'back']: extended(rest) };
    else if (code >= 30 && code <= 37) style = { ...style, front: code - 30 };
    else if (code >= 40 && code <= 47) style = { ...style, back: code - 40 };
    else if (code >= 90 && code <= 97) style = { ...style, front: code - 82 };
    else if (code >= 100 && code <= 107) style = { ...style, back: code - 92 };
    else throw new Error(`unknown SGR code ${code}`);
  }
  return style;
}

/** The colour behind 38 or 48, taken from the codes that are left. */
function extended(rest) {
  return rest.shift() === 5 ? rest.shift() : rest.splice(0, 3);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value) {
  return Math.round(value * 100) / 100;
}
