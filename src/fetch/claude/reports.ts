import type { ReportFormat } from '../provider.ts';
import { parseLenient } from './lenient-json.ts';
import { parseReport, REPORTED_WINDOWS } from './report.ts';

/** The reports of Claude Code's sessions: each contains the numbers of the session's last response. */
export const claudeReports: ReportFormat = {
  windows: REPORTED_WINDOWS,
  parse: parseReport,
  isComplete: (text) => parseLenient(text) !== undefined,
};
