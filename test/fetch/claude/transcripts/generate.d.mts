/** Types of `generate.mjs`, which runs without a build. */
export interface AnswerLine {
  readonly id?: string | undefined;
  readonly request?: string | undefined;
  /** Epoch ms. */
  readonly at: number;
  readonly model?: string;
  readonly input?: number;
  readonly output?: number;
  readonly created?: number;
  readonly read?: number;
  readonly text?: string;
}
export function numbersOf(seed: number): () => number;
export function answer(line: AnswerLine): Record<string, unknown>;
export function generate(
  root: string,
  options: { seed?: number; bytes: number; files?: number; folders?: number; until: number; days?: number },
): { answers: number; bytes: number };
