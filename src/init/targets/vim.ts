import { vim as quoted } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { EDITOR_WIDTHS } from '../snippets/widths.ts';
import type { Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';
import { launcherStep } from './sh.ts';

export const vim: Target = {
  name: 'vim',
  snippet: (runtime) =>
    `" Into ~/.vimrc, or as ~/.vim/plugin/usageline.vim.\n${script(pastedLine(runtime, 'vim'))}`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'whole',
        path: file ?? `${runtime.home}/.vim/plugin/usageline.vim`,
        text: `${ownFileHeader('"', 'vim')}\n${script(installedLine(runtime, 'vim'))}`,
        mode: 0o644,
      },
    ],
    afterInstall: 'Start vim again.',
  },
};

/**
 * The colours of a number by its level, for vim and neovim. Each has a background of its own, so that it can be read on any
 * status line, and `critical` is bold. `default`: what a colour scheme or the user defines stays.
 */
export const HIGHLIGHTS = [
  'highlight default UsagelineWarn term=underline cterm=NONE ctermfg=16 ctermbg=221 gui=NONE guifg=#000000 guibg=#ffd75f',
  'highlight default UsagelineCritical term=bold,underline cterm=bold ctermfg=231 ctermbg=160 gui=bold guifg=#ffffff guibg=#d70000',
  'highlight default link UsagelineNotice UsagelineWarn',
];

/**
 * A job fetches the line every 15 s, so that vim never waits. The output kind is `vim`, in which every percent sign is
 * doubled and every number is in a highlight group; a text with any other percent sign does not come from usageline and is
 * ignored. `%{%…%}` interprets the text, so each number has its colour. Vim before 8.2.2854 does not have that: there
 * `%{…}` shows the text without interpreting it, in the group of its level.
 */
function script(command: readonly string[]): string {
  return `if has('job') && has('timers') && !exists('g:usageline')
  " The line as text, as a format with colours, and what it is about: ok, warn or critical.
  let g:usageline = ''
  let g:usageline_format = ''
  let g:usageline_level = 'ok'
  let s:command = [${command.map(quoted).join(', ')}]

  " A narrow vim has a shorter line, beside which the name of the file has room.
  function! s:words() abort
    return s:command + (&columns < ${EDITOR_WIDTHS.middle} ? ['--format', 'minimal'] : &columns < ${EDITOR_WIDTHS.wide} ? ['--format', 'compact'] : [])
  endfunction

  function! s:highlight() abort
    if &t_Co < 256 && !has('gui_running')
      highlight default UsagelineWarn term=underline ctermfg=0 ctermbg=3
      highlight default UsagelineCritical term=bold,underline cterm=bold ctermfg=7 ctermbg=1
    endif
${HIGHLIGHTS.map((line) => `    ${line}`).join('\n')}
  endfunction

  " In few columns the line is without its verdict.
  function! s:take(channel, text) abort
    let l:line = &columns < ${EDITOR_WIDTHS.narrow} ? substitute(a:text, ', \\%(%#\\a\\+#\\)\\?empty in \\w\\+\\%(%\\*\\)\\?', '', '') : a:text
    let l:mark = '%\\(%\\|\\*\\|#Usageline\\a\\+#\\)'
    if g:usageline_format ==# l:line || substitute(l:line, l:mark, '', 'g') =~# '[%[:cntrl:]]'
      return
    endif
    let g:usageline_format = l:line
    let g:usageline = substitute(l:line, l:mark, '\\=submatch(1) ==# "%" ? "%" : ""', 'g')
    let g:usageline_level = l:line =~# '%#UsagelineCritical#' ? 'critical' : l:line =~# '%#Usageline\\%(Warn\\|Notice\\)#' ? 'warn' : 'ok'
    redrawstatus!
  endfunction

  " A restricted vim (rvim, or a shell that lets nobody in) starts no jobs: it has no line.
  function! s:ask(timer) abort
    try
      let s:job = job_start(s:words(), {'out_cb': function('s:take'), 'in_io': 'null', 'err_io': 'null'})
      return 1
    catch
      call timer_stop(a:timer)
      return 0
    endtry
  endfunction

  if s:ask(-1)
    call timer_start(15000, function('s:ask'), {'repeat': -1})
    call s:highlight()
    augroup usageline
      autocmd!
      autocmd ColorScheme * call s:highlight()
      autocmd VimResized * call s:ask(-1)
    augroup END

    " What vim shows while the option is empty, with the line behind it and a border between.
    if &statusline ==# ''
      set statusline=%<%f\\ %h%m%r%=%-14.(%l,%c%V%)\\ %P
    endif
    let &statusline .= "%{g:usageline ==# '' ? '' : ' | '}"
    if has('patch-8.2.2854')
      let &statusline .= '%{%g:usageline_format%}'
    else
      let &statusline .= "%{g:usageline_level ==# 'ok' ? g:usageline : ''}%#UsagelineWarn#%{g:usageline_level ==# 'warn' ? g:usageline : ''}%#UsagelineCritical#%{g:usageline_level ==# 'critical' ? g:usageline : ''}%*"
    endif
    let &statusline .= "%{g:usageline ==# '' ? '' : ' '}"
    set laststatus=2
  endif
endif
`;
}
