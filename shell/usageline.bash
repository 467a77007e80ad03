# usageline for bash. Reads the prerendered line with builtins only: no process at a prompt while the line is fresh.
# The format of the file: docs/specs/files.md. The output of `usageline init bash` reads this file, after setting:
#   _usageline_program    the program, as an array
#   _usageline_where      the values of the variables that determine the following paths
#   _usageline_ready      the path of the prerendered line
#   _usageline_login1, _usageline_login2   the paths of the credentials files: a change can mean another account
#   _usageline_config     the path of the configuration: a change can mean another line
#   _usageline_debug      the DEBUG trap; empty if there is none
# It provides:
#   $usageline_prompt     the line for PS1, with colours: PS1='$usageline_prompt …' (in single quotes)
#   $USAGELINE            the line as plain text, exported: starship, oh-my-posh
# It adds the line before PS1, in a row of its own; set usageline_place=none first to place $usageline_prompt yourself. The row
# begins with $usageline_lead, which ties it to the prompt below: without it the row reads as output of the last command.
#
# It runs in the user's shell, so:
# - `local` is used for IFS only, because it fails for names that are read-only. All names begin with _usageline_.
# - Builtins are called with `builtin`, because functions can have their names; aliases are off while this file is read.
# - No command fails outside a condition, because that would trigger ERR traps.

_usageline_aliases=no
\builtin shopt -q expand_aliases && _usageline_aliases=yes
\builtin shopt -u expand_aliases

# A second `eval` keeps existing values. A value from the environment may be no number, but is used in arithmetic.
if [[ ${_usageline_started-} != [1-9]* || $_usageline_started == *[!0-9]* ]]; then _usageline_started=0; fi
usageline_prompt=${usageline_prompt-} _usageline_changed='' _usageline_from=0 _usageline_until=0
_usageline_mark=usageline_prompt _usageline_token=${_usageline_token-} _usageline_options=-1 _usageline_paths_updated='' _usageline_position='' _usageline_removed='' _usageline_retried='' _usageline_coarse='' _usageline_others='' _usageline_columns='' _usageline_room=9999
builtin export USAGELINE=${USAGELINE-}
usageline_place=${usageline_place-}
if [[ -z ${usageline_lead+x} ]]; then
  case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in *[Uu][Tt][Ff]*8*) usageline_lead='╭ ' ;; *) usageline_lead='- ' ;; esac
fi
if [[ -z $usageline_place && -n ${STARSHIP_SHELL-}${POSH_THEME-} ]]; then usageline_place=none; fi
# The length of BASHOPTS shows changed options; bash before version 4.1 does not have the variable.
if [[ -z ${BASHOPTS+x} ]]; then BASHOPTS=''; fi
# Before version 5, bash has no EPOCHSECONDS, only the time since the shell started.
_usageline_clock=EPOCHSECONDS
if [[ -z ${EPOCHSECONDS-} ]]; then _usageline_clock="SECONDS + $(($(date +%s) - SECONDS))"; fi
# Characters that are special for a terminal or a prompt. usageline's lines never contain them.
_usageline_never=$'$`\\\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177'

