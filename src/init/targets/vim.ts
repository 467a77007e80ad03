import { vim as quoted } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';
import { launcherStep } from './sh.ts';

export const vim: Target = {
  name: 'vim',
  snippet: (runtime) =>
    `" Into ~/.vimrc, or as ~/.vim/plugin/usageline.vim.\n${script(pastedLine(runtime, 'plain'))}`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'whole',
        path: file ?? `${runtime.home}/.vim/plugin/usageline.vim`,
        text: `${ownFileHeader('"', 'vim')}\n${script(installedLine(runtime, 'plain'))}`,
        mode: 0o644,
      },
    ],
    afterInstall: 'Start vim again.',
  },
};

/**
 * A job fetches the line every 15 s, so that vim never waits. `%{g:usageline}` shows the text without interpreting it as a
 * format, so the output kind is `plain`.
 */
function script(command: readonly string[]): string {
  return `if has('job') && has('timers') && !exists('g:usageline')
  let g:usageline = ''
  let s:command = [${command.map(quoted).join(', ')}]

  function! s:take(channel, line) abort
    if g:usageline !=# a:line
      let g:usageline = a:line
      redrawstatus!
    endif
  endfunction

  " A restricted vim (rvim, or a shell that lets nobody in) starts no jobs: it has no line.
  function! s:ask(timer) abort
    try
      let s:job = job_start(s:command, {'out_cb': function('s:take'), 'in_io': 'null', 'err_io': 'null'})
      return 1
    catch
      call timer_stop(a:timer)
      return 0
    endtry
  endfunction

  if s:ask(-1)
    call timer_start(15000, function('s:ask'), {'repeat': -1})

    " What vim shows while the option is empty, with the line behind it and a border between.
    if &statusline ==# ''
      set statusline=%<%f\\ %h%m%r%=%-14.(%l,%c%V%)\\ %P
    endif
    set statusline+=%{g:usageline==#''?'':'\\ \\|\\ '.g:usageline.'\\ '}
    set laststatus=2
  endif
endif
`;
}
