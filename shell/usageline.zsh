# usageline for zsh. Reads the ready line with builtins alone: no process at a fresh prompt.
# The format of the file: docs/specs/ready-line.md. What `usageline init zsh` prints reads this file under zsh's own options and without aliases,
# and before that sets:
#   _usageline_program    the program, as an array
#   _usageline_where      what the place of the files depends on, and
#   _usageline_ready      the ready line for it, and
#   _usageline_login1, _usageline_login2   the login files: when one changes, another account may be signed in; and
#   _usageline_config     the one whose change makes another line of it
# It gives you:
#   $usageline_prompt     the line for PROMPT or RPROMPT, with zsh's own colours
#   $USAGELINE            the line as plain text, exported: starship, powerlevel10k, oh-my-posh
# It puts itself into RPROMPT; set usageline_place=none before to place $usageline_prompt yourself.
#
# It runs in the shell of its user, so:
# - There is no `local`: that fails for a name that the user has made read-only. All names begin with _usageline_.
# - Builtins are called by `builtin`, since a function may have the name.

builtin zmodload zsh/datetime 2>/dev/null
builtin typeset -gx "USAGELINE=${USAGELINE-}"
# What a second `eval` finds stays as it is: in RPROMPT there is the line of the first.
builtin typeset -g "usageline_prompt=${usageline_prompt-}" "_usageline_token=${_usageline_token-}" "_usageline_fd=${_usageline_fd-}"
builtin typeset -g _usageline_mode=promptsubst _usageline_percent=promptpercent _usageline_quick= _usageline_changed= _usageline_asked= _usageline_coarse=
builtin typeset -gi _usageline_started=${_usageline_started-0} _usageline_from=0 _usageline_until=0
builtin typeset -ga _usageline_lines _usageline_head _usageline_answer
# `none` where the user has chosen the place, `segment` where that is one of powerlevel10k.
builtin typeset -g "_usageline_free=${_usageline_free-${usageline_place-yes}}"
builtin typeset -g "usageline_place=${usageline_place-${${:-${STARSHIP_SHELL-}${POWERLEVEL9K_MODE-}${POSH_THEME-}}:+none}}"

# What runs at every prompt, in a row: each function, list or option of its own would cost as much as the whole.
# The line of the last prompt still is the one to show when its time has not come (a minute at most) and nothing
# has changed: environment (what is changed in a session; the rest is looked at with the next line), credentials and
# configuration (to the millisecond; one that is gone or older is seen with the next line), how prompts are expanded, and
# what has been put into RPROMPT.
_usageline_precmd() {
  if [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}" == "$_usageline_quick" && $_usageline_login1 -nt $_usageline_since1 && ! $_usageline_login1 -nt $_usageline_till1 && ! $_usageline_config -nt $_usageline_tillc && -o $_usageline_mode && -o $_usageline_percent && ${RPROMPT-} == *"$_usageline_token" ]] &&
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
  builtin return 0
}

_usageline_again() {
  if [[ -o promptsubst ]]; then builtin typeset -g _usageline_mode=promptsubst; else builtin typeset -g _usageline_mode=nopromptsubst; fi
  if [[ -o promptpercent ]]; then builtin typeset -g _usageline_percent=promptpercent; else builtin typeset -g _usageline_percent=nopromptpercent; fi
  builtin emulate -L zsh
  builtin setopt noerrexit noerrreturn unset nowarncreateglobal
  builtin trap - DEBUG ZERR
  [[ "${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}" == "$_usageline_where" ]] || _usageline_locate
  # Another configuration makes another line: it is waited for, once. When that does not help, the refresh may.
  if [[ -z $_usageline_changed ]]; then
    if ! _usageline_same "$_usageline_config" config || _usageline_unknown 1 || _usageline_unknown 2; then _usageline_locate same; fi
  fi
  if _usageline_same "$_usageline_config" config; then _usageline_changed=; else _usageline_changed=1; fi
  _usageline_quick="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}"
  _usageline_text=
  # A file may go between two looks at it.
  { _usageline_find; } 2>/dev/null
  [[ -z $_usageline_changed ]] || _usageline_until=0
  # The quick comparison sees only the time of the configuration.
  if [[ -h $_usageline_sincec && -e $_usageline_sincec ]]; then _usageline_from=99999999999; fi
  _usageline_take "$_usageline_text"
  _usageline_place
}

