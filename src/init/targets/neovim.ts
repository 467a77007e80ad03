import { json, shCommand } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { EDITOR_WIDTHS } from '../snippets/widths.ts';
import { configHome } from '../runtime.ts';
import type { Target } from '../target.ts';
import { ownFileHeader } from '../edits/own-file.ts';
import { launcherStep } from './sh.ts';
import { HIGHLIGHTS } from './vim.ts';

export const neovim: Target = {
  name: 'neovim',
  snippet: (runtime) =>
    `-- As ~/.config/nvim/plugin/usageline.lua, or into ~/.config/nvim/init.lua.\n${script(pastedLine(runtime, 'vim'))}`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'whole',
        path: file ?? `${configHome(runtime)}/${runtime.env.NVIM_APPNAME || 'nvim'}/plugin/usageline.lua`,
        text: `${ownFileHeader('--', 'neovim')}\n${script(installedLine(runtime, 'vim'))}`,
        mode: 0o644,
      },
    ],
    afterInstall:
      'Start neovim again. With lualine, add a component: lualine_x = { function() return vim.g.usageline end }',
  },
};

/**
 * A job fetches the line every 15 s, so that neovim never waits. lualine and `%{%…%}` interpret a component's text as a
 * format, for which the output kind `vim` doubles every percent sign and puts every number into a highlight group. A text with
 * any other percent sign does not come from usageline and is ignored. lualine gets the text without groups: behind each of
 * them would follow the colour of the status line, not that of its section.
 */
function script(command: readonly string[]): string {
  return `-- ${shCommand(command)}
local command = { ${command.map(json).join(', ')} }
-- For lualine, among its sections: lualine_x = { function() return vim.g.usageline end }
vim.g.usageline = vim.g.usageline or ''
-- With a highlight group for each number, for a status line of your own; and what it is about: ok, warn or critical.
vim.g.usageline_format = vim.g.usageline_format or ''
vim.g.usageline_level = vim.g.usageline_level or 'ok'

local function highlight()
${HIGHLIGHTS.map((line) => `  vim.cmd(${json(line)})`).join('\n')}
end

local function take(_, lines)
  local line = lines[1] or ''
  -- In few columns the line is without its verdict.
  if vim.o.columns < ${EDITOR_WIDTHS.narrow} then
    line = line:gsub(', %%#%a+#empty in %w+%%%*', ''):gsub(', empty in %w+', '')
  end
  if line == '' or line:find('%c') then return end
  local text = line:gsub('%%%%', '\\1'):gsub('%%#Usageline%a+#', ''):gsub('%%%*', '')
  if text:find('%%') or vim.g.usageline_format == line then return end
  vim.g.usageline_format = line
  vim.g.usageline = text:gsub('\\1', '%%%%')
  vim.g.usageline_level = line:find('%#UsagelineCritical#', 1, true) and 'critical'
    or (line:find('%#UsagelineWarn#', 1, true) or line:find('%#UsagelineNotice#', 1, true)) and 'warn' or 'ok'
  vim.cmd('redrawstatus!')
end

-- A narrow neovim has a shorter line, beside which the name of the file has room.
local function words()
  local columns = vim.o.columns
  if columns >= ${EDITOR_WIDTHS.wide} then return command end
  return vim.list_extend(vim.list_slice(command), { '--format', columns < ${EDITOR_WIDTHS.middle} and 'minimal' or 'compact' })
end

local function ask()
  pcall(vim.fn.jobstart, words(), { stdin = 'null', stdout_buffered = true, on_stdout = take })
end

ask()
_G.usageline_timer = _G.usageline_timer or vim.fn.timer_start(15000, ask, { ['repeat'] = -1 })
highlight()
vim.api.nvim_create_autocmd('ColorScheme', { callback = highlight })
vim.api.nvim_create_autocmd('VimResized', { callback = ask })

-- lualine sets the status line itself, also after this has been read.
local function place()
  if package.loaded.lualine or vim.o.statusline:find('usageline', 1, true) then return end
  local before = vim.o.statusline
  if before == '' then before = '%<%f %h%m%r%=%-14.(%l,%c%V%) %P' end
  vim.o.statusline = before .. "%{%g:usageline ==# '' ? '' : ' | ' . g:usageline_format . ' '%}"
end
if vim.v.vim_did_enter == 1 then place() else vim.api.nvim_create_autocmd('VimEnter', { callback = place }) end
`;
}
