import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { json } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import { EMACS_WIDTHS } from '../snippets/widths.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const emacs: Target = {
  name: 'emacs',
  snippet: (runtime) => `;; Into ~/.emacs.d/init.el.\n${script(pastedLine(runtime, 'plain'))}\n`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? usualFile(runtime),
        comment: ';;',
        body: script(installedLine(runtime, 'plain')),
      },
    ],
    afterInstall: 'Start Emacs again.',
  },
};

/** Emacs reads the first of these files that exists. */
function usualFile(runtime: Runtime): string {
  const { home } = runtime;
  const xdg = `${configHome(runtime)}/emacs`;
  const files = [`${home}/.emacs.el`, `${home}/.emacs`, `${home}/.emacs.d/init.el`, `${xdg}/init.el`];
  const usual = runtime.exists(xdg) && !runtime.exists(`${home}/.emacs.d`) ? files[3] : files[2];
  return files.find((path) => runtime.exists(path)) ?? (usual as string);
}

/**
 * A process fetches the line every 15 s, so that Emacs never waits. The mode line shows the value of a symbol as it is: `%`
 * means nothing in it.
 */
function script(command: readonly string[]): string {
  return `(defvar usageline-text "" "How much of the subscription is used.")
(defun usageline-ask ()
  "Fetch the line without waiting for it."
  (ignore-errors
    (make-process
     :name "usageline" :noquery t :connection-type 'pipe
     :command (append '(${command.map(json).join(' ')})
                      ;; In a narrow frame the mode line has room for a shorter line.
                      (cond ((< (frame-width) ${EMACS_WIDTHS.middle}) '("--format" "minimal"))
                            ((< (frame-width) ${EMACS_WIDTHS.wide}) '("--format" "compact"))))
     :filter (lambda (_process text)
               (let ((line (car (split-string text "\\n" t))))
                 ;; In few columns it is without its verdict.
                 (when (and line (< (frame-width) ${EMACS_WIDTHS.narrow}))
                   (setq line (replace-regexp-in-string ", empty in [0-9a-z]+" "" line)))
                 (unless (or (null line) (equal line usageline-text))
                   (setq usageline-text line)
                   (force-mode-line-update t)))))))
(unless (boundp 'usageline-timer)
  (defvar usageline-timer (run-at-time 0 15 #'usageline-ask)))
(add-to-list 'global-mode-string '("  " usageline-text) t)`;
}
