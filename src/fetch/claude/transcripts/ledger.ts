import { allocated, indexOf, MAX_MODELS, messageAt } from './archive.ts';
import type { Archive } from './archive.ts';
import { joined, UNKNOWN_MODEL } from './message.ts';
import type { Message } from './model.ts';

/**
 * All messages that are remembered, each once: the archive, and what has come to be known since it was made.
 */
export interface Ledger {
  archive: Archive;
  /** By key. One that is in the archive as well stands for it here. */
  readonly recent: Map<number, Message>;
}

/**
 * Enters a message.
 * @returns what it changes: what was known of the message before, and what is now; null when nothing is new
 */
export function enter(ledger: Ledger, message: Message): Change | null {
  const change = changeOf(find(ledger, message.key), message);
  if (change !== null) ledger.recent.set(message.key, change.after);
  return change;
}

/** What is known of a message before and after a line of it was met. */
export interface Change {
  readonly before: Message | null;
  readonly after: Message;
}

/** What a line changes of what was known of its message; null when nothing is new. */
export function changeOf(before: Message | null, message: Message): Change | null {
  const after = before === null ? message : joined(before, message);
  return before !== null && isSame(before, after) ? null : { before, after };
}

function find({ archive, recent }: Ledger, key: number): Message | null {
  const known = recent.get(key);
  if (known !== undefined) return known;
  const index = indexOf(archive, key);
  return index < 0 ? null : messageAt(archive, index);
}

function isSame(a: Message, b: Message): boolean {
  return (
    a.firstAt === b.firstAt &&
    a.lastAt === b.lastAt &&
    a.model === b.model &&
    a.counts.input === b.counts.input &&
    a.counts.output === b.counts.output &&
    a.counts.cacheCreation === b.counts.cacheCreation &&
    a.counts.cacheRead === b.counts.cacheRead
  );
}

/** Every message once, in no particular order. */
export function* messages({ archive, recent }: Ledger): Generator<Message> {
  yield* recent.values();
  for (let index = 0; index < archive.keys.length; index += 1) {
    if (!recent.has(archive.keys[index]!)) yield messageAt(archive, index);
  }
}

/** Makes one archive of everything that is not older than `since` (epoch ms). */
export function settle(ledger: Ledger, since: number): void {
  const { archive, recent } = ledger;
  const added = [...recent.values()].sort((a, b) => a.key - b.key);
  const names = new Map<string, number>();
  const made = allocated([], archive.keys.length + added.length);
  let size = 0;
  const append = (message: Message) => {
    if (message.lastAt < since) return;
    write(made, size, message, indexOfName(names, message.model));
    size += 1;
  };
  let next = 0;
  for (let index = 0; index < archive.keys.length; index += 1) {
    const key = archive.keys[index]!;
    while (next < added.length && added[next]!.key < key) append(added[next++]!);
    if (added[next]?.key !== key) append(messageAt(archive, index));
  }
  while (next < added.length) append(added[next++]!);
  ledger.archive = {
    models: [...names.keys()],
    keys: made.keys.slice(0, size),
    firstAt: made.firstAt.slice(0, size),
    lastAt: made.lastAt.slice(0, size),
    counts: made.counts.slice(0, 4 * size),
    modelOf: made.modelOf.slice(0, size),
  };
  recent.clear();
}

function write(archive: Archive, index: number, message: Message, model: number): void {
  const { input, output, cacheCreation, cacheRead } = message.counts;
  archive.keys[index] = message.key;
  archive.firstAt[index] = message.firstAt;
  archive.lastAt[index] = message.lastAt;
  archive.counts.set([input, output, cacheCreation, cacheRead], 4 * index);
  archive.modelOf[index] = model;
}

function indexOfName(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size === MAX_MODELS - 1 && name !== UNKNOWN_MODEL) return indexOfName(names, UNKNOWN_MODEL);
  names.set(name, names.size);
  return names.size - 1;
}
