import { describe, expect, it, vi } from 'vitest';
import { joined, MAX_COUNT, parseMessages } from '../../../../src/fetch/claude/transcripts/message.ts';
import type { Message } from '../../../../src/fetch/claude/transcripts/message.ts';
import { answer } from './generate.mjs';

const AT = Date.UTC(2026, 10, 20, 18);
const about = {
  id: 'msg_1',
  request: 'req_1',
  at: AT,
  model: 'opus',
  input: 1,
  output: 2,
  created: 3,
  read: 4,
};
const whole = JSON.stringify(answer(about));
const all = (line: string | Buffer) => parseMessages(Buffer.from(line));
const parse = (line: string | Buffer) => all(line)[0];
/** The line with something else at a path into it. */
const changed = (change: (entry: any) => void) => {
  const entry: unknown = JSON.parse(whole);
  change(entry);
  return JSON.stringify(entry);
};

describe('a line of a transcript', () => {
  it('counts with its four kinds of tokens', () => {
    expect(parse(whole)).toEqual({
      key: expect.any(Number),
      firstAt: AT,
      lastAt: AT,
      model: 'opus',
      counts: { input: 1, output: 2, cacheCreation: 3, cacheRead: 4 },
    });
  });

  it.each<[string, string | Buffer]>([
    ['a carriage return behind it', `${whole}\r`],
    ['a byte order mark before it', `\uFEFF${whole}`],
    ['zeros before it, left by a crash', `${'\0'.repeat(5000)}${whole}`],
    ['zeros behind it', `${whole}${'\0'.repeat(300)}`],
    ['white space around it', ` \t${whole}  `],
    ['no type, as other programs write it', changed((entry) => delete entry.type)],
    [
      'bytes in a text that are not UTF-8',
      Buffer.from(
        changed((entry) => (entry.cwd = '\u00ff')),
        'latin1',
      ),
    ],
  ])('counts the same with %s', (_case, line) => {
    expect(parse(line)).toEqual(parse(whole));
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['only zeros', '\0'.repeat(100)],
    ['cut off', whole.slice(0, -1)],
    ['the second half of one', whole.slice(100)],
    ['two parts of one behind each other', whole.slice(0, -30) + whole.slice(0, 100)],
    ['no JSON', '{usage}'],
    ['a list', `[${whole}]`],
    ['null', 'null'],
    ['nested beyond reason', '{"usage":'.repeat(100_000)],
    ['of a user', changed((entry) => (entry.type = 'user'))],
    ['a summary', changed((entry) => (entry.type = 'summary'))],
    ['without a message', changed((entry) => delete entry.message)],
    ['with a text for a message', changed((entry) => (entry.message = '"usage"'))],
    ['without usage', changed((entry) => delete entry.message.usage)],
    ['with a list for usage', changed((entry) => (entry.message.usage = [1]))],
    ['without a time', changed((entry) => delete entry.timestamp)],
    ['with a time that is none', changed((entry) => (entry.timestamp = 'yesterday'))],
    ['with a number for a time', changed((entry) => (entry.timestamp = AT))],
    ['an error message of Claude Code', changed((entry) => (entry.isApiErrorMessage = true))],
    ['of the model that is none', changed((entry) => (entry.message.model = '<synthetic>'))],
    ['without any tokens', changed((entry) => (entry.message.usage = { service_tier: 'standard' }))],
    ['of zeros', changed((entry) => (entry.message.usage = { input_tokens: 0, output_tokens: 0 }))],
  ])('does not count when it is %s', (_case, line) => {
    expect(all(line)).toEqual([]);
  });

  it.each<[string, unknown, number]>([
    ['as it is', 7, 7],
    ['as it is, up to 2^32 - 1', MAX_COUNT, MAX_COUNT],
    ['not when it is negative', -1, 0],
    ['not when it is half', 1.5, 0],
    ['not when it is huge', 1e300, 0],
    ['not when it is one too many', MAX_COUNT + 1, 0],
    ['not when it is a text', '7', 0],
    ['not when it is null', null, 0],
    ['not when it is missing', undefined, 0],
  ])('counts a number %s, independent of the other numbers', (_case, value, counted) => {
    const message = parse(changed((entry) => (entry.message.usage.output_tokens = value)));
    expect(message?.counts).toEqual({ input: 1, output: counted, cacheCreation: 3, cacheRead: 4 });
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['a number', 4],
    ['longer than a name', 'x'.repeat(101)],
  ])('has an unknown model where its model is %s', (_case, model) => {
    expect(parse(changed((entry) => (entry.message.model = model)))?.model).toBe('unknown');
  });
});

