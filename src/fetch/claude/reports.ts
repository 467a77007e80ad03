import type { ReportFormat } from '../provider.ts';
import { parseLenient } from './lenient-json.ts';
import { parseReport, REPORTED_WINDOWS } from './report.ts';

/** The status line of Claude Code as a source: its object on standard input has the numbers of the last response. */
export const claudeReports: ReportFormat = {
  windows: REPORTED_WINDOWS,
  parse: parseReport,
  isComplete: (text) => parseLenient(text) !== undefined,
};
