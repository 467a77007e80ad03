import { describe, expect, it } from 'vitest';
import { joined, MAX_COUNT, parseMessage } from '../../src/transcripts/message.ts';
import type { Message } from '../../src/transcripts/model.ts';
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
const parse = (line: string | Buffer) => parseMessage(Buffer.from(line));
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
    ['two halves glued together', whole.slice(0, 80) + whole],
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
  ])('counts for nothing when it is %s', (_case, line) => {
    expect(parse(line)).toBeNull();
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
  ])('counts a number %s, whatever its neighbours are', (_case, value, counted) => {
    const message = parse(changed((entry) => (entry.message.usage.output_tokens = value)));
    expect(message?.counts).toEqual({ input: 1, output: counted, cacheCreation: 3, cacheRead: 4 });
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['a number', 4],
    ['longer than a name', 'x'.repeat(101)],
  ])('whose model is %s is of an unknown one', (_case, model) => {
    expect(parse(changed((entry) => (entry.message.model = model)))?.model).toBe('unknown');
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

  it('not with another message id, nor with another request id, nor with none', () => {
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

  it('without a message id, when they are the same line: by its own id, or by what it says', () => {
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
  ])('%s, in whatever order', (_case, a, b, expected) => {
    expect(joined(a, b)).toEqual(expected);
    expect(joined(b, a)).toEqual(expected);
    expect(joined(joined(a, b), a)).toEqual(expected);
  });
});
