# usageline for bash. Reads the ready line with builtins alone: no process at a fresh prompt.
# The format of the file: docs/specs/ready-line.md. What `usageline init bash` prints stands before this and sets:
#   _usageline_program    the program, as an array
#   _usageline_where      what the place of the files depends on, and
#   _usageline_ready      the ready line for it, and
#   _usageline_login1, _usageline_login2   the files whose change makes somebody else of us, and
#   _usageline_config     the one whose change makes another line of it
# It gives you:
#   $usageline_prompt     the line for PS1, colours included: PS1='$usageline_prompt …' (in single quotes)
#   $USAGELINE            the line as plain text, exported: starship, oh-my-posh
# It puts itself before PS1; set usageline_place=none before to place $usageline_prompt yourself.

# What a second `eval` finds stays as it is.
usageline_prompt=${usageline_prompt-} _usageline_started=${_usageline_started-0} _usageline_lost='' _usageline_changed='' _usageline_from=0 _usageline_until=0
_usageline_mark=usageline_prompt
export USAGELINE=${USAGELINE-}
usageline_place=${usageline_place-}
if [[ -z $usageline_place && -n ${STARSHIP_SHELL-}${POSH_THEME-} ]]; then usageline_place=none; fi
# Before version 5 bash knows only how long it has been running.
_usageline_clock=EPOCHSECONDS
if [[ -z ${EPOCHSECONDS-} ]]; then _usageline_clock="SECONDS + $(($(date +%s) - SECONDS))"; fi
# No line of ours has a character that a terminal or a prompt might take for more than text.
_usageline_never=$'$`\\\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177'

# What runs at every prompt, in a row. The line of the last prompt still is the one to show when its time has not
# come (a minute at most) and nothing has changed: environment, credentials and configuration (to the millisecond;
# one that is gone or older is seen with the next line), and what has been put into PS1.
_usageline_precmd() {
  _usageline_status=$?
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_login1 -ot $_usageline_since1 && ! $_usageline_config -nt $_usageline_tillc && ${PS1-} == *$_usageline_mark* ]] &&
    (($_usageline_clock < _usageline_until && $_usageline_clock >= _usageline_from))
  then
    :
  else
    _usageline_look || :
  fi
  # Whoever comes after us sees what the command said; with `set -e` that would be the shell's end.
  [[ $_usageline_status == 0 || $- == *e* ]] || return "$_usageline_status"
}

# Everything that the same line again does without.
_usageline_look() {
  local IFS=' '
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" != "$_usageline_where" ]]; then
    _usageline_locate
  fi
  _usageline_follow
  local text='' now=$(($_usageline_clock))
  _usageline_until=0
  # A file may go between two looks at it.
  _usageline_find 2>/dev/null || :
  [[ -z $_usageline_changed ]] || _usageline_until=0
  _usageline_take
  # What the fast way looks for in PS1: nothing when somebody places the line himself.
  if [[ $usageline_place == none ]]; then _usageline_mark=''; else _usageline_mark=usageline_prompt; fi
  if [[ ${PS1-} != *$_usageline_mark* ]]; then
    PS1='${usageline_prompt:+$usageline_prompt }'${PS1-}
  fi
  ((now < _usageline_until)) || _usageline_refresh
}

# Sets $text to what is true now, or to a sign that the answer is on its way when the line was prepared for other
# credentials, or to nothing when there is none; and notes until when it need not be looked for again.
_usageline_find() {
  local line tag format refresh from boot id rest
  # One of ours, or none at all.
  [[ -O $_usageline_ready ]] || return 0
  {
    read -r tag format refresh from boot id rest || return 0
    [[ "$tag $format" == 'usageline-ready 1' ]] || return 0
    # What is no number never meets arithmetic.
    _usageline_number "$refresh" && _usageline_number "$from" || return 0
    _usageline_from=$((from - 5))
    # Prepared in the future: the clock has been set back since.
    ((now >= _usageline_from)) || return 0
    if ! _usageline_same "$_usageline_login1" 1 || ! _usageline_same "$_usageline_login2" 2; then
      text=…
      return 0
    fi
    if _usageline_first; then
      ((_usageline_until <= refresh)) || _usageline_until=$refresh
      return 0
    fi
  } <"$_usageline_ready"
  [[ -O $_usageline_ready.later ]] || return 0
  {
    read -r line && [[ $line == "$id" ]] && _usageline_first
    _usageline_until=0
  } <"$_usageline_ready.later"
}

