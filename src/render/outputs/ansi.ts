import { paint } from '../paint.ts';
import type { Output } from './output.ts';

/** Text with ANSI colours, or without: terminals, fish, Claude Code, and whoever escapes by itself (starship). */
export const ansi: Output = { paint };