describe('calls of the advisor', () => {
  const counted = (type: string, output: number, more: object = {}) => ({
    type,
    input_tokens: 1,
    output_tokens: output,
    ...more,
  });
  const withIterations = (iterations: unknown, change = (_entry: any) => {}) =>
    changed((entry) => ((entry.message.usage.iterations = iterations), change(entry)));
  const outputs = (line: string) => all(line).map(({ model, counts }) => [model, counts.output]);

  it('are counted in addition to the message, under their own model', () => {
    const line = withIterations([
      counted('message', 1),
      counted('advisor_message', 7805, { model: 'sage', cache_read_input_tokens: 5 }),
      counted('message', 1),
    ]);
    const [message, advice, ...others] = all(line);
    expect(others).toEqual([]);
    expect(message).toEqual(parse(whole));
    expect(advice).toMatchObject({ firstAt: AT, lastAt: AT, model: 'sage' });
    expect(advice?.counts).toEqual({ input: 1, output: 7805, cacheCreation: 0, cacheRead: 5 });
  });

  it('count each, also two that are equal, and one without a model', () => {
    const twice = counted('advisor_message', 9, { model: 'sage' });
    const keys = all(withIterations([twice, twice, counted('advisor_message', 3)])).map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
    expect(outputs(withIterations([twice, twice, counted('advisor_message', 3)]))).toEqual([
      ['opus', 2],
      ['sage', 9],
      ['sage', 9],
      ['unknown', 3],
    ]);
  });

  it('keep their identity on every line of a message, while calls are added', () => {
    const [one, two] = [counted('advisor_message', 1), counted('advisor_message', 2)];
    const early = all(withIterations([one]));
    const late = all(withIterations([one, counted('message', 1), two]));
    expect(late.slice(0, 2).map(({ key }) => key)).toEqual(early.map(({ key }) => key));
    const other = all(withIterations([one], (entry) => (entry.message.id = 'msg_2')));
    expect(other[1]?.key).not.toBe(early[1]?.key);
  });

  it('count where the message itself has no tokens', () => {
    const line = withIterations([counted('advisor_message', 4)], (entry) => {
      const { iterations } = entry.message.usage;
      entry.message.usage = { iterations };
    });
    expect(outputs(line)).toEqual([['unknown', 4]]);
  });

  it.each<[string, unknown, ((entry: any) => void)?]>([
    ['no list', { type: 'advisor_message', output_tokens: 1 }],
    ['of other types', [counted('message', 1), counted('compaction', 1), counted('', 1)]],
    ['without tokens', [{ type: 'advisor_message' }, { type: 'advisor_message', output_tokens: -1 }]],
    ['no objects', [null, 'advisor_message', 1, ['advisor_message']]],
  ])('are none when `iterations` is %s', (_case, iterations) => {
    expect(all(withIterations(iterations))).toEqual(all(whole));
  });

  it('do not count in an error message of Claude Code', () => {
    const line = withIterations([counted('advisor_message', 4)], (entry) => (entry.isApiErrorMessage = true));
    expect(all(line)).toEqual([]);
  });
});

