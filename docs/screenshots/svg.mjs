/** Terminal text as SVG: what the program printed, colours included, in a frame. */

const CELL = { width: 8.4, height: 19 };
const PADDING = { x: 18, y: 16 };
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** What a terminal makes of the basic colours, dark and light. */
export const THEMES = {
  dark: { back: '#0d1117', text: '#e6edf3', faint: '#8b949e', 31: '#ff7b72', 33: '#e3b341', 36: '#56d4dd' },
  light: { back: '#ffffff', text: '#1f2328', faint: '#656d76', 31: '#c4231b', 33: '#8a6100', 36: '#1b7c83' },
};

/**
 * @param {string} text lines with SGR sequences
 * @param {keyof typeof THEMES} theme
 * @param {string} title said to those who cannot see it
 */
export function svgOf(text, theme, title) {
  const colours = THEMES[theme];
  const lines = text.replace(/\n$/, '').split('\n').map(runsOf);
  const columns = Math.max(...lines.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)));
  const width = Math.ceil(columns * CELL.width + 2 * PADDING.x);
  const height = lines.length * CELL.height + 2 * PADDING.y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.back}" stroke="${colours.faint}" stroke-opacity="0.4"/>`,
    `<g font-family="${FONT}" font-size="14" fill="${colours.text}" xml:space="preserve">`,
    ...lines.flatMap((runs, row) => drawn(runs, row, colours)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Each run at its own column and as wide as its columns, whatever font there is. */
function drawn(runs, row, colours) {
  const y = round(PADDING.y + (row + 0.74) * CELL.height);
  let column = 0;
  return runs.flatMap(({ text, codes }) => {
    const x = round(PADDING.x + column * CELL.width);
    column += text.length;
    if (text.trim() === '') return [];
    const fill = codes.includes('2') ? colours.faint : codes.map((code) => colours[code]).find(Boolean);
    const looks = [fill && ` fill="${fill}"`, codes.includes('1') && ' font-weight="bold"'].filter(Boolean).join('');
    const length = round(text.length * CELL.width);
    return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${looks}>${escaped(text)}</text>`;
  });
}

/** A line as pieces in one style each. Throws for a sequence that no picture of ours should have. */
function runsOf(line) {
  const [plain, ...pieces] = line.split('\u001B');
  const painted = pieces.map((piece) => {
    const [, sequence, text] = /^\[([\d;]*)m(.*)$/.exec(piece) ?? [];
    if (text === undefined) throw new Error(`unknown sequence in ${JSON.stringify(line)}`);
    return { text, codes: sequence === '0' ? [] : sequence.split(';') };
  });
  return [{ text: plain, codes: [] }, ...painted].filter(({ text }) => text !== '');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value) {
  return Math.round(value * 100) / 100;
}
