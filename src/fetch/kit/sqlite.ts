import type { System } from '../../platform/system.ts';

/** What a database has at a place: the text, nothing, or why it cannot be read. */
export type DatabaseRead =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'absent' }
  /** `reason`: words for people, without a text of the database. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Node's own SQLite, as far as it is used; missing in the types of the oldest supported Node. */
interface Sqlite {
  readonly DatabaseSync: new (
    path: URL,
    options: { readonly readOnly: true },
  ) => {
    prepare(sql: string): { get(...values: readonly string[]): unknown };
    close(): void;
  };
}

/** The largest value that is read, characters: a token has a few thousand. */
const MAX_LENGTH = 1024 * 1024;

/**
 * The text in one row of another program's SQLite file: the first column of the result. Nothing is written, no lock is
 * taken, and no file is made beside the database (`immutable`): what its program has not moved out of its write-ahead log yet
 * is not seen.
 *
 * @param sql a SELECT of at most one row; `?` stands for the values
 */
export function readDatabase(
  { fs }: System,
  path: string,
  sql: string,
  ...values: readonly string[]
): DatabaseRead {
  let stat;
  try {
    stat = fs.statSync(path, { throwIfNoEntry: false });
  } catch {
    return { kind: 'unreadable', reason: `${path} cannot be examined` };
  }
  if (stat === undefined) return { kind: 'absent' };
  if (!stat.isFile()) return { kind: 'unreadable', reason: `${path} is no file` };
  const sqlite = loadSqlite();
  if (sqlite === null) {
    const reason = `${path} is a SQLite file, which Node ${process.versions.node} cannot read: it takes Node 22.16 or later`;
    return { kind: 'unreadable', reason };
  }
  const { pathToFileURL } = process.getBuiltinModule('node:url');
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'ro');
  url.searchParams.set('immutable', '1');
  let database: InstanceType<Sqlite['DatabaseSync']> | null = null;
  try {
    database = new sqlite.DatabaseSync(url, { readOnly: true });
    return valueOf(database.prepare(sql).get(...values));
  } catch {
    // The error is not kept: its message can quote the file.
    return { kind: 'unreadable', reason: `${path} cannot be read as a SQLite file` };
  } finally {
    database?.close();
  }
}

function valueOf(row: unknown): DatabaseRead {
  const [value] = typeof row === 'object' && row !== null ? (Object.values(row) as unknown[]) : [];
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  return typeof text === 'string' && text.length <= MAX_LENGTH ? { kind: 'value', text } : { kind: 'absent' };
}

/** Node's own SQLite; null where this Node has none that opens a URL. Loading it without a warning on standard error. */
function loadSqlite(): Sqlite | null {
  const [major = 0, minor = 0] = process.versions.node.split('.', 2).map(Number);
  if (major < 22 || (major === 22 && minor < 16)) return null;
  const { emitWarning } = process;
  try {
    // It is experimental in these versions, and says so where the line is printed.
    process.emitWarning = () => {};
    return (process.getBuiltinModule('node:sqlite') as unknown as Sqlite | undefined) ?? null;
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
