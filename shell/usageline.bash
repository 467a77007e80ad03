# usageline for bash. Reads the ready line with builtins alone: no process at a fresh prompt.
# The format of the file: docs/specs/ready-line.md. What `usageline init bash` prints reads this file, and before that sets:
#   _usageline_program    the program, as an array
#   _usageline_where      what the place of the files depends on, and
#   _usageline_ready      the ready line for it, and
#   _usageline_login1, _usageline_login2   the login files: when one changes, another account may be signed in; and
#   _usageline_config     the one whose change makes another line of it
#   _usageline_debug      the DEBUG trap, if there is one
# It gives you:
#   $usageline_prompt     the line for PS1, colours included: PS1='$usageline_prompt …' (in single quotes)
#   $USAGELINE            the line as plain text, exported: starship, oh-my-posh
# It puts itself before PS1; set usageline_place=none before to place $usageline_prompt yourself.
#
# It runs in the shell of its user, so:
# - There is no `local` but for IFS: it fails for a name that the user has made read-only. All names begin with _usageline_.
# - Builtins are called by `builtin`, since a function may have the name, and aliases are off while this is read.
# - No command fails outside a condition, or ERR traps would see it.

_usageline_aliases=no
\builtin shopt -q expand_aliases && _usageline_aliases=yes
\builtin shopt -u expand_aliases

# What a second `eval` finds stays as it is. The environment can have any text where arithmetic needs a number.
if [[ ${_usageline_started-} != [1-9]* || $_usageline_started == *[!0-9]* ]]; then _usageline_started=0; fi
usageline_prompt=${usageline_prompt-} _usageline_changed='' _usageline_from=0 _usageline_until=0
_usageline_mark=usageline_prompt _usageline_token=${_usageline_token-} _usageline_options=-1 _usageline_asked='' _usageline_place='' _usageline_lost='' _usageline_stray='' _usageline_coarse=''
builtin export USAGELINE=${USAGELINE-}
usageline_place=${usageline_place-}
if [[ -z $usageline_place && -n ${STARSHIP_SHELL-}${POSH_THEME-} ]]; then usageline_place=none; fi
# The list of options gets longer and shorter with each of them; bash before version 4.1 has none.
if [[ -z ${BASHOPTS+x} ]]; then BASHOPTS=''; fi
# Before version 5 bash knows only how long it has been running.
_usageline_clock=EPOCHSECONDS
if [[ -z ${EPOCHSECONDS-} ]]; then _usageline_clock="SECONDS + $(($(date +%s) - SECONDS))"; fi
# No line of ours has a character that a terminal or a prompt might take for more than text.
_usageline_never=$'$`\\\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177'