# Sets $_usageline_text to what is true now, or to a sign that the answer is on its way when the line was prepared for
# other credentials, or to nothing when there is none; and notes until when it need not be looked for again.
_usageline_find() {
  _usageline_until=0
  # A file of the user's, and no link: what another user puts in its place is not read, and no pipe is waited for.
  if [[ ! ( -f $_usageline_ready && -O $_usageline_ready && ! -h $_usageline_ready ) ]]; then
    _usageline_blocked
    builtin return 0
  fi
  _usageline_lines=("${(@f)$(<$_usageline_ready)}")
  # What is no number never meets arithmetic.
  [[ ${_usageline_lines[1]} == 'usageline-ready 1 '<1-99999999999>' '<1-99999999999>' '<-> ]] || builtin return 0
  _usageline_head=(${(s: :)_usageline_lines[1]})
  # Prepared in the future: the clock has been set back since.
  _usageline_from=$(( ${_usageline_head[4]} - 5 ))
  (( EPOCHSECONDS >= _usageline_from )) || builtin return 0
  if ! _usageline_same "$_usageline_login1" 1 || ! _usageline_same "$_usageline_login2" 2; then
    _usageline_text=…
    builtin return 0
  fi
  if _usageline_first "${(@)_usageline_lines[2,-1]}"; then
    (( _usageline_until <= ${_usageline_head[3]} )) || _usageline_until=${_usageline_head[3]}
    builtin return 0
  fi
  [[ -f $_usageline_ready.later && -O $_usageline_ready.later && ! -h $_usageline_ready.later ]] || builtin return 0
  _usageline_lines=("${(@f)$(<$_usageline_ready.later)}")
  [[ ${_usageline_lines[1]} == "${_usageline_head[5]}" ]] && _usageline_first "${(@)_usageline_lines[2,-1]}"
  _usageline_until=0
}

