/**
 * Measures other programs that show the same usage, at the same task: their caches are warm, the status line's JSON is on
 * standard input as Claude Code sends it, and there is no network. They are installed from the registry into a folder that
 * stays. docs/specs/performance.md.
 */
import fs from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseOptions, usage } from './options.mjs';
import { candidates } from './peers-candidates.mjs';
import { installPeers } from './peers-install.mjs';
import { pause } from './sandbox.mjs';
import { grid, heading, milliseconds } from './report.mjs';
import { measureRounds } from './rounds.mjs';
import { canUnshare, openSession } from './session.mjs';
import { machine, missingBuild, scratchFolder, startEndpoint } from './stage.mjs';
import { summary } from './statistics.mjs';

const ROUNDS = 40;
/** The minimal duration of one sample, ms: a process of a millisecond is started more than once for it. */
const SAMPLE_MS = 40;
const FLAGS = ['json', 'check', 'help'];

const { options, problem } = parseOptions(process.argv.slice(2), { rounds: ROUNDS, flags: FLAGS });
const stop = problem ?? (options.help ? null : missingBuild());
if (stop) {
  process.stderr.write(`bench: ${stop}\n`);
  process.exitCode = problem ? 2 : 1;
} else if (options.help) {
  process.stdout.write(usage('npm run bench:peers', ROUNDS, ['json', 'check']));
} else {
  await peers(options);
}

async function peers({ rounds, json, check }) {
  const start = performance.now();
  const installed = installPeers();
  process.stderr.write(`bench: installed in ${installed.folder}\n`);
  for (const note of installed.notes) process.stderr.write(`bench: ${note}\n`);

  const root = scratchFolder();
  const endpoint = await startEndpoint();
  const rows = [];
  for (const candidate of candidates(installed)) rows.push(prepareRow(candidate, root, endpoint));
  await endpoint.settle();
  const empty = join(root, 'empty.cjs');
  fs.writeFileSync(empty, '');

  const isolated = canUnshare();
  const session = openShell(root, rows, empty, isolated);
  for (const [index, row] of rows.entries()) {
    row.shows = await session.ask(`show ${index}`);
    if (!row.expect.test(row.shows)) throw new Error(`${row.label} does not show usage: ${row.shows}`);
    const once = await session.time(`run ${index} 1`);
    row.times = Math.max(1, Math.min(20, Math.round(SAMPLE_MS / once)));
  }
  const measured = await measureRounds({
    rounds,
    floors: { node: () => session.time('floor') },
    rows: rows.map((row, index) => ({
      floor: 'node',
      take: async () => {
        row.prepare();
        const ms = (await session.time(`run ${index} ${row.times}`)) / row.times;
        await pause(1);
        return ms;
      },
    })),
  });
  for (const [index, row] of rows.entries()) {
    row.prepare();
    const shows = await session.ask(`show ${index}`);
    if (!row.expect.test(shows)) throw new Error(`${row.label} does not show usage any more: ${shows}`);
  }
  session.close();

  // Compared within each round, like the floor.
  const samplesOf = (id) => measured.rows[rows.findIndex((row) => row.id === id)].samples;
  const results = rows.map(({ id, label, version, kind, shows }, index) => {
    const { ms, ratio, samples } = measured.rows[index];
    const ofLauncher = against(samples, samplesOf('launcher'));
    const ofEntry = against(samples, samplesOf('entry'));
    return { id, label, version, kind, ms, ratio, ofLauncher, ofEntry, shows: plain(shows) };
  });
  const report = {
    kind: 'peers',
    ...machine(),
    rounds,
    seconds: (performance.now() - start) / 1000,
    isolated,
    notes: installed.notes,
    floor: measured.floors.node,
    rows: results,
    claims: claims(results),
  };
  process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : render(report));
  if (!check) return;
  const broken = report.claims.filter(({ holds }) => !holds);
  for (const { text } of broken) process.stderr.write(`bench: does not hold: ${text}\n`);
  if (broken.length > 0) process.exitCode = 1;
}

function against(samples, own) {
  return summary(samples.map((ms, round) => ms / own[round]));
}

/** Creates a home with a cache for each. */
function prepareRow({ setUp, ...candidate }, root, endpoint) {
  const home = join(root, candidate.id);
  fs.mkdirSync(home);
  return { ...candidate, home, ...setUp(home, endpoint) };
}

/**
 * Opens one `sh` that starts all of them, as the host of a status line would: from a process as large as Node's a start
 * costs more, which would distort the small ones. In a network namespace without interfaces, where that is allowed.
 */
function openShell(root, rows, empty, isolated) {
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  const functions = rows.map(({ command, env, input, home }, index) => {
    const temporary = join(home, 'tmp');
    fs.mkdirSync(temporary, { recursive: true });
    const own = { PATH: path, TMPDIR: temporary, ...env };
    if (!isolated)
      Object.assign(own, { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' });
    const words = Object.entries(own).map(([name, value]) => `${name}=${quoted(value)}`);
    return `row${index}() { ${words.join(' ')} ${command.map(quoted).join(' ')} <${quoted(input)} 2>&1; }`;
  });
  const script = `${functions.join('\n')}
while read -r word index times; do
  case $word in
    show) row$index | tr '\\n\\r' '  '; echo ;;
    floor) ${quoted(process.execPath)} ${quoted(empty)} </dev/null; echo done ;;
    run)
      i=0
      while [ $i -lt $times ]; do row$index >/dev/null; i=$((i + 1)); done
      echo done ;;
  esac
done
`;
  return openSession('/bin/sh', ['-c', script], { HOME: root, TZ: 'UTC', PATH: path }, isolated);
}

function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Claims about these numbers, and whether they hold. */
function claims(rows) {
  return rows
    .filter(({ kind }) => kind !== 'own')
    .flatMap(({ label, kind, ofLauncher, ofEntry }) => {
      const launcher = ofLauncher.median;
      const entry = ofEntry.median;
      const sentences = [
        { text: `usageline-prompt is faster than ${label} (${launcher.toFixed(1)} ×)`, holds: launcher > 1 },
      ];
      if (kind === 'native') return sentences;
      sentences.push(
        {
          text: `usageline-prompt is 20 × faster than ${label} (${launcher.toFixed(1)} ×)`,
          holds: launcher >= 20,
        },
        { text: `usageline is faster than ${label} (${entry.toFixed(2)} ×)`, holds: entry > 1 },
      );
      return sentences;
    });
}

function render(report) {
  const table = grid([
    ['warm cache', 'version', 'median', 'p10–p90', '× node', 'shows'],
    ['floor: an empty script', report.node, ...milliseconds(report.floor), '', ''],
    ...report.rows.map(({ label, version, ms, ratio, shows }) =>
      [label, version, milliseconds(ms, 2), ratio.median.toFixed(2), shows.slice(0, 44)].flat(),
    ),
  ]);
  const sentences = report.claims.map(({ text, holds }) => `${holds ? 'holds' : 'FAILS'}  ${text}`);
  const network = report.isolated ? 'no network: a namespace without interfaces' : 'no network: a dead proxy';
  return `${heading(report)}; ${network}\n\n${table}\n\n${sentences.join('\n')}\n`;
}

/** Without colours, for terminals. */
function plain(text) {
  const escape = String.fromCodePoint(27);
  return text
    .split(escape)
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;]*m/, '')))
    .join('')
    .trim();
}
