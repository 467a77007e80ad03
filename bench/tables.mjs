/** The results as tables of docs/specs/performance.md, by the name of their marker there. */
export function tables(report) {
  return report.kind === 'peers' ? peerTables(report) : benchTables(report);
}

function benchTables({ floors, rows, shells, growth, ...where }) {
  const made = {
    machine: `${machine(where)}.`,
    processes: table(
      ['', 'median, ms', 'p10–p90', '× floor', 'p10–p90', 'promised', 'peak memory'],
      [
        ...floors.map(({ label, ms, peakKib }) => [label, ...times(ms), '', '', '', memory(peakKib)]),
        ...rows.map(({ label, ms, ratio, limit, peakKib }) => [
          label,
          ...times(ms),
          ...times(ratio, 2),
          promised(limit, ratio),
          memory(peakKib),
        ]),
      ],
    ),
    shells: table(
      ['', 'median, µs', '× floor', 'p10–p90', 'promised', 'the floor', 'µs'],
      shells.map(({ label, ms, ratio, limit, floor }) => [
        label,
        micro(ms),
        ...times(ratio, 2),
        promised(limit, ratio),
        `\`${floor.label}\``,
        micro(floor.ms),
      ]),
    ),
  };
  if (growth) {
    const lines = growth.flatMap(({ label, unit, rows: points }) => {
      const ids = [...new Set(points.map(({ id }) => id))];
      return ids.map((id) => {
        const own = points.filter((point) => point.id === id);
        const steps = own.map(({ at, ratio }) => `${at}: ${ratio.median.toFixed(2)}`).join(' · ');
        return [`${label}, ${unit}`, own[0].label, steps];
      });
    });
    made.growth = table(['grows', 'measured', '× floor at each step'], lines);
  }
  return made;
}

function peerTables({ rows, claims, isolated, notes, ...where }) {
  const list = rows.map(({ id, label, version, ms, ratio, kind, ofLauncher, ofEntry }) => [
    label,
    version,
    ...times(ms, 2),
    ratio.median.toFixed(2),
    id === 'launcher' ? '' : `${ofLauncher.median.toFixed(1)} ×`,
    kind === 'own' ? '' : `${ofEntry.median.toFixed(2)} ×`,
  ]);
  const broken = claims.filter(({ holds }) => !holds).map(({ text }) => text);
  const network = isolated ? 'in a network namespace without interfaces' : 'with a dead proxy for a network';
  const sentences = [`${machine(where)}, ${network}.`, ...notes.map((note) => `${note}.`)];
  if (broken.length > 0) sentences.push(`Does not hold: ${broken.join('; ')}.`);
  return {
    peers: `${table(
      ['', 'version', 'median, ms', 'p10–p90', '× node', 'of usageline-prompt', 'of usageline'],
      list,
    )}\n\n${sentences.join(' ')}`,
  };
}

function machine({ date, node, cores, platform, rounds }) {
  return `${date}, ${platform}, ${cores} cores, Node ${node}, ${rounds} rounds`;
}

const line = (cells) => `| ${cells.join(' | ')} |`.replaceAll('  ', ' ');

function table(head, rows) {
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function times(value, digits = 1) {
  return [value.median.toFixed(digits), `${value.p10.toFixed(digits)}–${value.p90.toFixed(digits)}`];
}

function promised(limit, ratio) {
  if (limit === null) return '';
  return ratio.median <= limit ? `≤ ${limit}` : `≤ ${limit}: **missed**`;
}

function memory(kib) {
  return kib === null ? '' : `${(kib / 1024).toFixed(1)} MiB`;
}

function micro({ median }) {
  return (median * 1000).toFixed(0);
}
