import { describe, expect, it } from 'vitest';
import { Messages } from '../../../../src/fetch/claude/transcripts/messages.ts';
import type { Message } from '../../../../src/fetch/claude/transcripts/message.ts';

const message = (key: number, more: Partial<Message> = {}): Message => ({
  key,
  firstAt: 1000 + key,
  lastAt: 1000 + key,
  model: 'opus',
  counts: { input: 1, output: 2, cacheCreation: 3, cacheRead: 4 },
  ...more,
});

function messagesOf(...all: Message[]): Messages {
  const messages = new Messages();
  for (const each of all) messages.add(each);
  return messages;
}

describe('a collection of messages', () => {
  it('contains each message once, joined with its other lines', () => {
    const counts = { input: 1, output: 9, cacheCreation: 3, cacheRead: 4 };
    const later = message(1, { firstAt: 3000, lastAt: 3000, counts });
    const all = messagesOf(message(1), message(2, { model: 'haiku' }), later, message(1));
    expect([...all]).toEqual([{ ...later, firstAt: 1001 }, message(2, { model: 'haiku' })]);
  });

  it('is the same when its rows are read again', () => {
    const all = messagesOf(
      ...Array.from({ length: 3000 }, (_, key) => message(key, { model: `m${key % 3}` })),
    );
    const again = new Messages(all.models, all.rows.slice());
    expect([...again]).toEqual([...all]);
    again.add(message(3000));
    again.add(message(17, { lastAt: 9000 }));
    expect(again.size).toBe(3001);
    expect([...again][17]).toMatchObject({ key: 17, lastAt: 9000 });
  });

  it('removes expired messages, and keeps the others', () => {
    const all = messagesOf(message(1), message(2), message(3, { lastAt: 9000 }), message(4));
    expect(all.expire(1003)).toEqual([1001, 1002]);
    expect([...all].map(({ key }) => key)).toEqual([3, 4]);
    all.add(message(4, { lastAt: 8000 }));
    all.add(message(1));
    expect([...all].map(({ key, lastAt }) => [key, lastAt])).toEqual([
      [3, 9000],
      [4, 8000],
      [1, 1001],
    ]);
    expect(all.expire(0)).toEqual([]);
  });

  it('distinguishes a limited number of models, and calls the others unknown', () => {
    const all = messagesOf(...Array.from({ length: 100 }, (_, key) => message(key, { model: `m${key}` })));
    expect(new Set([...all].map(({ model }) => model)).size).toBe(64);
    expect([...all].at(-1)?.model).toBe('unknown');
  });

  it('counts no more than half a million, so that memory is bounded', () => {
    const all = new Messages();
    const one = message(0);
    for (let key = 0; key <= 500_000; key += 1) all.add({ ...one, key });
    expect(all.size).toBe(500_000);
    all.add(message(7, { lastAt: 9000 }));
    expect([...all][7]?.lastAt).toBe(9000);
  });
});