# Runs at every prompt, as one piece for speed. The line of the last prompt remains valid until its end (a minute at most)
# if nothing has changed: the environment; credentials and configuration (to the millisecond; a removed or older file is
# noticed with the next line); the width; the shell's options; the line's position in PS1.
_usageline_precmd() {
  _usageline_status=$?
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_login1 -ot $_usageline_since1 && ! $_usageline_config -nt $_usageline_tillc && ${COLUMNS-} == "$_usageline_columns" && ${PS1-} == *"$_usageline_mark"* ]] &&
    (($_usageline_clock < _usageline_until && $_usageline_clock >= _usageline_from && ${#BASHOPTS} == _usageline_options)) &&
    { [[ -z $_usageline_others ]] || _usageline_others_unchanged; }
  then
    _usageline_quick=yes
  else
    _usageline_quick=no
    _usageline_search || _usageline_until=0
  fi
  # bash restores $? after each command of PROMPT_COMMAND. As a part of such a command, the hook has to restore it itself.
  if [[ $_usageline_position == part && $_usageline_status != 0 ]]; then builtin return "$_usageline_status"; fi
}

# The slow way: searches the line, with those options off that change functions and comparisons.
_usageline_search() {
  _usageline_trace=no _usageline_fold=no
  if [[ $- == *T* ]]; then
    _usageline_trace=yes
    builtin set +T
  fi
  if builtin shopt -q nocasematch; then
    _usageline_fold=yes
    builtin shopt -u nocasematch
  fi
  _usageline_update || _usageline_until=0
  if [[ $_usageline_fold == yes ]]; then
    builtin shopt -s nocasematch
    # Disables the quick comparison, which is not exact while nocasematch is set.
    _usageline_options=-1
  else
    _usageline_options=${#BASHOPTS}
  fi
  if [[ $_usageline_trace == yes ]]; then builtin set -T; fi
}

_usageline_update() {
  # `read` splits by IFS. With an unusual IFS that is read-only, no line is shown.
  [[ ${IFS-$' \t\n'} == $' \t\n' ]] || builtin local IFS=' ' 2>/dev/null || :
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" != "$_usageline_where" ]]; then
    _usageline_update_paths
  fi
  _usageline_check_config
  _usageline_measure
  _usageline_text='' _usageline_now=$(($_usageline_clock)) _usageline_until=0
  # A file may disappear between two tests.
  _usageline_find 2>/dev/null || :
  [[ -z $_usageline_changed ]] || _usageline_until=0
  # The quick comparison compares only mtimes, so it is disabled if a link replaces them.
  if [[ -e $_usageline_since1 && -h $_usageline_since1 ]] || [[ -e $_usageline_sincec && -h $_usageline_sincec ]]; then
    _usageline_from=99999999999
  fi
  _usageline_set_line
  _usageline_add_line
  _usageline_find_hook
  ((_usageline_now < _usageline_until)) || _usageline_refresh
}

# Sets $_usageline_text to the text that is valid now; to `…` if the line was prepared for other credentials; to nothing if
# there is none. Sets $_usageline_until to the time at which to search again.
_usageline_find() {
  if ! _usageline_own "$_usageline_ready"; then
    _usageline_blocked
    builtin return 0
  fi
  {
    builtin read -r _usageline_tag _usageline_format _usageline_due _usageline_begin _usageline_id _usageline_rest || builtin return 0
    [[ "$_usageline_tag $_usageline_format" == 'usageline-ready 1' ]] || builtin return 0
    # Arithmetic would execute code in a text that is no number, so such a text gets into no variable that is computed with.
    _usageline_number "$_usageline_due" && _usageline_number "$_usageline_begin" || builtin return 0
    _usageline_from=$((_usageline_begin - 5))
    # A begin in the future means that the clock has been set back.
    ((_usageline_now >= _usageline_from)) || builtin return 0
    if ! _usageline_unchanged "$_usageline_login1" 1 || ! _usageline_unchanged "$_usageline_login2" 2 || ! _usageline_others_unchanged; then
      _usageline_text=…
      builtin return 0
    fi
    if _usageline_pick; then
      ((_usageline_until <= _usageline_due)) || _usageline_until=$_usageline_due
      builtin return 0
    fi
  } <"$_usageline_ready"
  _usageline_own "$_usageline_ready.later" || builtin return 0
  {
    if builtin read -r _usageline_line && [[ $_usageline_line == "$_usageline_id" ]]; then _usageline_pick || :; fi
    _usageline_until=0
  } <"$_usageline_ready.later"
}

# Only a regular file of the user: another user could replace it by a file or a link, and a pipe could block.
_usageline_own() {
  [[ -f $1 && -O $1 && ! -h $1 ]]
}

# Sets $_usageline_text to the first text whose end is in the future. Lines `< N text` after it are shorter versions, for less
# than N columns.
_usageline_pick() {
  _usageline_taken=''
  while builtin read -r _usageline_end _usageline_line; do
    if [[ $_usageline_end == '<' ]]; then
      _usageline_below=${_usageline_line%% *}
      if [[ -n $_usageline_taken ]] && _usageline_number "$_usageline_below" && ((_usageline_room < _usageline_below)); then
        _usageline_text=${_usageline_line#* }
      fi
    elif [[ -n $_usageline_taken ]] || ! _usageline_number "$_usageline_end"; then
      builtin break
    elif ((_usageline_now < _usageline_end)); then
      _usageline_text=$_usageline_line _usageline_until=$_usageline_end _usageline_taken=1
    fi
  done
  [[ -n $_usageline_taken ]]
}

# Sets the room for the line, in columns: a row, without its last column, in which some terminals break the row; half of it
# where the user places the line.
_usageline_measure() {
  _usageline_columns=${COLUMNS-} _usageline_room=9999
  if _usageline_number "$_usageline_columns" && ((_usageline_columns < 9999)); then
    _usageline_room=$((_usageline_columns - 1 - ${#usageline_lead}))
    if [[ $usageline_place == none ]]; then _usageline_room=$((_usageline_columns / 2)); fi
  fi
}

# A decimal number (octal ones begin with 0) that is not longer than a time.
_usageline_number() {
  [[ $1 == [1-9]* && $1 != *[!0-9]* && ${#1} -le 11 ]]
}

# Shows a message if a directory on the way cannot be entered: starting the program would not help.
_usageline_blocked() {
  _usageline_rest=$_usageline_directory
  while [[ -n $_usageline_rest && ! -e $_usageline_rest ]]; do _usageline_rest=${_usageline_rest%/*}; done
  if [[ -n $_usageline_rest && ! -x $_usageline_rest ]]; then
    _usageline_text='cache not readable' _usageline_until=$((_usageline_now + 60)) _usageline_from=$_usageline_now
  fi
}

# Whether a file is unchanged since the line was prepared. If `since` is a link, the file's mtime cannot show that: the link
# has the target that the file had, or none, and then only the program can decide, once. If the cache's file system has
# coarser mtimes than the file's, a file that is older than the lines counts as unchanged.
_usageline_unchanged() {
  if [[ -h $_usageline_directory/since.$2 ]]; then
    if [[ -e $_usageline_directory/since.$2 ]]; then
      [[ $1 -ef $_usageline_directory/since.$2 && ! $1 -nt $_usageline_directory/till.$2 ]]
    else
      [[ -n $_usageline_paths_updated && -e $1 && ! $1 -nt $_usageline_directory/till.$2 ]]
    fi
  elif [[ -e $1 ]]; then
    [[ -e $_usageline_directory/since.$2 ]] || builtin return 1
    [[ ! $1 -nt $_usageline_directory/till.$2 && ! $1 -ot $_usageline_directory/since.$2 ]] || [[ -n $_usageline_coarse && ! $1 -nt $_usageline_directory ]]
  else
    [[ ! -e $_usageline_directory/since.$2 ]]
  fi
}

# Whether the logins of the other accounts of the line are unchanged: `login.3` and so on, links to them. And whether the
# variables lead to the directories of these accounts: `home.<variable>`, a link to the directory, or to nothing where the
# variable was not set. Sets $_usageline_others where there are any.
_usageline_others_unchanged() {
  _usageline_others='' _usageline_other=3
  while [[ -h $_usageline_directory/login.$_usageline_other ]]; do
    _usageline_others=1
    _usageline_unchanged "$_usageline_directory/login.$_usageline_other" "$_usageline_other" || builtin return 1
    _usageline_other=$((_usageline_other + 1))
  done
  [[ -n $_usageline_others ]] || builtin return 0
  for _usageline_name in CODEX_HOME GROK_HOME KIMI_CODE_HOME KIRO_DATA_DIR; do
    _usageline_home=$_usageline_directory/home.$_usageline_name
    [[ -h $_usageline_home ]] || builtin continue
    if [[ -n ${!_usageline_name-} ]]; then
      [[ ${!_usageline_name} -ef $_usageline_home ]] || builtin return 1
    else
      [[ ! -e $_usageline_home ]] || builtin return 1
    fi
  done
}

# Whether only the program can decide if a file is unchanged.
_usageline_undecidable() {
  [[ -z $_usageline_paths_updated && -h $_usageline_directory/since.$1 && ! -e $_usageline_directory/since.$1 ]]
}

# After a change of the configuration, wait once for the new line. If that does not help, the refresh may.
_usageline_check_config() {
  if [[ -z $_usageline_changed ]]; then
    if ! _usageline_unchanged "$_usageline_config" config || _usageline_undecidable 1 || _usageline_undecidable 2; then
      _usageline_update_paths same
    fi
  fi
  if _usageline_unchanged "$_usageline_config" config; then _usageline_changed=''; else _usageline_changed=1; fi
}

# Calls the program for the paths, because the environment or the configuration has changed.
_usageline_update_paths() {
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  _usageline_answer=$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}" && builtin cd / && exec "${_usageline_program[@]}" ready bash </dev/null 2>/dev/null) || :
  _usageline_paths_updated=1
  # In an unchanged environment, no output means unchanged paths.
  [[ -n $_usageline_answer || ${1-} != same ]] || builtin return 0
  {
    IFS= builtin read -r _usageline_ready
    IFS= builtin read -r _usageline_login1
    IFS= builtin read -r _usageline_login2
    IFS= builtin read -r _usageline_config
  } <<<"$_usageline_answer" || :
  _usageline_derive_paths
  # The program has just prepared the line for these files. If they seem to have changed nevertheless, mtimes are coarse.
  _usageline_coarse=''
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
  case ${CLAUDE_CONFIG_DIR-} in '' | /*) ;; *) CLAUDE_CONFIG_DIR=$1 ;; esac
}

# Closes the shell's descriptors, so that locks and pipes do not stay open as long as the refresh runs.
_usageline_close() {
  builtin set +f
  for _usageline_rest in /dev/fd/*; do
    _usageline_rest=${_usageline_rest##*/}
    if [[ $_usageline_rest != *[!0-9]* && $_usageline_rest != [0-2] ]]; then builtin eval "exec $_usageline_rest>&-" || :; fi
  done
}

# Starts a refresh, at most every ten seconds. The next prompt shows its result.
_usageline_refresh() {
  ((_usageline_now - _usageline_started >= 10 || _usageline_now < _usageline_started)) || builtin return 0
  _usageline_started=$_usageline_now
  # A second refresh for changed credentials: a link may have another target now, so the next prompt calls for the paths.
  if [[ $usageline_prompt != … ]]; then
    _usageline_retried=''
  else
    [[ -z $_usageline_retried ]] || _usageline_where=''
    _usageline_retried=1
  fi
  (
    _usageline_absolute "${_usageline_login1%/*}"
    builtin cd / || :
    _usageline_close
    "${_usageline_program[@]}" ready bash --refresh </dev/null >/dev/null 2>&1 &
  ) 2>/dev/null
}

# Sets $usageline_prompt and $USAGELINE, both to nothing if the text has characters that a line never has.
_usageline_set_line() {
  [[ $_usageline_text != "$usageline_prompt" ]] || builtin return 0
  _usageline_rest=$_usageline_text _usageline_plain=''
  # Colours are between \001 and \002, the marks for readline.
  while [[ $_usageline_rest == *$'\001'*$'\002'* ]]; do
    _usageline_plain+=${_usageline_rest%%$'\001'*}
    _usageline_rest=${_usageline_rest#*$'\001'}
    _usageline_style=${_usageline_rest%%$'\002'*}
    _usageline_rest=${_usageline_rest#*$'\002'}
    [[ $_usageline_style == $'\033['*m ]] || _usageline_plain+=$'\033'
    _usageline_style=${_usageline_style#$'\033['}
    [[ ${_usageline_style%m} != *[!0-9\;]* ]] || _usageline_plain+=$'\033'
  done
  _usageline_plain+=$_usageline_rest
  if [[ $_usageline_plain == *[$_usageline_never]* ]]; then _usageline_text='' _usageline_plain=''; fi
  usageline_prompt=$_usageline_text USAGELINE=$_usageline_plain
}

# Adds the line before PS1, in a row of its own: beside a prompt it would leave little room for typing. Where PS1 begins with
# an empty row, the line takes that one. It is added as a parameter, because bash does not expand a parameter's value again; with promptvars off, as
# plain text without characters that are special in PS1. If the user places the line, there is nothing to find in PS1.
_usageline_add_line() {
  if [[ $usageline_place == none ]]; then
    _usageline_mark=''
    builtin return 0
  fi
  _usageline_rest=$_usageline_token _usageline_break='\n'
  case ${PS1-} in "$_usageline_rest"'\n'* | "$_usageline_rest"$'\n'*) _usageline_break='' ;; esac
  if builtin shopt -q promptvars; then
    _usageline_style='\[\e[2m\]$usageline_lead\[\e[0m\]'
    if [[ -n ${NO_COLOR-} || -z $usageline_lead ]]; then _usageline_style='$usageline_lead'; fi
    _usageline_token='${usageline_prompt:+'$_usageline_style'$usageline_prompt'$_usageline_break'}' _usageline_mark=usageline_prompt
  else
    _usageline_token=${USAGELINE:+$usageline_lead$USAGELINE$_usageline_break} _usageline_mark=$_usageline_token
  fi
  if [[ $_usageline_token == "$_usageline_rest" && ${PS1-} == *"$_usageline_mark"* ]]; then builtin return 0; fi
  if ! _usageline_writable PS1; then
    usageline_place=none _usageline_mark=''
    _usageline_complain PS1
    builtin return 0
  fi
  # The line was in PS1 and has been removed.
  if [[ -n $_usageline_rest && ${PS1-} != *"$_usageline_rest"* ]]; then _usageline_removed=1; fi
  if [[ $_usageline_token != "$_usageline_rest" && -n $_usageline_rest ]]; then PS1=${PS1/"$_usageline_rest"/}; fi
  if [[ ${PS1-} != *"$_usageline_mark"* || -z $_usageline_mark ]]; then PS1=$_usageline_token${PS1-}; fi
}

# Whether a variable is not read-only. bash before version 5 can only try, in a subshell.
_usageline_writable() {
  if ((BASH_VERSINFO[0] < 5)); then
    (builtin eval "$1=") 2>/dev/null
  elif [[ $1 == PS1 ]]; then
    [[ -z ${PS1+x} || ${PS1@a} != *r* ]]
  else
    [[ -z ${PROMPT_COMMAND+x} || ${PROMPT_COMMAND@a} != *r* ]]
  fi
}

_usageline_complain() {
  builtin echo "usageline: $1 is read-only, so the line is not in the prompt" >&2
}

# Adds the hook to PROMPT_COMMAND: last, so that other parts have set PS1 before. Terminal integrations with a DEBUG trap
# take the first command after their own part for the user's; with a trap the hook is first, or behind the part that sets
# PS1 again, but never last.
_usageline_add_hook() {
  if [[ ${PROMPT_COMMAND[*]-} == *_usageline_precmd* ]]; then
    builtin return 0
  elif ! _usageline_writable PROMPT_COMMAND; then
    _usageline_complain PROMPT_COMMAND
  elif ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
    if [[ -n ${_usageline_debug-} ]]; then
      PROMPT_COMMAND=(_usageline_precmd ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"})
    else
      PROMPT_COMMAND=(${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"} _usageline_precmd)
    fi
  elif [[ -z ${PROMPT_COMMAND-} ]]; then
    PROMPT_COMMAND=_usageline_precmd
  elif [[ -n ${_usageline_debug-} ]]; then
    PROMPT_COMMAND='_usageline_precmd && :'$'\n'$PROMPT_COMMAND
  else
    PROMPT_COMMAND=$PROMPT_COMMAND$'\n''_usageline_precmd && :'
  fi
}

# Finds the hook's position in PROMPT_COMMAND, which other programs change as well.
_usageline_find_hook() {
  _usageline_position=part
  for _usageline_index in "${!PROMPT_COMMAND[@]}"; do
    _usageline_part=${PROMPT_COMMAND[_usageline_index]}
    if [[ $_usageline_part == _usageline_precmd ]]; then
      _usageline_position=whole
    elif [[ $_usageline_part == *_usageline_precmd* && $_usageline_part != *'_usageline_precmd && :'* ]]; then
      # Commands around the hook may use $?, which it restores; `&& :` hides that failure from an ERR trap.
      _usageline_part=${_usageline_part%%_usageline_precmd*}'_usageline_precmd && :'${_usageline_part#*_usageline_precmd}
      if _usageline_writable PROMPT_COMMAND; then PROMPT_COMMAND[_usageline_index]=$_usageline_part; fi
    fi
  done
  if [[ -n $_usageline_removed && -n ${_usageline_debug-} && $_usageline_position == whole ]]; then _usageline_move_hook; fi
  _usageline_removed=''
}

# Moves the hook one position back, but not to the end.
_usageline_move_hook() {
  _usageline_parts=() _usageline_left=${#PROMPT_COMMAND[@]} _usageline_held=''
  _usageline_writable PROMPT_COMMAND || builtin return 0
  for _usageline_part in "${PROMPT_COMMAND[@]}"; do
    _usageline_left=$((_usageline_left - 1))
    if [[ $_usageline_part == _usageline_precmd ]] && ((_usageline_left > 1)); then
      _usageline_held=1
    else
      _usageline_parts+=("$_usageline_part")
      if [[ -n $_usageline_held ]]; then _usageline_parts+=(_usageline_precmd) _usageline_held=''; fi
    fi
  done
  PROMPT_COMMAND=("${_usageline_parts[@]}")
}

_usageline_add_hook
_usageline_find_hook

if [[ $_usageline_aliases == yes ]]; then builtin shopt -s expand_aliases; fi
