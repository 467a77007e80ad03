/** The results as text for terminals. Ratios are to the floor of the same round. */
export function renderReport(report) {
  const { floors, rows, shells, growth } = report;
  const processes = grid([
    ['whole processes', 'median', 'p10–p90', '× floor', 'p10–p90', 'promised', 'peak memory', '× floor'],
    ...floors.map(({ label, ms, peakKib }) =>
      line([label], milliseconds(ms), ['', '', ''], [mebibytes(peakKib), '']),
    ),
    ...rows.map((row) => line([row.label], milliseconds(row.ms), ratios(row), memory(row))),
  ]);
  const parts = [heading(report), processes, shellTable(shells)];
  if (growth) parts.push(...growth.map(growthTable));
  return `${parts.join('\n\n')}\n`;
}

export function heading({ date, node, cores, platform, rounds, seconds }) {
  return `${date}, ${platform}, Node ${node}, ${cores} cores, ${rounds} rounds in ${Math.round(seconds)} s; times in ms`;
}

export function shellTable(shells) {
  return grid([
    ['without Node', 'median', 'p10–p90', '× floor', 'p10–p90', 'promised', 'floor'],
    ...shells.map((row) => line([row.label], milliseconds(row.ms, 3), ratios(row), [floorOf(row)])),
  ]);
}

function growthTable({ label, unit, rows }) {
  return grid([
    [label, unit, 'median', 'p10–p90', '× floor', 'p10–p90'],
    ...rows.map((row) => line([row.label, String(row.at)], milliseconds(row.ms), ratios(row).slice(0, 2))),
  ]);
}

const line = (...parts) => parts.flat();

/** The first column is left-aligned, all others are right-aligned. */
export function grid(cells) {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function milliseconds(ms, digits = 1) {
  return [ms.median.toFixed(digits), `${ms.p10.toFixed(digits)}–${ms.p90.toFixed(digits)}`];
}

export function ratios({ ratio, limit = null }) {
  const promised = limit === null ? '' : `≤ ${limit.toFixed(2)}${ratio.median <= limit ? '' : '  MISSED'}`;
  return [ratio.median.toFixed(2), `${ratio.p10.toFixed(2)}–${ratio.p90.toFixed(2)}`, promised];
}

function floorOf({ floor }) {
  return typeof floor === 'object' ? `${floor.label}: ${floor.ms.median.toFixed(3)}` : String(floor);
}

function memory({ peakKib, memory: share }) {
  return [mebibytes(peakKib), share ? shareText(share.ratio, share.limit) : ''];
}

function shareText(ratio, limit) {
  return `${ratio.toFixed(2)}${limit === null ? '' : ` of ${limit}${ratio <= limit ? '' : '  MISSED'}`}`;
}

function mebibytes(kib) {
  return kib === null ? '' : `${(kib / 1024).toFixed(1)} MiB`;
}