# The first of some texts whose time is still to come.
_usageline_first() {
  for _usageline_line in "$@"; do
    [[ $_usageline_line == <1-99999999999>' '* ]] || builtin return 1
    if (( EPOCHSECONDS < ${_usageline_line%% *} )); then
      _usageline_text=${_usageline_line#* } _usageline_until=${_usageline_line%% *}
      builtin return 0
    fi
  done
  builtin return 1
}

# A directory that cannot be entered holds no line for good, and nothing that is started would change that.
_usageline_blocked() {
  _usageline_rest=$_usageline_directory
  while [[ -n $_usageline_rest && ! -e $_usageline_rest ]]; do _usageline_rest=${_usageline_rest%/*}; done
  if [[ -n $_usageline_rest && ! -x $_usageline_rest ]]; then
    _usageline_text='cache not readable' _usageline_until=$(( EPOCHSECONDS + 60 )) _usageline_from=$EPOCHSECONDS
  fi
}

# Whether a file is the one that the line was prepared for. A link in the place of `since` stands for a file whose time
# says nothing: it leads where the file led, or to nothing, and then the program has to be asked, once. Where the times of
# the cache are too coarse for the file's, a file that is older than the lines is the same.
_usageline_same() {
  _usageline_since=$_usageline_directory/since.$2 _usageline_till=$_usageline_directory/till.$2
  if [[ -h $_usageline_since ]]; then
    [[ ( ( -e $_usageline_since && $1 -ef $_usageline_since ) || ( ! -e $_usageline_since && -n $_usageline_asked && -e $1 ) ) && ! $1 -nt $_usageline_till ]]
  else
    [[ ( $1 -nt $_usageline_since && ! $1 -nt $_usageline_till ) || ( ! -e $1 && ! -e $_usageline_since ) ||
      ( -n $_usageline_coarse && -e $1 && -e $_usageline_since && ! $1 -nt $_usageline_directory ) ]]
  fi
}

# Whether only the program can say if a file is the same.
_usageline_unknown() {
  [[ -z $_usageline_asked && -h $_usageline_directory/since.$1 && ! -e $_usageline_directory/since.$1 ]]
}

# Asks the program where the files are: the environment is another one than before, or the configuration.
_usageline_locate() {
  _usageline_where="${CLAUDE_CONFIG_DIR-}|${USAGELINE_CACHE_DIR-}|${XDG_CACHE_HOME-}|${XDG_CONFIG_HOME-}|${HOME-}|${NO_COLOR-}|${FORCE_COLOR-}|${CLICOLOR_FORCE-}|${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}|${USAGELINE_CONFIG-}|${USAGELINE_NETWORK-}|${USAGELINE_FORMAT-}"
  _usageline_answer=("${(@f)$(_usageline_absolute "$PWD/${CLAUDE_CONFIG_DIR-}"; builtin cd -q /; exec $_usageline_program ready zsh </dev/null 2>/dev/null)}")
  _usageline_asked=1
  # In the same environment no answer changes nothing.
  [[ -n ${_usageline_answer[1]-} || ${1-} != same ]] || builtin return 0
  _usageline_ready=${_usageline_answer[1]-} _usageline_login1=${_usageline_answer[2]-}
  _usageline_login2=${_usageline_answer[3]-} _usageline_config=${_usageline_answer[4]-}
  _usageline_split
  # The program has just prepared the line for these files. When they still look like others, times are coarse.
  _usageline_coarse=
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
  case ${CLAUDE_CONFIG_DIR-} in
    (''|/*) ;;
    (*) CLAUDE_CONFIG_DIR=$1 ;;
  esac
}

# What runs the refresh has no descriptor and no directory of the shell's: a lock, the end of a pipe or a mount would last
# as long as it does.
_usageline_leave() {
  _usageline_absolute "${_usageline_login1%/*}"
  builtin cd -q /
  for _usageline_rest in /dev/fd/<3->(N:t); do exec {_usageline_rest}>&-; done
}

# Starts the one refresh, and has the prompt drawn anew when it is done.
_usageline_refresh() {
  builtin emulate -L zsh
  builtin setopt noerrexit noerrreturn unset
  builtin trap - DEBUG ZERR
  [[ -z $_usageline_fd ]] && (( EPOCHSECONDS - _usageline_started >= 10 || EPOCHSECONDS < _usageline_started )) || builtin return 0
  _usageline_started=$EPOCHSECONDS
  # The second one for a login that has changed: a link may lead to another directory now, so the next prompt asks.
  if [[ $usageline_prompt != … ]]; then
    builtin typeset -g _usageline_stray=
  else
    [[ -z ${_usageline_stray-} ]] || _usageline_where=
    builtin typeset -g _usageline_stray=1
  fi
  if [[ -o zle ]]; then
    exec {_usageline_fd}< <(_usageline_leave 2>/dev/null; exec $_usageline_program ready zsh --refresh </dev/null 2>/dev/null)
    builtin zle -F $_usageline_fd _usageline_done
  else
    ( _usageline_leave 2>/dev/null; $_usageline_program ready zsh --refresh </dev/null >/dev/null 2>&1 & )
  fi
}

# The refresh is over: its end of the pipe is closed. The prompt is drawn with the user's own options.
_usageline_done() {
  builtin zle -F $1
  exec {_usageline_fd}<&-
  builtin typeset -g _usageline_fd= "_usageline_shown=$usageline_prompt"
  _usageline_again
  [[ $usageline_prompt == "$_usageline_shown" ]] || builtin zle reset-prompt
}

_usageline_take() {
  [[ $1 != "$usageline_prompt" ]] || builtin return 0
  # As plain text: without the colours, and what was doubled is one again.
  _usageline_rest=$1 _usageline_plain=
  while [[ $_usageline_rest == *%* ]]; do
    _usageline_plain+=${_usageline_rest%%\%*}
    _usageline_rest=${_usageline_rest#*%}
    case $_usageline_rest in
      (%*) _usageline_plain+=% _usageline_rest=${_usageline_rest#%} ;;
      ([FK]\{*) _usageline_rest=${_usageline_rest#*\}} ;;
      (*) _usageline_rest=${_usageline_rest#?} ;;
    esac
  done
  # No line of ours has what a prompt or a terminal might take for more than text.
  if [[ $1 == *[$'\1'-$'\37'$'\177'\$\`\\]* ]]; then
    usageline_prompt= USAGELINE=
  else
    usageline_prompt=$1 USAGELINE=$_usageline_plain$_usageline_rest
  fi
}

# At the end of RPROMPT, whatever a theme has made of it meanwhile. With PROMPT_SUBST as a parameter, since its
# value is not expanded once more; without it as it is, for then nothing is expanded that could run. Plain where
# percent signs mean nothing.
_usageline_place() {
  # powerlevel10k makes RPROMPT anew behind all others.
  if [[ $_usageline_free != none ]] && (( ${+functions[p10k]} )); then _usageline_segment; fi
  [[ $usageline_place != none ]] || builtin return 0
  if [[ ${(t)RPROMPT} == *readonly* ]]; then
    usageline_place=none _usageline_token=
    _usageline_complain RPROMPT
    builtin return 0
  fi
  if [[ -n $_usageline_token ]]; then
    # Who has overwritten it does so at every prompt: we come after him from now on.
    [[ ${RPROMPT-} == *"$_usageline_token" || ${precmd_functions[-1]-} == _usageline_precmd ]] || _usageline_hook
    RPROMPT=${RPROMPT%"$_usageline_token"}
  fi
  _usageline_gap=
  [[ -z ${RPROMPT-} || $RPROMPT == *[[:space:]] ]] || _usageline_gap=' '
  case $_usageline_mode-$_usageline_percent in
    (promptsubst-promptpercent) _usageline_token="\${usageline_prompt:+$_usageline_gap\$usageline_prompt}" ;;
    (promptsubst-*) _usageline_token="\${USAGELINE:+$_usageline_gap\$USAGELINE}" ;;
    (*-promptpercent) _usageline_token=${usageline_prompt:+$_usageline_gap$usageline_prompt} ;;
    (*) _usageline_token=${USAGELINE:+$_usageline_gap$USAGELINE} ;;
  esac
  RPROMPT=${RPROMPT-}$_usageline_token
}

# A segment of powerlevel10k, which is in the prompt however that is made anew. It takes the text from the variable when
# the prompt is drawn; its text undergoes prompt expansion, so the percent sign is doubled. What a user has defined stays.
_usageline_segment() {
  # Its configuration may have been read since, and has lists of its own.
  if [[ -z ${POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS[(re)usageline]-}${POWERLEVEL9K_LEFT_PROMPT_ELEMENTS[(re)usageline]-} ]]; then
    builtin typeset -ga POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS
    POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS+=(usageline)
  fi
  [[ $_usageline_free != segment ]] || builtin return 0
  usageline_place=none _usageline_free=segment
  if [[ -n $_usageline_token ]]; then RPROMPT=${RPROMPT%"$_usageline_token"} _usageline_token=; fi
  if (( ! ${+functions[prompt_usageline]} )); then
    prompt_usageline() { p10k segment -c '$USAGELINE' -e -t '${USAGELINE//\%/%%}'; }
    instant_prompt_usageline() { prompt_usageline; }
  fi
  _usageline_hook
}

# The last of those that are called before a prompt, or the first where others show the line: they find it made.
_usageline_hook() {
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

# Without a clock there is no saying what is still true.
if [[ -n ${EPOCHSECONDS-} ]]; then
  if [[ $_usageline_free == yes ]] && (( ${+functions[p10k]} )); then _usageline_segment; else _usageline_hook; fi
fi
