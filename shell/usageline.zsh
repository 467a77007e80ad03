# usageline for zsh. Reads the ready line with builtins alone: no process at a fresh prompt.
# The format of the file: docs/specs/ready-line.md. What `usageline init zsh` prints stands before this and sets:
#   _usageline_program    the program, as an array
#   _usageline_where      what the place of the files depends on, and
#   _usageline_ready      the ready line for it, and
#   _usageline_login1, _usageline_login2   the files whose change makes somebody else of us, and
#   _usageline_config     the one whose change makes another line of it
# It gives you:
#   $usageline_prompt     the line for PROMPT or RPROMPT, with zsh's own colours
#   $USAGELINE            the line as plain text, exported: starship, powerlevel10k, oh-my-posh
# It puts itself into RPROMPT; set usageline_place=none before to place $usageline_prompt yourself.

zmodload zsh/datetime 2>/dev/null
typeset -gx USAGELINE=${USAGELINE-}
# What a second `eval` finds stays as it is: in RPROMPT there is the line of the first.
typeset -g usageline_prompt=${usageline_prompt-} _usageline_token=${_usageline_token-} _usageline_fd=${_usageline_fd-}
typeset -g _usageline_mode=promptsubst _usageline_quick= _usageline_changed=
typeset -gi _usageline_started=${_usageline_started-0} _usageline_from=0 _usageline_until=0
typeset -g usageline_place=${usageline_place-${${:-${STARSHIP_SHELL-}${POWERLEVEL9K_MODE-}${POSH_THEME-}}:+none}}

# What runs at every prompt, in a row: each function, list or option of its own would cost as much as the whole.
# The line of the last prompt still is the one to show when its time has not come (a minute at most) and nothing
# has changed: environment (what is changed in a session; the rest is looked at with the next line), credentials and
# configuration (to the millisecond; one that is gone or older is seen with the next line), and what has been put
# into RPROMPT.
_usageline_precmd() {
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}" == "$_usageline_quick" && $_usageline_login1 -nt $_usageline_since1 && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_config -nt $_usageline_tillc && -o $_usageline_mode && ${RPROMPT-} == *"$_usageline_token" ]] &&
    (( EPOCHSECONDS < _usageline_until && EPOCHSECONDS >= _usageline_from ))
  then
  else
    _usageline_look
  fi
}

# Everything that the same line again does without.
_usageline_look() {
  _usageline_again
  (( EPOCHSECONDS < _usageline_until )) || _usageline_refresh
  return 0
}