# What runs at every prompt, in a row. The line of the last prompt still is the one to show when its time has not
# come (a minute at most) and nothing has changed: environment, credentials and configuration (to the millisecond;
# one that is gone or older is seen with the next line), options of the shell, and what has been put into PS1.
_usageline_precmd() {
  _usageline_status=$?
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_login1 -ot $_usageline_since1 && ! $_usageline_config -nt $_usageline_tillc && ${PS1-} == *"$_usageline_mark"* ]] &&
    (($_usageline_clock < _usageline_until && $_usageline_clock >= _usageline_from && ${#BASHOPTS} == _usageline_options))
  then
    _usageline_quick=yes
  else
    _usageline_quick=no
    _usageline_look || _usageline_until=0
  fi
  # bash itself brings $? back after each command of PROMPT_COMMAND. A part of one brings it back for the next part.
  if [[ $_usageline_place == part && $_usageline_status != 0 ]]; then builtin return "$_usageline_status"; fi
}

# Everything that the same line again does without, with options that change what functions do or texts compare to.
_usageline_look() {
  _usageline_trace=no _usageline_fold=no
  if [[ $- == *T* ]]; then
    _usageline_trace=yes
    builtin set +T
  fi
  if builtin shopt -q nocasematch; then
    _usageline_fold=yes
    builtin shopt -u nocasematch
  fi
  _usageline_show || _usageline_until=0
  if [[ $_usageline_fold == yes ]]; then
    builtin shopt -s nocasematch
    # The quick comparison is not exact as long as that is set.
    _usageline_options=-1
  else
    _usageline_options=${#BASHOPTS}
  fi
  if [[ $_usageline_trace == yes ]]; then builtin set -T; fi
}

_usageline_show() {
  # `read` splits by IFS. If the user has made an unusual IFS read-only, no line is shown.
  [[ ${IFS-$' \t\n'} == $' \t\n' ]] || builtin local IFS=' ' 2>/dev/null || :
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" != "$_usageline_where" ]]; then
    _usageline_locate
  fi
  _usageline_follow
  _usageline_text='' _usageline_now=$(($_usageline_clock)) _usageline_until=0
  # A file may go between two looks at it.
  _usageline_find 2>/dev/null || :
  [[ -z $_usageline_changed ]] || _usageline_until=0
  # The quick comparison sees only times.
  if [[ -e $_usageline_since1 && -h $_usageline_since1 ]] || [[ -e $_usageline_sincec && -h $_usageline_sincec ]]; then
    _usageline_from=99999999999
  fi
  _usageline_take
  _usageline_put
  _usageline_order
  ((_usageline_now < _usageline_until)) || _usageline_refresh
}

# Sets $_usageline_text to what is true now, or to a sign that the answer is on its way when the line was prepared for
# other credentials, or to nothing when there is none; and notes until when it need not be looked for again.
_usageline_find() {
  if ! _usageline_own "$_usageline_ready"; then
    _usageline_blocked
    builtin return 0
  fi
  {
    builtin read -r _usageline_tag _usageline_format _usageline_due _usageline_begin _usageline_id _usageline_rest || builtin return 0
    [[ "$_usageline_tag $_usageline_format" == 'usageline-ready 1' ]] || builtin return 0
    # What is no number never meets arithmetic, and is in no variable that the next prompt computes with.
    _usageline_number "$_usageline_due" && _usageline_number "$_usageline_begin" || builtin return 0
    _usageline_from=$((_usageline_begin - 5))
    # Prepared in the future: the clock has been set back since.
    ((_usageline_now >= _usageline_from)) || builtin return 0
    if ! _usageline_same "$_usageline_login1" 1 || ! _usageline_same "$_usageline_login2" 2; then
      _usageline_text=…
      builtin return 0
    fi
    if _usageline_first; then
      ((_usageline_until <= _usageline_due)) || _usageline_until=$_usageline_due
      builtin return 0
    fi
  } <"$_usageline_ready"
  _usageline_own "$_usageline_ready.later" || builtin return 0
  {
    if builtin read -r _usageline_line && [[ $_usageline_line == "$_usageline_id" ]]; then _usageline_first || :; fi
    _usageline_until=0
  } <"$_usageline_ready.later"
}

# A file of the user's, and no link: what another user puts in its place is not read, and no pipe is waited for.
_usageline_own() {
  [[ -f $1 && -O $1 && ! -h $1 ]]
}

# The first text whose time is still to come.
_usageline_first() {
  while builtin read -r _usageline_end _usageline_line; do
    _usageline_number "$_usageline_end" || builtin return 1
    if ((_usageline_now < _usageline_end)); then
      _usageline_text=$_usageline_line _usageline_until=$_usageline_end
      builtin return 0
    fi
  done
  builtin return 1
}

# Digits, no octal ones, and not more than a time has.
_usageline_number() {
  [[ $1 == [1-9]* && $1 != *[!0-9]* && ${#1} -le 11 ]]
}

# A directory that cannot be entered holds no line for good, and nothing that is started would change that.
_usageline_blocked() {
  _usageline_rest=$_usageline_directory
  while [[ -n $_usageline_rest && ! -e $_usageline_rest ]]; do _usageline_rest=${_usageline_rest%/*}; done
  if [[ -n $_usageline_rest && ! -x $_usageline_rest ]]; then
    _usageline_text='cache not readable' _usageline_until=$((_usageline_now + 60)) _usageline_from=$_usageline_now
  fi
}

# Whether a file is the one that the line was prepared for. A link in the place of `since` stands for a file whose time
# says nothing: it leads where the file led, or to nothing, and then the program has to be asked, once. Where the times of
# the cache are too coarse for the file's, a file that is older than the lines is the same.
_usageline_same() {
  if [[ -h $_usageline_directory/since.$2 ]]; then
    if [[ -e $_usageline_directory/since.$2 ]]; then
      [[ $1 -ef $_usageline_directory/since.$2 && ! $1 -nt $_usageline_directory/till.$2 ]]
    else
      [[ -n $_usageline_asked && -e $1 && ! $1 -nt $_usageline_directory/till.$2 ]]
    fi
  elif [[ -e $1 ]]; then
    [[ -e $_usageline_directory/since.$2 ]] || builtin return 1
    [[ ! $1 -nt $_usageline_directory/till.$2 && ! $1 -ot $_usageline_directory/since.$2 ]] || [[ -n $_usageline_coarse && ! $1 -nt $_usageline_directory ]]
  else
    [[ ! -e $_usageline_directory/since.$2 ]]
  fi
}

# Whether only the program can say if a file is the same.
_usageline_unknown() {
  [[ -z $_usageline_asked && -h $_usageline_directory/since.$1 && ! -e $_usageline_directory/since.$1 ]]
}

# Another configuration makes another line: it is waited for, once. When that does not help, the refresh may.
_usageline_follow() {
  if [[ -z $_usageline_changed ]]; then
    if ! _usageline_same "$_usageline_config" config || _usageline_unknown 1 || _usageline_unknown 2; then
      _usageline_locate same
    fi
  fi
  if _usageline_same "$_usageline_config" config; then _usageline_changed=''; else _usageline_changed=1; fi
}

# Asks the program where the files are: the environment is another one than before, or the configuration.
_usageline_locate() {
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  _usageline_answer=$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}" && builtin cd / && exec "${_usageline_program[@]}" ready bash </dev/null 2>/dev/null) || :
  _usageline_asked=1
  # In the same environment no answer changes nothing.
  [[ -n $_usageline_answer || ${1-} != same ]] || builtin return 0
  {
    IFS= builtin read -r _usageline_ready
    IFS= builtin read -r _usageline_login1
    IFS= builtin read -r _usageline_login2
    IFS= builtin read -r _usageline_config
  } <<<"$_usageline_answer" || :
  _usageline_split
  # The program has just prepared the line for these files. When they still look like others, times are coarse.
  _usageline_coarse=''
  _usageline_same "$_usageline_login1" 1 && _usageline_same "$_usageline_login2" 2 && _usageline_same "$_usageline_config" config || _usageline_coarse=1
  # The refresh of another account does not wait for ten seconds since the last one's start.
  _usageline_started=0
}

_usageline_split() {
  _usageline_directory=${_usageline_ready%/*}
  _usageline_since1=$_usageline_directory/since.1 _usageline_till1=$_usageline_directory/till.1
  _usageline_sincec=$_usageline_directory/since.config _usageline_tillc=$_usageline_directory/till.config
}
_usageline_split

# A relative directory counts from where the shell was when the program was asked for the files.
_usageline_absolute() {
  case ${CLAUDE_CONFIG_DIR-} in '' | /*) ;; *) CLAUDE_CONFIG_DIR=$1 ;; esac
}

# Closes what the shell has open, so that it does not stay open as long as the refresh runs: locks, ends of pipes.
_usageline_close() {
  builtin set +f
  for _usageline_rest in /dev/fd/*; do
    _usageline_rest=${_usageline_rest##*/}
    if [[ $_usageline_rest != *[!0-9]* && $_usageline_rest != [0-2] ]]; then builtin eval "exec $_usageline_rest>&-" || :; fi
  done
}

# Starts the one refresh; its answer is at the next prompt.
_usageline_refresh() {
  ((_usageline_now - _usageline_started >= 10 || _usageline_now < _usageline_started)) || builtin return 0
  _usageline_started=$_usageline_now
  # The second one for a login that has changed: a link may lead to another directory now, so the next prompt asks.
  if [[ $usageline_prompt != … ]]; then
    _usageline_stray=''
  else
    [[ -z $_usageline_stray ]] || _usageline_where=''
    _usageline_stray=1
  fi
  (
    _usageline_absolute "${_usageline_login1%/*}"
    builtin cd / || :
    _usageline_close
    "${_usageline_program[@]}" ready bash --refresh </dev/null >/dev/null 2>&1 &
  ) 2>/dev/null
}

_usageline_take() {
  [[ $_usageline_text != "$usageline_prompt" ]] || builtin return 0
  _usageline_rest=$_usageline_text _usageline_plain=''
  # What readline is told to take for no width are the colours.
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

# Before PS1. As a parameter, since its value is not expanded once more; where bash expands nothing in a prompt, as plain
# text, which has nothing that PS1 gives a meaning to.
# When the user places the line, the quick comparison looks for nothing in PS1.
_usageline_put() {
  if [[ $usageline_place == none ]]; then
    _usageline_mark=''
    builtin return 0
  fi
  _usageline_rest=$_usageline_token
  if builtin shopt -q promptvars; then
    _usageline_token='${usageline_prompt:+$usageline_prompt }' _usageline_mark=usageline_prompt
  else
    _usageline_token=${USAGELINE:+$USAGELINE } _usageline_mark=$_usageline_token
  fi
  if [[ $_usageline_token == "$_usageline_rest" && ${PS1-} == *"$_usageline_mark"* ]]; then builtin return 0; fi
  if ! _usageline_writable PS1; then
    usageline_place=none _usageline_mark=''
    _usageline_complain PS1
    builtin return 0
  fi
  # Put there before, and gone.
  if [[ -n $_usageline_rest && ${PS1-} != *"$_usageline_rest"* ]]; then _usageline_lost=1; fi
  if [[ $_usageline_token != "$_usageline_rest" && -n $_usageline_rest ]]; then PS1=${PS1/"$_usageline_rest"/}; fi
  if [[ ${PS1-} != *"$_usageline_mark"* || -z $_usageline_mark ]]; then PS1=$_usageline_token${PS1-}; fi
}

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

# Our part of PROMPT_COMMAND is the last, so that it finds PS1 as others have made it. Terminals that see by a DEBUG trap
# which command runs wait for the first one after their own part. There the hook goes first, or behind the part that
# makes PS1 anew, but never last.
_usageline_enter() {
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

# Looks where we stand in PROMPT_COMMAND, for others change it, too.
_usageline_order() {
  _usageline_place=part
  for _usageline_index in "${!PROMPT_COMMAND[@]}"; do
    _usageline_part=${PROMPT_COMMAND[_usageline_index]}
    if [[ $_usageline_part == _usageline_precmd ]]; then
      _usageline_place=whole
    elif [[ $_usageline_part == *_usageline_precmd* && $_usageline_part != *'_usageline_precmd && :'* ]]; then
      # What has been put around it may look at $?, and then an ERR trap must not see that it is brought back.
      _usageline_part=${_usageline_part%%_usageline_precmd*}'_usageline_precmd && :'${_usageline_part#*_usageline_precmd}
      if _usageline_writable PROMPT_COMMAND; then PROMPT_COMMAND[_usageline_index]=$_usageline_part; fi
    fi
  done
  if [[ -n $_usageline_lost && -n ${_usageline_debug-} && $_usageline_place == whole ]]; then _usageline_later; fi
  _usageline_lost=''
}

# One place further back, but not the last.
_usageline_later() {
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

_usageline_enter
_usageline_order

if [[ $_usageline_aliases == yes ]]; then builtin shopt -s expand_aliases; fi