# The first text whose time is still to come.
_usageline_first() {
  local until candidate
  while read -r until candidate; do
    _usageline_number "$until" || return 1
    if ((now < until)); then
      text=$candidate _usageline_until=$until
      return 0
    fi
  done
  return 1
}

# Digits, no octal ones, and not more than a time has.
_usageline_number() {
  [[ $1 == [1-9]* && $1 != *[!0-9]* && ${#1} -le 11 ]]
}

_usageline_same() {
  [[ ! $1 -nt $_usageline_directory/till.$2 && ! $1 -ot $_usageline_directory/since.$2 ]]
}

# Another configuration makes another line: it is waited for, once. When that does not help, the refresh may.
_usageline_follow() {
  if [[ -z $_usageline_changed ]] && ! _usageline_same "$_usageline_config" config; then _usageline_locate same; fi
  if _usageline_same "$_usageline_config" config; then _usageline_changed=''; else _usageline_changed=1; fi
}

# Asks the program where the files are: the environment is another one than before, or the configuration.
_usageline_locate() {
  local answer
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  answer=$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}" && builtin cd / && exec "${_usageline_program[@]}" ready bash </dev/null 2>/dev/null) || :
  # In the same environment no answer changes nothing.
  [[ -n $answer || ${1-} != same ]] || return 0
  {
    IFS= read -r _usageline_ready
    IFS= read -r _usageline_login1
    IFS= read -r _usageline_login2
    IFS= read -r _usageline_config
  } <<<"$answer" || :
  _usageline_split
  # The refresh of another account does not wait for ten seconds since the last one's start.
  _usageline_started=0
}

_usageline_split() {
  _usageline_directory=${_usageline_ready%/*}
  _usageline_since1=$_usageline_directory/since.1 _usageline_till1=$_usageline_directory/till.1
  _usageline_tillc=$_usageline_directory/till.config
}
_usageline_split

# A relative directory counts from where the shell was when the program was asked for the files.
_usageline_absolute() {
  case ${CLAUDE_CONFIG_DIR-} in '' | /*) ;; *) CLAUDE_CONFIG_DIR=$1 ;; esac
}

# Starts the one refresh; its answer is at the next prompt.
_usageline_refresh() {
  ((now - _usageline_started >= 10 || now < _usageline_started)) || return 0
  _usageline_started=$now
  # The second one for a login that has changed: a link may lead to another directory now, so the next prompt asks.
  if [[ $usageline_prompt != … ]]; then
    _usageline_lost=''
  else
    [[ -z $_usageline_lost ]] || _usageline_where=''
    _usageline_lost=1
  fi
  (
    _usageline_absolute "${_usageline_login1%/*}"
    builtin cd / || :
    "${_usageline_program[@]}" ready bash --refresh </dev/null >/dev/null 2>&1 &
  ) 2>/dev/null
}

_usageline_take() {
  [[ $text != "$usageline_prompt" ]] || return 0
  local rest=$text plain='' style
  # What readline is told to take for no width are the colours.
  while [[ $rest == *$'\001'*$'\002'* ]]; do
    plain+=${rest%%$'\001'*}
    rest=${rest#*$'\001'}
    style=${rest%%$'\002'*}
    rest=${rest#*$'\002'}
    [[ $style == $'\033['*m ]] || plain+=$'\033'
    style=${style#$'\033['}
    [[ ${style%m} != *[!0-9\;]* ]] || plain+=$'\033'
  done
  plain+=$rest
  if [[ $plain == *[$_usageline_never]* ]]; then text='' plain=''; fi
  usageline_prompt=$text USAGELINE=$plain
}

if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
  case " ${PROMPT_COMMAND[*]-} " in
    *_usageline_precmd*) ;;
    *) PROMPT_COMMAND=(${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"} _usageline_precmd) ;;
  esac
else
  case "${PROMPT_COMMAND-}" in
    *_usageline_precmd*) ;;
    *) PROMPT_COMMAND=${PROMPT_COMMAND:+"$PROMPT_COMMAND"$'\n'}_usageline_precmd ;;
  esac
fi