describe('a line with parts of several records', () => {
  const record = (id: string, text = 'a "quoted" } { text \\') =>
    JSON.stringify(answer({ id, request: id, at: AT, model: 'opus', output: 1, text }));
  const [a, b, c] = [record('a'), record('b'), record('c')];
  const keys = (line: string | Buffer) => all(line).map(({ key }) => key);
  const keyOf = Object.fromEntries([a, b, c].map((line) => [line, keys(line)[0]!]));

  it.each<[string, string, string[]]>([
    ['two records without a line end between them', a + b, [a, b]],
    ['three', a + b + c, [a, b, c]],
    ['zeros between two', a + '\0'.repeat(99) + b, [a, b]],
    ['white space between two', `${a} \t${b}`, [a, b]],
    ['the end of a record before a whole one', a.slice(150) + b, [b]],
    ['the start of a record behind a whole one', a + b.slice(0, 150), [a]],
    ['parts before, between and behind', c.slice(200) + a + c.slice(0, 90) + b + c.slice(0, 300), [a, b]],
    ['another kind of record before it', `{"type":"summary","leafUuid":"x"}${b}`, [b]],
    ['a record of a user cut off in a text', `{"type":"user","message":{"content":"a } { b${b}`, [b]],
    ['a record cut off behind a backslash', `{"type":"user","message":{"content":"a \\${b}`, [b]],
    ['a record cut off behind a key', `{"type":"user","message":${b}`, [b]],
    ['a record cut off in a list', `{"type":"user","message":{"content":[${b}`, [b]],
    ['a record cut off in a number', `{"type":"user","n":[1,-12${b}`, [b]],
    ['text that is no record', `[error] {not json} {"a" "b"} ]} " ${a}`, [a]],
    ['a record within the end of another one', `"x":[1]}}${a}],"y":{"z":1}}`, [a]],
  ])('counts the whole ones: %s', (_case, line, expected) => {
    expect(() => JSON.parse(line)).toThrow();
    expect(keys(line)).toEqual(expected.map((whole) => keyOf[whole]));
  });

  it('counts the record after one that is cut off at any byte', () => {
    const cut = Buffer.from(record('cut', 'é {"type":"x"} \u0000'));
    for (let length = 0; length < cut.length; length += 1) {
      const line = Buffer.concat([cut.subarray(0, length), Buffer.from(b)]);
      expect([length, ...keys(line)]).toEqual([length, keyOf[b]]);
    }
  });

  it('counts the records before and after a part that begins and ends at any byte', () => {
    const piece = record('piece');
    for (let at = 0; at < piece.length; at += 1) {
      const line = a + piece.slice(at, at + 40) + b;
      expect([at, ...keys(line)]).toEqual([at, keyOf[a], keyOf[b]]);
    }
  });

  it('counts no text that only looks like a record', () => {
    const quoted = JSON.stringify({ type: 'user', message: { content: `${a}${b}` }, usage: 1 });
    expect(all(quoted)).toEqual([]);
    expect(all(quoted.slice(0, -10))).toEqual([]);
    expect(keys(quoted.slice(0, -10) + c)).toEqual([keyOf[c]]);
  });
});

