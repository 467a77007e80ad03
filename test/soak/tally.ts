/** Counts, and violations. */
export class Tally {
  kills = 0;
  stops = 0;
  refreshers = 0;
  badDiskMs = 0;
  readonly calls = new Map<string, number>();
  readonly violations = new Map<string, { count: number; readonly example: string }>();

  call(kind: string): void {
    this.calls.set(kind, (this.calls.get(kind) ?? 0) + 1);
  }

  /** @param example the observation; only where it cannot contain a secret */
  violation(what: string, example = ''): void {
    const known = this.violations.get(what);
    if (known) known.count += 1;
    else this.violations.set(what, { count: 1, example: JSON.stringify(example.slice(0, 300)) });
  }

  get callsInAll(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** Rows of a table in Markdown. */
export function tableOf(rows: readonly (readonly [string, string | number])[]): string {
  return ['| | |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}

/** Counts by name, the most first. */
export function listOf(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
