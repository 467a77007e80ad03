import { describe, expect, it } from 'vitest';
import { formatMistake, PRESETS } from '../../../src/render/template/format.ts';
import { LINE_FIELDS, WINDOW_FIELDS } from '../../../src/render/template/placeholders.ts';

describe('a format', () => {
  it.each([
    ...Object.keys(PRESETS),
    ...Object.values(PRESETS),
    ...Object.keys(WINDOW_FIELDS).map((field) => `{5h.${field}}`),
    ...Object.keys(WINDOW_FIELDS).map((field) => `{#windows}{${field}}{/windows}`),
    ...Object.keys(LINE_FIELDS).map((field) => `{7d.percent}{${field}}`),
    '{5H.percent}',
    '{five_hour.used}',
    '{seven_day_opus.used}',
    '{7d Fable.used}',
    '{7d opus 4.5.used}',
    '{weekly_scoped:fable.used}',
    '[[[{model.used}]]]',
    String.raw`\{\}\[\]{5h.used}`,
    '⚡ \uE0B0 日本 e\u0301 👩\u200D💻 {5h.used}',
    `${'x'.repeat(490)}{5h.used}`,
  ])('can be %s', (format) => {
    expect(formatMistake(format)).toBeNull();
  });

  it.each([
    [
      '',
      'no placeholder in it; accepted: default, compact, bars, minimal, ascii, gauges, blocks, powerline, icons, or a template',
    ],
    ['Bars', "'{5h.percent} {5h.reset}'; did you mean 'bars'?"],
    ['compct', "'{5h.percent} {5h.reset}'; did you mean 'compact'?"],
    ['toString', 'no placeholder in it; accepted'],
    ['{sep}', 'no placeholder in it; accepted'],
    ['{5h}', "unknown placeholder '{5h}' at character 1; accepted: sep, extra, plan"],
    ['x{5h.percnt}', "unknown placeholder '{5h.percnt}' at character 2; accepted: "],
    ['x{5h.percnt}', "; did you mean '{5h.percent}'?"],
    ['⚡👩{stauts}', "unknown placeholder '{stauts}' at character 3; accepted: "],
    ['{5j.used}', "; did you mean '{5h.used}'?"],
    ['{.used}', "unknown placeholder '{.used}' at character 1"],
    ['{}', "unknown placeholder '{}' at character 1; accepted"],
    ['{constructor}', "unknown placeholder '{constructor}' at character 1; accepted"],
    ['{5h.__proto__}', "unknown placeholder '{5h.__proto__}' at character 1"],
    ['{7d $(id).used}', "unknown placeholder '{7d $(id).used}' at character 1"],
    ['{#windows}{5h.used}{/windows}', "unknown placeholder '{5h.used}' at character 11"],
    ['{#windows}{reste}{/windows}', "within {#windows}; did you mean '{reset}'?"],
    ['{used}', "unknown placeholder '{used}' at character 1"],
    ['{5h.used', "'{' that is never closed at character 1"],
    ['{5h.used}}', "'}' that closes nothing at character 10"],
    ['[{5h.used}', "'[' that is never closed at character 1"],
    ['{5h.used}]', "']' that closes nothing at character 10"],
    ['[{#windows}{used}]{/windows}', "']' that closes nothing at character 18"],
    ['{#windows}[{used}{/windows}]', "'{/windows}' that closes nothing at character 18"],
    ['{#windows}{used}', "'{#windows}' that is never closed at character 1"],
    ['{/windows}', "'{/windows}' that closes nothing at character 1"],
    ['{#windows}{#windows}{used}', "'{#windows}' within another at character 11"],
    ['{5h.used}[x]', 'a group […] without a placeholder at character 10'],
    ['{5h.used}[{sep}]', 'a group […] without a placeholder at character 10'],
    [String.raw`\n{5h.used}`, 'a backslash at character 1; accepted behind it: { } [ ]'],
    ['{5h.used}\\', 'a backslash at character 10'],
    ['$(touch x){5h.used}', "'$' at character 1: shells would act on it"],
    ['`id`{5h.used}', "'`' at character 1: shells would act on it"],
    ['{5h.used}\n', 'a character that cannot be shown at character 10'],
    ['{5h.used}\u001B[2J', 'a character that cannot be shown at character 10'],
    ['\u202E{5h.used}', 'a character that cannot be shown at character 1'],
    ['\u200B{5h.used}', 'a character that cannot be shown at character 1'],
    ['\uD800{5h.used}', 'a character that cannot be shown at character 1'],
    [`${'x'.repeat(492)}{5h.used}`, 'longer than 500 characters; accepted'],
  ])('cannot be %j: %s', (format, mistake) => {
    expect(formatMistake(format)).toContain(mistake);
  });
});
