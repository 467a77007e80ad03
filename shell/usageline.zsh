# usageline for zsh. Reads the prerendered line with builtins only: no process at a prompt while the line is fresh.
# The format of the file: docs/specs/files.md. The output of `usageline init zsh` reads this file with zsh's default
# options and without aliases, after setting:
#   _usageline_program    the program, as an array
#   _usageline_where      the values of the variables that determine the following paths
#   _usageline_ready      the path of the prerendered line
#   _usageline_login1, _usageline_login2   the paths of the credentials files: a change can mean another account
#   _usageline_config     the path of the configuration: a change can mean another line
# It provides:
#   $usageline_prompt     the line for PROMPT or RPROMPT, with zsh's own colours
#   $USAGELINE            the line as plain text, exported: starship, powerlevel10k, oh-my-posh
#   $usageline_level      ok, warn, critical or error: what the line is about
# It adds the line to RPROMPT; set usageline_place=none first to place $usageline_prompt yourself.
#
# It runs in the user's shell, so:
# - There is no `local`, because it fails for names that are read-only. All names begin with _usageline_.
# - Builtins are called with `builtin`, because functions can have their names.

builtin zmodload zsh/datetime 2>/dev/null
builtin typeset -gx "USAGELINE=${USAGELINE-}"
# A second `eval` keeps existing values: RPROMPT contains the line of the first one.
builtin typeset -g "usageline_prompt=${usageline_prompt-}" "_usageline_token=${_usageline_token-}" "_usageline_fd=${_usageline_fd-}"
builtin typeset -g usageline_level=ok _usageline_mode=promptsubst _usageline_percent=promptpercent _usageline_quick= _usageline_changed= _usageline_paths_updated= _usageline_coarse= _usageline_others= _usageline_name= _usageline_home=
builtin typeset -gi _usageline_number=0 _usageline_started=${_usageline_started-0} _usageline_from=0 _usageline_until=0 _usageline_room=999
builtin typeset -ga _usageline_lines _usageline_head _usageline_answer
# `none` if the user places the line, `segment` if it is a segment of powerlevel10k.
builtin typeset -g "_usageline_free=${_usageline_free-${usageline_place-yes}}"
builtin typeset -g "usageline_place=${usageline_place-${${:-${STARSHIP_SHELL-}${POWERLEVEL9K_MODE-}${POSH_THEME-}}:+none}}"

# Runs at every prompt, as one piece: each further function, list or option would double the cost. The line of the last
# prompt remains valid until its end (a minute at most) if nothing has changed: the environment (variables that change
# within a session; the others are compared with the next line); credentials and configuration (to the millisecond; a
# removed or older file is noticed with the next line); the width; the options for prompt expansion; the line's position in
# RPROMPT.
_usageline_precmd() {
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${COLUMNS-}" == "$_usageline_quick" && $_usageline_login1 -nt $_usageline_since1 && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_config -nt $_usageline_tillc && -o $_usageline_mode && -o $_usageline_percent && ${RPROMPT-} == *"$_usageline_token" ]] &&
    (( EPOCHSECONDS < _usageline_until && EPOCHSECONDS >= _usageline_from )) && { [[ -z $_usageline_others ]] || _usageline_others_unchanged }
  then
  else
    _usageline_search
  fi
}

# The slow way: searches the line.
_usageline_search() {
  _usageline_update
  (( EPOCHSECONDS < _usageline_until )) || _usageline_refresh
  builtin return 0
}

