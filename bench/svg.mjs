/** Plots as plain SVG text: no dependency, readable where the page is light and where it is dark. */

const WIDTH = 760;
const FONT = 'font-family: ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
const STYLE = `
  text { ${FONT}; font-size: 12px; fill: #24292f }
  .title { font-size: 14px; font-weight: 600 }
  .quiet { fill: #57606a }
  .frame { stroke: #d0d7de; stroke-width: 1; fill: none }
  .spread { stroke-width: 6; stroke-linecap: round; opacity: .35; fill: none }
  .limit { stroke: #cf222e; stroke-width: 2 }
  .curve { stroke-width: 2; fill: none }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .frame { stroke: #3d444d }
    .limit { stroke: #ff7b72 }
    .back { fill: #0d1117 }
  }`;
/** Visible on white and on black, and distinguishable for people who do not see red and green. */
const COLOURS = ['#2f81f7', '#bf8700', '#8957e5', '#1a7f5a'];

function document({ height, title, note, body }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>
${text(16, 26, title, 'title')}
${text(16, 44, note, 'quiet')}
${body.join('\n')}
</svg>
`;
}

/**
 * A row each: the median as a dot, the middle four fifths as a bar, and a promise as a line across.
 * @param rows `{ label, value: { median, p10, p90 }, limit, colour }`
 */
export function dotPlot({ title, note, rows, log = false, unit }) {
  const left = 270;
  const right = WIDTH - 70;
  const top = 78;
  const step = 24;
  const bottom = top + rows.length * step;
  const scale = scaleOf(
    rows.flatMap(({ value, limit }) => [value.p10, value.p90, ...(limit ? [limit] : [])]),
    { log, from: left, to: right },
  );
  const body = scale.ticks.flatMap((tick) => [
    line(scale.at(tick), top - 10, scale.at(tick), bottom - 6, 'frame'),
    text(scale.at(tick), top - 16, number(tick), 'quiet', 'middle'),
  ]);
  body.push(text(right, bottom + 12, unit, 'quiet', 'end'));
  for (const [index, { label, value, limit, colour = 0 }] of rows.entries()) {
    const y = top + index * step + 4;
    body.push(text(left - 14, y + 4, label, '', 'end'));
    body.push(line(scale.at(value.p10), y, scale.at(value.p90), y, 'spread', COLOURS[colour]));
    body.push(dot(scale.at(value.median), y, COLOURS[colour]));
    if (limit) body.push(line(scale.at(limit), y - 9, scale.at(limit), y + 9, 'limit'));
    body.push(text(right + 14, y + 4, number(value.median), 'quiet'));
  }
  return document({ height: bottom + 26, title, note, body });
}

const PANEL_HEIGHT = 170;
const PANELS_A_ROW = 3;

/**
 * Curves over evenly spaced steps, whatever the distance of their values; three panels in a row.
 *
 * @param panels `{ label, unit, curves: [{ label, points: [{ at, value }] }] }`
 */
export function curvePlot({ title, note, panels, unit }) {
  const body = [];
  let top = 96;
  for (let index = 0; index < panels.length; index += PANELS_A_ROW) {
    const row = panels.slice(index, index + PANELS_A_ROW);
    body.push(...panelRow(row, top, unit));
    top += PANEL_HEIGHT + 100 + linesBelow(row) * 18;
  }
  return document({ height: top - 44, title, note, body });
}

/** Panels side by side, on one scale. */
function panelRow(panels, top, unit) {
  const height = PANEL_HEIGHT;
  const gap = 46;
  const wide = (WIDTH - 60 - gap * (PANELS_A_ROW - 1)) / PANELS_A_ROW;
  const highest = Math.max(
    ...panels.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(({ value }) => value.p90))),
  );
  const scale = scaleOf([0, highest], { log: false, from: top + height, to: top });
  const body = [text(16, top - 26, unit, 'quiet')];
  for (const [index, { label, unit: steps, curves }] of panels.entries()) {
    const left = 44 + index * (wide + gap);
    body.push(text(left, top - 10, label));
    for (const tick of scale.ticks) {
      body.push(line(left, scale.at(tick), left + wide, scale.at(tick), 'frame'));
      body.push(text(left - 6, scale.at(tick) + 4, number(tick), 'quiet', 'end'));
    }
    const { points } = curves[0];
    const x = (index) => left + 12 + (index * (wide - 24)) / Math.max(1, points.length - 1);
    for (const [index, { at }] of points.entries())
      body.push(text(x(index), top + height + 18, String(at), 'quiet', 'middle'));
    body.push(text(left + wide, top + height + 34, steps, 'quiet', 'end'));
    for (const [which, curve] of curves.entries()) {
      const colour = COLOURS[which];
      const path = curve.points.map(({ value }, index) => `${x(index)},${scale.at(value.median).toFixed(1)}`);
      body.push(`<polyline class="curve" stroke="${colour}" points="${path.join(' ')}"/>`);
      for (const [index, { value }] of curve.points.entries()) {
        body.push(line(x(index), scale.at(value.p10), x(index), scale.at(value.p90), 'spread', colour));
        body.push(dot(x(index), scale.at(value.median), colour));
      }
      body.push(dot(left + 4, top + height + 52 + which * 18, colour));
      body.push(text(left + 14, top + height + 56 + which * 18, curve.label, 'quiet'));
    }
  }
  return body;
}

function linesBelow(panels) {
  return Math.max(...panels.map(({ curves }) => curves.length));
}

/** The position of a value, and the round values that get a line. */
function scaleOf(values, { log, from, to }) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const [first, last] = log
    ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))]
    : [low < 0.5 ? 0 : Math.min(1, Math.floor(low * 5) / 5), high * 1.02];
  const share = log
    ? (value) => Math.log10(value / first) / Math.log10(last / first)
    : (value) => (value - first) / (last - first);
  return {
    at: (value) => Number((from + share(value) * (to - from)).toFixed(1)),
    ticks: log ? decades(first, last) : evenly(first, last),
  };
}

function decades(first, last) {
  const ticks = [];
  for (let tick = first; tick <= last * 1.001; tick *= 10) ticks.push(tick);
  return ticks;
}

function evenly(first, last) {
  const rough = (last - first) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const ticks = [];
  for (let tick = Math.ceil(first / step - 0.001) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}

function number(value) {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return Number(value.toFixed(1)).toString();
  return Number(value.toFixed(value >= 1 ? 2 : 3)).toString();
}

function text(x, y, content, name = '', anchor = 'start') {
  const attributes = `${name && ` class="${name}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${Number(x.toFixed(1))}" y="${Number(y.toFixed(1))}"${attributes}>${escaped(content)}</text>`;
}

function line(x1, y1, x2, y2, name, colour) {
  const stroke = colour ? ` stroke="${colour}"` : '';
  // A bar of length 0 would not be drawn.
  const end = x1 === x2 && y1 === y2 ? x2 + 0.1 : x2;
  return `<line class="${name}"${stroke} x1="${x1}" y1="${y1}" x2="${end}" y2="${y2}"/>`;
}

function dot(x, y, colour) {
  return `<circle cx="${Number(x.toFixed(1))}" cy="${Number(y.toFixed(1))}" r="4" fill="${colour}"/>`;
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
