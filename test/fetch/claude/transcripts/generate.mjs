import fs from 'node:fs';
import { join } from 'node:path';

/**
 * Transcripts as Claude Code writes them, the same ones for the same seed: sessions in project folders,
 * sub-agents below, answers streamed in several lines, tool results between them, resumed sessions that copy
 * lines of an earlier one.
 *
 * By hand: node test/fetch/claude/transcripts/generate.mjs <folder> <megabytes> [files] [folders]
 */

/** Numbers in [0, 1), always the same ones for a seed. */
export function numbersOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** One line of an answer. `at` in epoch ms. */
export function answer({
  id,
  request,
  at,
  model = 'claude-opus-4-5',
  input = 0,
  output = 0,
  created = 0,
  read = 0,
  text = '',
}) {
  return {
    parentUuid: null,
    isSidechain: false,
    userType: 'external',
    cwd: '/home/ada/work',
    sessionId: 'b7c1f0de-0000-4000-8000-000000000000',
    version: '2.1.0',
    type: 'assistant',
    timestamp: new Date(at).toISOString(),
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text }],
      stop_reason: null,
      usage: {
        input_tokens: input,
        cache_creation_input_tokens: created,
        cache_read_input_tokens: read,
        output_tokens: output,
        service_tier: 'standard',
      },
    },
    requestId: request,
  };
}

const MODELS = ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'];
const LOREM = 'A tool has read a file, and this is what was in it, with "quotes" and \\ and lines\n'.repeat(
  400,
);

/**
 * Writes `bytes` of transcripts below a folder.
 * @param options `until`: epoch ms of the last message; `days`: how far back they go
 * @returns how many answers there are, and how many bytes were written
 */
export function generate(root, { seed = 1, bytes, files = 20, folders = 4, until, days = 10 }) {
  const random = numbersOf(seed);
  const whole = (most) => Math.floor(random() * most);
  let answers = 0;
  let written = 0;
  let earlier = [];
  for (let index = 0; index < files; index += 1) {
    const project = join(root, `-home-ada-project-${index % folders}`);
    const folder = index % 5 === 4 ? join(project, `session-${index - 1}`, 'subagents') : project;
    fs.mkdirSync(folder, { recursive: true });
    const file = join(folder, `${String(index).padStart(8, '0')}-5eed-4000-8000-000000000000.jsonl`);
    // Sessions are spread over the days, as evenly as they come.
    let at = until - Math.floor(((files - index) / files) * days * 86_400_000) + whole(3_600_000);
    // One in ten is a resumed session and begins with lines of another.
    const lines = index % 10 === 9 ? [...earlier] : [];
    let size = lines.reduce((sum, line) => sum + line.length + 1, 0);
    const fd = fs.openSync(file, 'w');
    while (size < bytes / files && at <= until) {
      const said = {
        type: 'user',
        timestamp: new Date(at).toISOString(),
        message: { role: 'user', content: LOREM.slice(0, whole(12_000)) },
      };
      const now = [JSON.stringify(said)];
      const id = `msg_${seed}_${index}_${answers}`;
      const about = {
        id,
        request: `req_${id}`,
        model: MODELS[whole(3)],
        input: whole(50),
        created: whole(20_000),
        read: whole(150_000),
      };
      const times = 1 + whole(3);
      for (let line = 1; line <= times; line += 1) {
        const output = line === times ? 20 + whole(2_000) : line;
        now.push(
          JSON.stringify(
            answer({
              ...about,
              at: Math.min(at + 400 * line, until),
              output,
              text: LOREM.slice(0, whole(1_500)),
            }),
          ),
        );
      }
      answers += 1;
      at += 5_000 + whole(120_000);
      lines.push(...now);
      size += now.reduce((sum, line) => sum + line.length + 1, 0);
      if (lines.length > 100) {
        earlier = lines.slice(-20);
        fs.writeSync(fd, `${lines.splice(0).join('\n')}\n`);
      }
    }
    if (lines.length > 0) fs.writeSync(fd, `${lines.join('\n')}\n`);
    fs.closeSync(fd);
    fs.utimesSync(file, at / 1000, Math.min(at, until) / 1000);
    written += size;
  }
  return { answers, bytes: written };
}

if (process.argv[1] === import.meta.filename) {
  const [root, megabytes = '1', files = '20', folders = '4', days = '10'] = process.argv.slice(2);
  const done = generate(root, {
    bytes: Number(megabytes) * 1024 * 1024,
    files: Number(files),
    folders: Number(folders),
    days: Number(days),
    until: Date.now(),
  });
  process.stdout.write(`${JSON.stringify(done)}\n`);
}