_usageline_update() {
  if [[ -o promptsubst ]]; then builtin typeset -g _usageline_mode=promptsubst; else builtin typeset -g _usageline_mode=nopromptsubst; fi
  if [[ -o promptpercent ]]; then builtin typeset -g _usageline_percent=promptpercent; else builtin typeset -g _usageline_percent=nopromptpercent; fi
  builtin emulate -L zsh
  builtin setopt noerrexit noerrreturn unset nowarncreateglobal
  builtin trap - DEBUG ZERR
  [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" ]] || _usageline_update_paths
  # After a change of the configuration, wait once for the new line. If that does not help, the refresh may.
  if [[ -z $_usageline_changed ]]; then
    if ! _usageline_unchanged "$_usageline_config" config || _usageline_undecidable 1 || _usageline_undecidable 2; then _usageline_update_paths same; fi
  fi
  if _usageline_unchanged "$_usageline_config" config; then _usageline_changed=; else _usageline_changed=1; fi
  _usageline_quick="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${COLUMNS-}"
  # The line gets half of the width, below 60 columns a third, so that it leaves room for a left prompt and for typing.
  if [[ ${COLUMNS-} == <1-9999> ]]; then _usageline_room=$(( COLUMNS / (COLUMNS < 60 ? 3 : 2) )); else _usageline_room=999; fi
  _usageline_text= usageline_level=ok
  # A file may disappear between two tests.
  { _usageline_find; } 2>/dev/null
  [[ -z $_usageline_changed ]] || _usageline_until=0
  # The quick comparison compares only mtimes, so it is disabled if a link replaces that of the configuration.
  if [[ -h $_usageline_sincec && -e $_usageline_sincec ]]; then _usageline_from=99999999999; fi
  _usageline_set_line "$_usageline_text"
  _usageline_add_line
}

# Sets $_usageline_text to the text that is valid now; to `…` if the line was prepared for other credentials; to nothing if
# there is none. Sets $_usageline_until to the time at which to search again.
_usageline_find() {
  _usageline_until=0
  # Only a regular file of the user: another user could replace it by a file or a link, and a pipe could block.
  if [[ ! ( -f $_usageline_ready && -O $_usageline_ready && ! -h $_usageline_ready ) ]]; then
    _usageline_blocked
    builtin return 0
  fi
  _usageline_lines=("${(@f)$(<$_usageline_ready)}")
  # Arithmetic would execute code in a text that is no number.
  [[ ${_usageline_lines[1]} == 'usageline-ready 1 '<1-99999999999>' '<1-99999999999>' '<-> ]] || builtin return 0
  _usageline_head=(${(s: :)_usageline_lines[1]})
  # A begin in the future means that the clock has been set back.
  _usageline_from=$(( ${_usageline_head[4]} - 5 ))
  (( EPOCHSECONDS >= _usageline_from )) || builtin return 0
  if ! _usageline_unchanged "$_usageline_login1" 1 || ! _usageline_unchanged "$_usageline_login2" 2 || ! _usageline_others_unchanged; then
    _usageline_text=…
    builtin return 0
  fi
  if _usageline_pick "${(@)_usageline_lines[2,-1]}"; then
    (( _usageline_until <= ${_usageline_head[3]} )) || _usageline_until=${_usageline_head[3]}
    builtin return 0
  fi
  [[ -f $_usageline_ready.later && -O $_usageline_ready.later && ! -h $_usageline_ready.later ]] || builtin return 0
  _usageline_lines=("${(@f)$(<$_usageline_ready.later)}")
  [[ ${_usageline_lines[1]} == "${_usageline_head[5]}" ]] && _usageline_pick "${(@)_usageline_lines[2,-1]}"
  _usageline_until=0
}

# Sets $_usageline_text to the first text whose end is in the future. Lines `< N text` after it are shorter versions, for less
# than N columns; a line `= level` is its level.
_usageline_pick() {
  _usageline_taken=
  for _usageline_line in "$@"; do
    case $_usageline_line in
      (<1-99999999999>' '*)
        [[ -z $_usageline_taken ]] || builtin break
        (( EPOCHSECONDS < ${_usageline_line%% *} )) || builtin continue
        _usageline_text=${_usageline_line#* } _usageline_until=${_usageline_line%% *} _usageline_taken=1
        ;;
      ('< '<1-9999>' '*)
        _usageline_line=${_usageline_line#< }
        if [[ -n $_usageline_taken ]] && (( _usageline_room < ${_usageline_line%% *} )); then _usageline_text=${_usageline_line#* }; fi
        ;;
      ('= '(ok|warn|critical|error))
        [[ -z $_usageline_taken ]] || usageline_level=${_usageline_line#= }
        ;;
      (*) builtin break ;;
    esac
  done
  [[ -n $_usageline_taken ]]
}

# Shows a message if a directory on the way cannot be entered: starting the program would not help.
_usageline_blocked() {
  _usageline_rest=$_usageline_directory
  while [[ -n $_usageline_rest && ! -e $_usageline_rest ]]; do _usageline_rest=${_usageline_rest%/*}; done
  if [[ -n $_usageline_rest && ! -x $_usageline_rest ]]; then
    _usageline_text='cache not readable' _usageline_until=$(( EPOCHSECONDS + 60 )) _usageline_from=$EPOCHSECONDS
  fi
}

# Whether a file is unchanged since the line was prepared. If `since` is a link, the file's mtime cannot show that: the link
# has the target that the file had, or none, and then only the program can decide, once. If the cache's file system has
# coarser mtimes than the file's, a file that is older than the lines counts as unchanged.
_usageline_unchanged() {
  _usageline_since=$_usageline_directory/since.$2 _usageline_till=$_usageline_directory/till.$2
  if [[ -h $_usageline_since ]]; then
    [[ ( ( -e $_usageline_since && $1 -ef $_usageline_since ) || ( ! -e $_usageline_since && -n $_usageline_paths_updated && -e $1 ) ) && ! $1 -nt $_usageline_till ]]
  else
    [[ ( $1 -nt $_usageline_since && ! $1 -nt $_usageline_till ) || ( ! -e $1 && ! -e $_usageline_since ) ||
      ( -n $_usageline_coarse && -e $1 && -e $_usageline_since && ! $1 -nt $_usageline_directory ) ]]
  fi
}

# Whether the logins of the other accounts of the line are unchanged: `login.3` and so on, links to them. And whether the
# variables lead to the directories of these accounts: `home.<variable>`, a link to the directory, or to nothing where the
# variable was not set. Sets $_usageline_others where there are any.
_usageline_others_unchanged() {
  _usageline_others=
  for (( _usageline_number = 3; ; _usageline_number++ )); do
    [[ -h $_usageline_directory/login.$_usageline_number ]] || builtin break
    _usageline_others=1
    _usageline_unchanged "$_usageline_directory/login.$_usageline_number" $_usageline_number || builtin return 1
  done
  [[ -n $_usageline_others ]] || builtin return 0
  for _usageline_name in CODEX_HOME GROK_HOME KIMI_CODE_HOME KIRO_DATA_DIR; do
    _usageline_home=$_usageline_directory/home.$_usageline_name
    [[ -h $_usageline_home ]] || builtin continue
    if [[ -n ${(P)_usageline_name-} ]]; then
      [[ ${(P)_usageline_name} -ef $_usageline_home ]] || builtin return 1
    else
      [[ ! -e $_usageline_home ]] || builtin return 1
    fi
  done
}

# Whether only the program can decide if a file is unchanged.
_usageline_undecidable() {
  [[ -z $_usageline_paths_updated && -h $_usageline_directory/since.$1 && ! -e $_usageline_directory/since.$1 ]]
}

# Calls the program for the paths, because the environment or the configuration has changed.
_usageline_update_paths() {
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  _usageline_answer=("${(@f)$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}"; builtin cd -q /; exec $_usageline_program ready zsh </dev/null 2>/dev/null)}")
  _usageline_paths_updated=1
  # In an unchanged environment, no output means unchanged paths.
  [[ -n ${_usageline_answer[1]-} || ${1-} != same ]] || builtin return 0
  _usageline_ready=${_usageline_answer[1]-} _usageline_login1=${_usageline_answer[2]-}
  _usageline_login2=${_usageline_answer[3]-} _usageline_config=${_usageline_answer[4]-}
  _usageline_derive_paths
  # The program has just prepared the line for these files. If they seem to have changed nevertheless, mtimes are coarse.
  _usageline_coarse=
  _usageline_unchanged "$_usageline_login1" 1 && _usageline_unchanged "$_usageline_login2" 2 && _usageline_unchanged "$_usageline_config" config || _usageline_coarse=1
  # The refresh of another account need not wait until ten seconds after the last start.
  _usageline_started=0
}

# Sets the paths of the files to compare, all in the directory of the line.
_usageline_derive_paths() {
  _usageline_directory=${_usageline_ready%/*}
  _usageline_since1=$_usageline_directory/since.1 _usageline_till1=$_usageline_directory/till.1
  _usageline_sincec=$_usageline_directory/since.config _usageline_tillc=$_usageline_directory/till.config
}
_usageline_derive_paths

# A relative directory is relative to the working directory of the last call for the paths.
_usageline_absolute() {
  case ${CLAUDE_CONFIG_DIR-} in
    (''|/*) ;;
    (*) CLAUDE_CONFIG_DIR=$1 ;;
  esac
}

# Leaves the shell's directory and closes its descriptors, so that locks, pipes and mounts are not busy as long as the
# refresh runs.
_usageline_leave() {
  _usageline_absolute "${_usageline_login1%/*}"
  builtin cd -q /
  for _usageline_rest in /dev/fd/<3->(N:t); do exec {_usageline_rest}>&-; done
}

# Starts a refresh, at most every ten seconds, and redraws the prompt when it ends.
_usageline_refresh() {
  builtin emulate -L zsh
  builtin setopt noerrexit noerrreturn unset
  builtin trap - DEBUG ZERR
  [[ -z $_usageline_fd ]] && (( EPOCHSECONDS - _usageline_started >= 10 || EPOCHSECONDS < _usageline_started )) || builtin return 0
  _usageline_started=$EPOCHSECONDS
  # A second refresh for changed credentials: a link may have another target now, so the next prompt calls for the paths.
  if [[ $usageline_prompt != … ]]; then
    builtin typeset -g _usageline_retried=
  else
    [[ -z ${_usageline_retried-} ]] || _usageline_where=
    builtin typeset -g _usageline_retried=1
  fi
  if [[ -o zle ]]; then
    exec {_usageline_fd}< <(_usageline_leave 2>/dev/null; exec $_usageline_program ready zsh --refresh </dev/null 2>/dev/null)
    builtin zle -F $_usageline_fd _usageline_done
  else
    ( _usageline_leave 2>/dev/null; $_usageline_program ready zsh --refresh </dev/null >/dev/null 2>&1 & )
  fi
}

# Runs when the refresh has ended and closed its end of the pipe. zsh draws the prompt with the user's own options.
_usageline_done() {
  builtin zle -F $1
  exec {_usageline_fd}<&-
  builtin typeset -g _usageline_fd= "_usageline_shown=$usageline_prompt"
  _usageline_update
  [[ $usageline_prompt == "$_usageline_shown" ]] || builtin zle reset-prompt
}

# Sets $usageline_prompt and $USAGELINE, both to nothing if the text has characters that a line never has.
_usageline_set_line() {
  [[ $1 != "$usageline_prompt" ]] || builtin return 0
  # The plain text has no colours, no reverse video, and single percent signs.
  _usageline_rest=${${1//$'%{\e[7m%}'}//$'%{\e[27m%}'} _usageline_plain=
  _usageline_bare=$_usageline_rest
  while [[ $_usageline_rest == *%* ]]; do
    _usageline_plain+=${_usageline_rest%%\%*}
    _usageline_rest=${_usageline_rest#*%}
    case $_usageline_rest in
      (%*) _usageline_plain+=% _usageline_rest=${_usageline_rest#%} ;;
      ([FK]\{*) _usageline_rest=${_usageline_rest#*\}} ;;
      (*) _usageline_rest=${_usageline_rest#?} ;;
    esac
  done
  # usageline's lines never contain characters that are special for a prompt or a terminal.
  if [[ $_usageline_bare == *[$'\1'-$'\37'$'\177'\$\`\\]* ]]; then
    usageline_prompt= USAGELINE=
  else
    usageline_prompt=$1 USAGELINE=$_usageline_plain$_usageline_rest
  fi
}

# Adds the line at the end of RPROMPT, also if a theme has set it again. Behind other text it begins with a reset and a
# space: a theme can leave a background or bold on, also one that only zsh knows of, which would come back with the colours. With PROMPT_SUBST as a parameter, because zsh does
# not substitute in its value again; without it as text, because then nothing in it is executed. Without PROMPT_PERCENT as
# plain text.
_usageline_add_line() {
  # powerlevel10k sets RPROMPT after all other hooks.
  if [[ $_usageline_free != none ]] && (( ${+functions[p10k]} )); then _usageline_segment; fi
  [[ $usageline_place != none ]] || builtin return 0
  if [[ ${(t)RPROMPT} == *readonly* ]]; then
    usageline_place=none _usageline_token=
    _usageline_complain RPROMPT
    builtin return 0
  fi
  if [[ -n $_usageline_token ]]; then
    # Another hook has set RPROMPT and will do so at every prompt: run after it from now on.
    [[ ${RPROMPT-} == *"$_usageline_token" || ${precmd_functions[-1]-} == _usageline_precmd ]] || _usageline_add_hook
    RPROMPT=${RPROMPT%"$_usageline_token"}
  fi
  _usageline_gap= _usageline_reset=
  if [[ -n ${RPROMPT-} ]]; then
    [[ $RPROMPT == *[[:space:]] ]] || _usageline_gap=' '
    _usageline_reset='%b%u%s%f%k'
  fi
  case $_usageline_mode-$_usageline_percent in
    (promptsubst-promptpercent) _usageline_token="\${usageline_prompt:+$_usageline_reset$_usageline_gap\$usageline_prompt}" ;;
    (promptsubst-*) _usageline_token="\${USAGELINE:+$_usageline_gap\$USAGELINE}" ;;
    (*-promptpercent) _usageline_token=${usageline_prompt:+$_usageline_reset$_usageline_gap$usageline_prompt} ;;
    (*) _usageline_token=${USAGELINE:+$_usageline_gap$USAGELINE} ;;
  esac
  RPROMPT=${RPROMPT-}$_usageline_token
}

# Defines a segment of powerlevel10k, which stays in the prompt however the theme builds it. The segment takes its text from
# the variable when the prompt is drawn. powerlevel10k expands the text, so percent signs are doubled. One of three states is
# shown. Where segments have a background (classic, rainbow), the text has a light colour by its level; where they have none
# (lean, pure), each number has the line's own colour, unless the user has chosen a foreground. `default` is no colour that
# powerlevel10k knows, so it resets. A segment that the user has defined stays. The same text is in src/init/targets/p10k.ts.
_usageline_segment() {
  # powerlevel10k's configuration may have been read since and replaced the lists.
  if [[ -z ${POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS[(re)usageline]-}${POWERLEVEL9K_LEFT_PROMPT_ELEMENTS[(re)usageline]-} ]]; then
    builtin typeset -ga POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS
    POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS+=(usageline)
  fi
  [[ $_usageline_free != segment ]] || builtin return 0
  usageline_place=none _usageline_free=segment
  if [[ -n $_usageline_token ]]; then RPROMPT=${RPROMPT%"$_usageline_token"} _usageline_token=; fi
  if (( ! ${+functions[prompt_usageline]} )); then
    prompt_usageline() {
      _usageline_back=${POWERLEVEL9K_USAGELINE_BACKGROUND-${POWERLEVEL9K_BACKGROUND-0}}
      _usageline_normal='${USAGELINE//\%/%%}'
      _usageline_warning="%B$_usageline_normal%b" _usageline_critical=$'%B%{\e[7m%}'$_usageline_normal$'%{\e[27m%}%b'
      if [[ -z $_usageline_back${POWERLEVEL9K_USAGELINE_FOREGROUND-}${POWERLEVEL9K_USAGELINE_NORMAL_FOREGROUND-}${POWERLEVEL9K_USAGELINE_WARNING_FOREGROUND-}${POWERLEVEL9K_USAGELINE_CRITICAL_FOREGROUND-} ]]; then
        _usageline_normal="\${usageline_prompt:-$_usageline_normal}"
        _usageline_warning=$_usageline_normal _usageline_critical=$_usageline_normal
      fi
      p10k segment -s CRITICAL -f ${${_usageline_back:+217}:-default} -c '${${(M)usageline_level:#critical}:+$USAGELINE}' -e -t $_usageline_critical
      p10k segment -s WARNING -f ${${_usageline_back:+220}:-default} -c '${${${(M)usageline_level:#warn}:-${(M)usageline_level:#error}}:+$USAGELINE}' -e -t $_usageline_warning
      p10k segment -s NORMAL -f ${${_usageline_back:+252}:-default} -c '${${${${${usageline_level:-ok}:#critical}:#warn}:#error}:+$USAGELINE}' -e -t $_usageline_normal
    }
    instant_prompt_usageline() { prompt_usageline; }
  fi
  _usageline_add_hook
}

# Makes the hook the last precmd function; the first if another program shows the line, which then finds it up to date.
_usageline_add_hook() {
  builtin emulate -L zsh
  if [[ ${(t)precmd_functions} == *readonly* ]]; then
    [[ ${precmd_functions[(r)_usageline_precmd]-} == _usageline_precmd ]] || _usageline_complain precmd_functions
    builtin return 0
  fi
  builtin typeset -ga precmd_functions
  if [[ $usageline_place == none ]]; then
    precmd_functions=(_usageline_precmd "${(@)precmd_functions:#_usageline_precmd}")
  else
    precmd_functions=("${(@)precmd_functions:#_usageline_precmd}" _usageline_precmd)
  fi
}

_usageline_complain() {
  builtin print -ru2 -- "usageline: $1 is read-only, so the line is not in the prompt"
}

# Without a clock the end of a line cannot be noticed.
if [[ -n ${EPOCHSECONDS-} ]]; then
  if [[ $_usageline_free == yes ]] && (( ${+functions[p10k]} )); then _usageline_segment; else _usageline_add_hook; fi
fi
