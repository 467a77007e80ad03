/**
 * Puts results into the page: `node bench/publish.mjs <file> …`, files that `npm run bench -- --json` and
 * `npm run bench:peers -- --json` have printed. Draws docs/specs/performance/*.svg and writes the tables
 * between the markers of docs/specs/performance.md, so that no number there is ever typed.
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { curvePlot, dotPlot } from './svg.mjs';
import { tables } from './tables.mjs';

const page = fileURLToPath(new URL('../docs/specs/performance.md', import.meta.url));
const plots = fileURLToPath(new URL('../docs/specs/performance/', import.meta.url));

const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write('Usage: node bench/publish.mjs <results.json> …\n');
  process.exitCode = 2;
}
for (const file of files) publish(JSON.parse(fs.readFileSync(file, 'utf8')));

function publish(report) {
  fs.mkdirSync(plots, { recursive: true });
  for (const [name, svg] of Object.entries(drawings(report))) fs.writeFileSync(`${plots}${name}.svg`, svg);
  let text = fs.readFileSync(page, 'utf8');
  for (const [name, table] of Object.entries(tables(report))) {
    const marked = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    if (!marked.test(text)) throw new Error(`the page has no marker '${name}'`);
    text = text.replace(marked, (_all, begin, end) => `${begin}${table}\n${end}`);
  }
  fs.writeFileSync(page, text);
}

function drawings(report) {
  const where = `${report.date}, Node ${report.node}, ${report.cores} cores, ${report.rounds} rounds. Dot: median; bar: p10 to p90`;
  if (report.kind === 'peers') {
    const colours = { own: 0, native: 2, npm: 1 };
    return {
      peers: dotPlot({
        title: 'To show the usage that is known: whole processes',
        note: where,
        unit: 'ms, logarithmic',
        log: true,
        rows: report.rows.map(({ label, kind, ms }) => ({ label, value: ms, colour: colours[kind] })),
      }),
    };
  }
  const drawn = {
    processes: dotPlot({
      title: 'Cost as a multiple of an empty Node script',
      note: `${where}; line: promised`,
      unit: '× floor',
      rows: report.rows.map(({ label, ratio, limit }) => ({ label, value: ratio, limit })),
    }),
    shells: dotPlot({
      title: 'Without Node: cost as a multiple of the bare built-ins, or of an empty shell',
      note: `${where}; line: promised`,
      unit: '× floor',
      rows: report.shells.map(({ label, ratio, limit }) => ({ label, value: ratio, limit, colour: 3 })),
    }),
  };
  if (report.growth) {
    drawn.growth = curvePlot({
      title: 'As the work grows',
      note: where,
      unit: '× floor',
      panels: report.growth.map(({ label, unit, rows }) => ({ label, unit, curves: curvesOf(rows) })),
    });
  }
  return drawn;
}

function curvesOf(rows) {
  return [...new Set(rows.map(({ id }) => id))].map((id) => {
    const own = rows.filter((row) => row.id === id);
    return { label: own[0].label, points: own.map(({ at, ratio }) => ({ at, value: ratio })) };
  });
}
