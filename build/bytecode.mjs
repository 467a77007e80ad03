/**
 * Makes the bytecode that src/parts.ts loads, for the Node that builds: the program runs as users run it, against an
 * endpoint on this machine, and at the end of each run V8 says what it has compiled of each part. What has not run
 * is not in it, so there is nothing to be read that nobody needs.
 */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const recorder = fileURLToPath(new URL('bytecode-recorder.cjs', import.meta.url));
const HOUR = 3_600_000;

const LOGIN = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN',
    expiresAt: 4_102_444_800_000,
    scopes: ['user:profile'],
    rateLimitTier: 'default_claude_max_20x',
  },
};

/** A moment so many hours from now, as the endpoint writes it. */
const at = (hours) => new Date(Date.now() + hours * HOUR).toISOString().replace('Z', '000+00:00');

/** An answer with everything in it that most people's have. */
function answer() {
  const [session, week] = [at(4.6), at(99)];
  const scope = { model: { display_name: 'Fable' } };
  return JSON.stringify({
    five_hour: { utilization: 22, resets_at: session },
    seven_day: { utilization: 33, resets_at: week },
    limits: [
      { kind: 'session', percent: 22, resets_at: session, scope: null, is_active: false },
      { kind: 'weekly_all', percent: 33, resets_at: week, scope: null, is_active: false },
      { kind: 'weekly_scoped', percent: 82, resets_at: week, scope, is_active: true },
    ],
    extra_usage: {
      is_enabled: true,
      monthly_limit: 2000,
      used_credits: 763,
      utilization: 38,
      currency: 'EUR',
    },
  });
}

/** What is run, in this order: the first finds nothing on disk and asks, the others find its answer. */
const RUNS = [['--wait'], [], ['show'], ['--json'], ['statusline']];

/** @param dist where the parts are, and their bytecode will be */
export async function makeBytecode(dist) {
  const scratch = mkdtempSync(join(tmpdir(), 'usageline-build-'));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer());
  });
  try {
    const made = join(scratch, 'made');
    mkdirSync(made);
    mkdirSync(join(scratch, '.claude'));
    writeFileSync(join(scratch, '.claude', '.credentials.json'), JSON.stringify(LOGIN));
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const env = {
      HOME: scratch,
      USERPROFILE: scratch,
      XDG_CACHE_HOME: join(scratch, 'cache'),
      USAGELINE_API_BASE_URL: `http://127.0.0.1:${server.address().port}`,
      USAGELINE_BYTECODE: made,
    };
    for (const args of RUNS) {
      // Nobody has prepared a line: that is one more thing to be done.
      rmSync(join(scratch, 'cache', 'usageline', 'claude', 'ready'), { recursive: true, force: true });
      await run([join(dist, 'hot.cjs'), ...args], env);
    }
    await countTokens(dist, join(scratch, 'desk'), made);
    for (const name of readdirSync(made)) copyFileSync(join(made, name), join(dist, name));
  } finally {
    server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Without a login there are transcripts to be counted: those of a home in which a line is appended and another session
 * begins. What the first read takes is not recorded: it is needed once, and would be loaded at each call.
 */
async function countTokens(dist, home, made) {
  const project = join(home, '.claude', 'projects', 'work');
  mkdirSync(project, { recursive: true });
  const say = (name, id) => {
    const usage = { input_tokens: 20, output_tokens: 1000 };
    const message = { id, role: 'assistant', model: 'claude-opus-4-5', usage };
    const line = { type: 'assistant', requestId: id, timestamp: new Date().toISOString(), message };
    appendFileSync(join(project, name), `${JSON.stringify(line)}\n`);
  };
  const env = { HOME: home, USERPROFILE: home, XDG_CACHE_HOME: join(home, 'cache') };
  const line = [join(dist, 'hot.cjs'), '--cached'];
  say('one.jsonl', 'a');
  await run(line, env, []);
  for (const name of ['one.jsonl', 'two.jsonl', null]) {
    if (name !== null) say(name, name);
    await run(line, { ...env, USAGELINE_BYTECODE: made });
  }
}

function run(argv, env, before = ['--require', recorder]) {
  const child = spawn(process.execPath, [...before, ...argv], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end('{"session_id":"build","rate_limits":{}}');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${argv.join(' ')}: exit ${code}`)),
    );
  });
}
