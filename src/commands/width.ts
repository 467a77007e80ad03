import type { System } from '../platform/system.ts';

/** The width in columns: of the terminal, else `COLUMNS`, else 80. */
export function columnsOf({ env }: System, terminal: boolean): number {
  const variable = Number(env.COLUMNS);
  const own = terminal ? process.stdout.columns : 0;
  return own || (Number.isInteger(variable) && variable > 0 ? variable : 80);
}