describe('the time for a line', () => {
  const lines = (size: number): [string, string][] => {
    const filled = (piece: string) => piece.repeat(size / piece.length);
    return [
      ['starts of records', filled('{"type":"assistant","usage":')],
      ['starts of records in lists', filled('[{"parentUuid":[')],
      ['objects that are cut off', filled('{"usage":1,')],
      ['ends of objects', filled('"usage"}]}')],
      ['empty objects', filled('{}')],
      ['brackets', filled('{')],
      ['lists', filled('[')],
      ['lists in a record', `{"type":${filled('[')}`],
      ['quotation marks', filled('"')],
      ['texts that do not end', filled('{"a":"{')],
      ['backslashes', `{"a":"${filled('\\')}`],
      ['records that count for nothing', filled('{"type":"x","usage":{}}')],
      ['objects that only seem whole', filled('{"usage":{"usage":nul}}')],
      ['nested objects', filled('{"usage":[') + filled(']}')],
      ['nested objects with an error inside', `${filled('{"usage":{"x":')}1 1${filled('}}')}`],
    ].map(([name, pieces]) => [name!, `${pieces}"usage"`]);
  };

  it.each(lines(64 * 1024))('examines each byte a few times at most: %s', (_case, line) => {
    let reads = 0;
    const bytes = Buffer.from(line);
    const counted = new Proxy(bytes, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value === 'function') return value.bind(target);
        reads += 1;
        return value;
      },
    });
    const parse = vi.spyOn(JSON, 'parse');
    try {
      expect(parseMessages(counted)).toEqual([]);
      expect(reads).toBeLessThan(8 * bytes.length);
      expect(parse.mock.calls.length).toBeLessThanOrEqual(1001);
      const parsed = parse.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
      expect(parsed).toBeLessThanOrEqual(2 * bytes.length);
    } finally {
      parse.mockRestore();
    }
  });

  it('grows in proportion to the line, up to ten megabytes', () => {
    const MEBIBYTE = 1024 * 1024;
    /** The shortest of a few, ms: other work of the machine only adds. */
    const shortest = (line: string) => {
      const bytes = Buffer.from(line);
      const times = Array.from({ length: 2 }, () => {
        const start = performance.now();
        parseMessages(bytes);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    const plain = shortest(`{"type":"user","usage":"${'x'.repeat(10 * MEBIBYTE)}`);
    const [, hostile] = lines(10 * MEBIBYTE).find(([name]) => name === 'objects that are cut off')!;
    const [, tenth] = lines(MEBIBYTE).find(([name]) => name === 'objects that are cut off')!;
    expect(shortest(hostile)).toBeLessThan(100 * plain);
    expect(shortest(hostile)).toBeLessThan(10 * 5 * shortest(tenth));
  });
});

describe('two lines are of the same message', () => {
  const keyOf = (change: (entry: any) => void) => parse(changed(change))?.key;
  const same = keyOf(() => {});

  it.each<[string, (entry: any) => void]>([
    ['whatever they count', (entry) => (entry.message.usage.output_tokens = 99)],
    ['whatever their time', (entry) => (entry.timestamp = '2026-11-20T19:00:00Z')],
    ['whatever session they are in', (entry) => (entry.sessionId = 'another')],
  ])('with message id and request id, %s', (_case, change) => {
    expect(keyOf(change)).toBe(same);
  });

  it('not with another message id, another request id, or without one', () => {
    const keys = [
      same,
      keyOf((entry) => (entry.message.id = 'msg_2')),
      keyOf((entry) => (entry.requestId = 'req_2')),
      keyOf((entry) => delete entry.requestId),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('with the message id alone where there is no request id', () => {
    const first = keyOf((entry) => delete entry.requestId);
    expect(keyOf((entry) => ((entry.requestId = null), (entry.uuid = 'u')))).toBe(first);
  });

  it('without a message id, when they have the same line id, or the same content', () => {
    const bare = (more: object) => keyOf((entry) => (delete entry.message.id, Object.assign(entry, more)));
    expect(bare({})).toBe(bare({ cwd: '/elsewhere' }));
    expect(bare({ uuid: 'a' })).toBe(bare({ uuid: 'a', timestamp: '2026-11-20T19:00:00Z' }));
    expect(
      new Set([
        bare({}),
        bare({ uuid: 'a' }),
        bare({ uuid: 'b' }),
        bare({ timestamp: '2026-11-20T19:00:00Z' }),
      ]).size,
    ).toBe(4);
  });
});

describe('lines of one message', () => {
  const m = (lastAt: number, output: number, firstAt = lastAt): Message => ({
    key: 1,
    firstAt,
    lastAt,
    model: 'opus',
    counts: { input: 1, output, cacheCreation: 0, cacheRead: 0 },
  });

  it.each<[string, Message, Message, Message]>([
    ['the later line has the counts, the earlier one the time', m(10, 3), m(20, 159), m(20, 159, 10)],
    ['the later line has the counts, also smaller ones', m(10, 159), m(20, 3), m(20, 3, 10)],
    ['at the same time the larger counts are the final ones', m(10, 3), m(10, 159), m(10, 159)],
    ['a copy changes nothing', m(10, 3), m(10, 3), m(10, 3)],
  ])('%s, in any order', (_case, a, b, expected) => {
    expect(joined(a, b)).toEqual(expected);
    expect(joined(b, a)).toEqual(expected);
    expect(joined(joined(a, b), a)).toEqual(expected);
  });
});
