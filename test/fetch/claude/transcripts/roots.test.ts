import { describe, expect, it } from 'vitest';
import { transcriptRoots } from '../../../../src/fetch/claude/transcripts/roots.ts';
import { fakeSystem } from '../../../support/system.ts';

const roots = (env: Record<string, string>, more: object = {}) =>
  transcriptRoots(fakeSystem({ env, home: () => '/home/ada', ...more }));

describe('the directories of transcripts', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['both defaults', {}, ['/home/ada/.claude/projects', '/home/ada/.config/claude/projects']],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/xdg' }, ['/home/ada/.claude/projects', '/xdg/claude/projects']],
    [
      'a relative one, which is none',
      { XDG_CONFIG_HOME: 'xdg' },
      ['/home/ada/.claude/projects', '/home/ada/.config/claude/projects'],
    ],
    [
      'CLAUDE_CONFIG_DIR alone',
      { CLAUDE_CONFIG_DIR: '/elsewhere', XDG_CONFIG_HOME: '/xdg' },
      ['/elsewhere/projects'],
    ],
    [
      'an empty CLAUDE_CONFIG_DIR, which is none',
      { CLAUDE_CONFIG_DIR: '' },
      ['/home/ada/.claude/projects', '/home/ada/.config/claude/projects'],
    ],
  ])('are those of %s', (_case, env, expected) => {
    expect(roots(env)).toEqual(expected);
  });

  it('are only those that need no home, without a home', () => {
    expect(roots({}, { home: () => null })).toEqual([]);
    expect(roots({ XDG_CONFIG_HOME: '/xdg' }, { home: () => null })).toEqual(['/xdg/claude/projects']);
  });

  it('have the separators of Windows', () => {
    expect(roots({}, { platform: 'win32', home: () => 'C:\\Users\\ada' })).toEqual([
      'C:\\Users\\ada\\.claude\\projects',
      'C:\\Users\\ada\\.config\\claude\\projects',
    ]);
  });
});
