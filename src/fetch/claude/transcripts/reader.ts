import type { TranscriptReader } from '../../provider.ts';
import { estimateAt } from './estimate.ts';
import { parsePrepared } from './prepared.ts';
import { realRoots, transcriptRoots } from './roots.ts';

/** The transcripts of Claude Code. A prepared estimate is read without loading the scan. */
export const transcriptReader: TranscriptReader = {
  prepared(system, text) {
    const roots = transcriptRoots(system);
    const prepared = text === null ? null : parsePrepared(text, roots);
    return {
      tokens: prepared?.use ? estimateAt(prepared.use, system.now()) : null,
      scannedAt: prepared?.complete ? prepared.scannedAt : null,
      mayHaveMore: () => (prepared?.use?.hours.length ?? 0) > 0 || realRoots(system, roots).length > 0,
    };
  },
  async scan(system, limits) {
    const now = system.now();
    const { scanTranscripts } = await import('./scan.ts');
    const { use } = scanTranscripts(system, { roots: transcriptRoots(system), ...limits });
    return use && estimateAt(use, now);
  },
};