_usageline_again() {
  if [[ -o promptsubst ]]; then typeset -g _usageline_mode=promptsubst; else typeset -g _usageline_mode=nopromptsubst; fi
  emulate -L zsh
  setopt noerrexit noerrreturn unset nowarncreateglobal
  [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" ]] || _usageline_locate
  # Another configuration makes another line: it is waited for, once. When that does not help, the refresh may.
  [[ -n $_usageline_changed ]] || _usageline_same "$_usageline_config" config || _usageline_locate same
  if _usageline_same "$_usageline_config" config; then _usageline_changed=; else _usageline_changed=1; fi
  typeset -g _usageline_quick="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}"
  local text=
  # A file may go between two looks at it.
  { _usageline_find } 2>/dev/null
  [[ -z $_usageline_changed ]] || _usageline_until=0
  _usageline_take "$text"
  _usageline_place
}

# Sets $text to what is true now, or to a sign that the answer is on its way when the line was prepared for other
# credentials, or to nothing when there is none; and notes until when it need not be looked for again.
_usageline_find() {
  local file=$_usageline_ready
  local -a lines head
  _usageline_until=0
  # One of ours, or none at all.
  [[ -O $file ]] || return 0
  lines=("${(@f)$(<$file)}")
  # What is no number never meets arithmetic.
  [[ ${lines[1]} == 'usageline-ready 1 '<1-99999999999>' '<1-99999999999>' '<->' '<-> ]] || return 0
  head=(${(s: :)lines[1]})
  # Prepared in the future: the clock has been set back since.
  _usageline_from=$(( ${head[4]} - 5 ))
  (( EPOCHSECONDS >= _usageline_from )) || return 0
  if ! _usageline_same "$_usageline_login1" 1 || ! _usageline_same "$_usageline_login2" 2; then
    text=…
    return 0
  fi
  if _usageline_first "${(@)lines[2,-1]}"; then
    (( _usageline_until <= ${head[3]} )) || _usageline_until=${head[3]}
    return 0
  fi
  [[ -O $file.later ]] || return 0
  lines=("${(@f)$(<$file.later)}")
  [[ ${lines[1]} == "${head[6]}" ]] && _usageline_first "${(@)lines[2,-1]}"
  _usageline_until=0
}

# The first of some texts whose time is still to come.
_usageline_first() {
  local line
  for line in "$@"; do
    [[ $line == <1-99999999999>' '* ]] || return 1
    (( EPOCHSECONDS < ${line%% *} )) || continue
    text=${line#* } _usageline_until=${line%% *}
    return 0
  done
  return 1
}

_usageline_same() {
  local since=$_usageline_directory/since.$2 till=$_usageline_directory/till.$2
  [[ ( $1 -nt $since && ! $1 -nt $till ) || ( ! -e $1 && ! -e $since ) ]]
}

# Asks the program where the files are: the environment is another one than before, or the configuration.
_usageline_locate() {
  local -a answer
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  answer=("${(@f)$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}"; builtin cd -q /; exec $_usageline_program ready zsh </dev/null 2>/dev/null)}")
  # In the same environment no answer changes nothing.
  [[ -n ${answer[1]-} || ${1-} != same ]] || return 0
  _usageline_ready=${answer[1]-} _usageline_login1=${answer[2]-} _usageline_login2=${answer[3]-} _usageline_config=${answer[4]-}
  _usageline_split
  # The refresh of another account does not wait for ten seconds since the last one's start.
  _usageline_started=0
}

_usageline_split() {
  typeset -g _usageline_directory=${_usageline_ready%/*}
  typeset -g _usageline_since1=$_usageline_directory/since.1 _usageline_till1=$_usageline_directory/till.1
  typeset -g _usageline_tillc=$_usageline_directory/till.config
}
_usageline_split

# A relative directory counts from where the shell was when the program was asked for the files.
_usageline_absolute() {
  case ${CLAUDE_CONFIG_DIR-} in
    (''|/*) ;;
    (*) CLAUDE_CONFIG_DIR=$1 ;;
  esac
}

# Starts the one refresh, and has the prompt drawn anew when it is done.
_usageline_refresh() {
  emulate -L zsh
  setopt noerrexit noerrreturn unset
  [[ -z $_usageline_fd ]] && (( EPOCHSECONDS - _usageline_started >= 10 || EPOCHSECONDS < _usageline_started )) || return 0
  _usageline_started=$EPOCHSECONDS
  # The second one for a login that has changed: a link may lead to another directory now, so the next prompt asks.
  if [[ $usageline_prompt != … ]]; then
    typeset -g _usageline_lost=
  else
    [[ -z ${_usageline_lost-} ]] || _usageline_where=
    typeset -g _usageline_lost=1
  fi
  if [[ -o zle ]]; then
    exec {_usageline_fd}< <(_usageline_absolute "${_usageline_login1%/*}"; builtin cd -q /; exec $_usageline_program ready zsh --refresh </dev/null 2>/dev/null)
    zle -F $_usageline_fd _usageline_done
  else
    ( _usageline_absolute "${_usageline_login1%/*}"; builtin cd -q /; $_usageline_program ready zsh --refresh </dev/null >/dev/null 2>&1 & )
  fi
}

# The refresh is over: its end of the pipe is closed. The prompt is drawn with the user's own options.
_usageline_done() {
  zle -F $1
  exec {_usageline_fd}<&-
  typeset -g _usageline_fd= _usageline_shown=$usageline_prompt
  _usageline_again
  [[ $usageline_prompt == "$_usageline_shown" ]] || zle reset-prompt
}

_usageline_take() {
  [[ $1 == "$usageline_prompt" ]] && return 0
  # As plain text: without the colours, and what was doubled is one again.
  local rest=$1 plain=
  while [[ $rest == *%* ]]; do
    plain+=${rest%%\%*}
    rest=${rest#*%}
    case $rest in
      (%*) plain+=% rest=${rest#%} ;;
      ([FK]\{*) rest=${rest#*\}} ;;
      (*) rest=${rest#?} ;;
    esac
  done
  # No line of ours has what a prompt or a terminal might take for more than text.
  if [[ $1 == *[$'\1'-$'\37'$'\177'\$\`\\]* ]]; then
    usageline_prompt= USAGELINE=
  else
    usageline_prompt=$1 USAGELINE=$plain$rest
  fi
}

# At the end of RPROMPT, whatever a theme has made of it meanwhile. With PROMPT_SUBST as a parameter, since its
# value is not expanded once more; without it as it is, for then nothing is expanded that could run.
_usageline_place() {
  [[ $usageline_place == none ]] && return 0
  if [[ -n $_usageline_token ]]; then
    # Who has overwritten it does so at every prompt: we come after him from now on.
    [[ ${RPROMPT-} == *"$_usageline_token" || ${precmd_functions[-1]-} == _usageline_precmd ]] || _usageline_hook
    RPROMPT=${RPROMPT%"$_usageline_token"}
  fi
  _usageline_token=$usageline_prompt
  [[ $_usageline_mode == promptsubst ]] && _usageline_token='${usageline_prompt}'
  RPROMPT=${RPROMPT-}$_usageline_token
}

# The last of those that are called before a prompt.
_usageline_hook() {
  emulate -L zsh
  typeset -ga precmd_functions
  precmd_functions=("${(@)precmd_functions:#_usageline_precmd}" _usageline_precmd)
}

# Without a clock there is no saying what is still true.
if [[ -n ${EPOCHSECONDS-} ]]; then _usageline_hook; fi
