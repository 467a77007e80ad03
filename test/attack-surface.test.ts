import fs from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/*
 * docs/specs/attack-surface.md lists every call on files or processes, every regular expression, and every text that a shell
 * evaluates. These tests compare the lists with the source.
 */

const root = new URL('..', import.meta.url).pathname;
const text = (path: string) => fs.readFileSync(join(root, path), 'utf8');

const page = text('docs/specs/attack-surface.md');
const sources = fs
  .readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .sort();

/** The rows of all tables whose second column has this heading, as cells. */
function rowsOf(heading: string): string[][] {
  return page
    .split('\n\n')
    .filter((part) => part.split('\n', 1)[0]?.split('|')[2]?.trim() === heading)
    .flatMap((part) => part.trim().split('\n').slice(2))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string);

/** The names of a file's calls, and the number of its regular expressions. */
interface Surface {
  readonly calls: readonly string[];
  readonly patterns: number;
}

/** Calls of `node:fs` and `node:child_process` that do not end with `Sync`. */
const OTHER_CALLS =
  /^(?:.*\.)?(kill|spawn|fork|execFile|lock|writeFileAtomic\.sync|createReadStream|createWriteStream)$/;

function surfaceOf(name: string): Surface {
  const source = ts.createSourceFile(name, text(`src/${name}`), ts.ScriptTarget.Latest, true);
  const calls = new Set<string>();
  let patterns = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text.endsWith('Sync')) calls.add(node.text);
    if (ts.isCallExpression(node)) {
      const [, call] = OTHER_CALLS.exec(node.expression.getText()) ?? [];
      if (call !== undefined) calls.add(call);
    }
    if (ts.isRegularExpressionLiteral(node)) patterns += 1;
    if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') patterns += 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { calls: [...calls].sort(), patterns };
}

const surfaces = new Map(sources.map((name) => [name, surfaceOf(name)]));

/** The calls that the page lists, by file. A row for several files lists the calls of all of them. */
function namedCalls(): Record<string, string[]> {
  const named: Record<string, Set<string>> = {};
  for (const [place, calls] of rowsOf('calls')) {
    const files = quoted(place);
    for (const file of files) {
      const does = surfaces.get(file)?.calls ?? [];
      const its = quoted(calls).filter((call) => files.length === 1 || does.includes(call));
      for (const call of its) (named[file] ??= new Set()).add(call);
    }
  }
  return Object.fromEntries(Object.entries(named).map(([file, calls]) => [file, [...calls].sort()]));
}

describe('the page of the attack surface', () => {
  it('lists the calls on files and processes of every source file, and no others', () => {
    const real = [...surfaces]
      .filter(([, { calls }]) => calls.length > 0)
      .map(([file, { calls }]) => [file, calls]);
    expect(namedCalls()).toEqual(Object.fromEntries(real));
  });

  it('names functions that exist', () => {
    for (const [place = ''] of rowsOf('calls')) {
      for (const [, file = '', functions = ''] of place.matchAll(/`([^`]+)`: ([\w, ]+)/g)) {
        for (const name of functions.split(', '))
          expect(text(`src/${file}`), `${file} ${name}`).toContain(name);
      }
    }
  });

  it('counts the regular expressions of every file', () => {
    const named = rowsOf('patterns').flatMap(([files, count]) =>
      quoted(files).map((file) => [file, Number(count)] as const),
    );
    expect(named).toHaveLength(new Set(named.map(([file]) => file)).size);
    const real = [...surfaces]
      .filter(([, { patterns }]) => patterns > 0)
      .map(([file, it]) => [file, it.patterns]);
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(real));
  });

  it('counts evaluations, substitutions and redirections of shells', () => {
    const named = rowsOf('evaluations').map(([file, ...counts]) => [quoted(file)[0], counts.map(Number)]);
    expect(Object.fromEntries(named)).toEqual(shells());
  });

  it('is complete, because the source has no calls of `fs.promises`', () => {
    const promises = sources.filter((name) => /fs\/promises|fs\.promises/.test(text(`src/${name}`)));
    expect(promises).toEqual([]);
  });
});

/** Files with text for shells, as paths of the repository: all of `bin` and `shell`, and some of `init`. */
function shells(): Record<string, number[]> {
  const scripts = [
    'bin/usageline-prompt',
    ...fs.readdirSync(join(root, 'shell')).map((name) => `shell/${name}`),
  ];
  const written = sources
    .filter((name) => name.startsWith('init/') && !name.startsWith('init/edits/'))
    .map((name) => `src/${name}`)
    .filter((path) => countsOf(path).some((count) => count > 0));
  return Object.fromEntries([...scripts, ...written].map((path) => [path, countsOf(path)]));
}

function countsOf(path: string): number[] {
  const code = text(path).replace(/^\s*(#|\*|\/\*|\/\/).*$/gm, '');
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
  return [
    count(/(?<![\w.])(?:eval|exec|source)(?= ["'$\w{\\/])/g),
    // Without arithmetic. In tmux a substitution is `#(…)`, in fish a word in parentheses.
    path.endsWith('.fish') ? count(/[ =](?:\((?=[\w$]))/g) : count(/[$#]\((?!\()/g),
    count(/<<<|<\(|[<>]"?\$|[<>]\/|[<>]&/g),
  ];
}
