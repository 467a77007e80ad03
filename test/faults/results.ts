/** Where the rows of a run are collected on their way to docs/specs/faults.md. */
export const RESULTS_DIRECTORY = new URL('../../coverage/faults/', import.meta.url).pathname;

/** A row of docs/specs/faults.md, ready to be printed. */
export interface Row {
  readonly id: string;
  readonly fault: string;
  readonly printed: string;
  readonly exit: string;
  readonly files: string;
  readonly requests: string;
  readonly ms: number;
  readonly within: number;
}
