# usageline for fish. Reads the prerendered line with builtins only: no process at a prompt while the line is fresh.
# The format of the file: docs/specs/files.md. The output of `usageline init fish` ends with this text, after setting:
#   _usageline_program    the program, as a list
#   _usageline_where      the values of the variables that determine the following paths
#   _usageline_ready      the path of the prerendered line
#   _usageline_login1, _usageline_login2   the paths of the credentials files: a change can mean another account
#   _usageline_config     the path of the configuration: a change can mean another line
# It provides:
#   $usageline_prompt     the line with its colours, for fish_prompt or fish_right_prompt
#   $USAGELINE            the line as plain text, exported: starship, oh-my-posh
# It adds the line to the right prompt; set usageline_place to none first to place $usageline_prompt yourself.

# A second `source` keeps existing values.
set -q usageline_prompt; or set -g usageline_prompt ''
set -q USAGELINE; or set -gx USAGELINE ''
set -q usageline_place; or set -g usageline_place (set -q STARSHIP_SHELL; or set -q POSH_THEME; and builtin echo none; or builtin echo '')

# Before version 3.6, fish's `test` cannot compare files (-nt, -ef), and before 3.5 it has no `path`; a user may also have
# defined a function of that name. Then processes do it, at every prompt.
set -g _usageline_method builtins
type -q path
and string match -qr '^[0-9]+$' -- (path mtime -- / 2>/dev/null)
and test / -ef / 2>/dev/null
or set -g _usageline_method processes

# Runs at every prompt. The line of the last prompt remains valid until its end if nothing has changed: credentials,
# configuration (a removed or older file is noticed with the next line), the width, and the environment (see below). The age of the
# credentials file serves as the clock. It comes through a pipe, for which fish starts no process; a command substitution
# would cost more than all the rest.
if test $_usageline_method = builtins
    function _usageline_prompt --on-event fish_prompt
        if test $_usageline_moved = no -a $_usageline_login1 -nt $_usageline_since1 -a ! $_usageline_login1 -nt $_usageline_till1 -a ! -e "$_usageline_login2" -a ! "$_usageline_config" -nt $_usageline_tillc -a "$COLUMNS" = "$_usageline_columns"
            path mtime -R -- $_usageline_login1 | read -l old
            and test "$old" -lt $_usageline_until -a "$old" -ge $_usageline_from
            and begin
                test -z "$_usageline_others"
                or _usageline_others_unchanged
            end
            and return
        end
        _usageline_search
    end
else
    function _usageline_prompt --on-event fish_prompt
        _usageline_search
    end
end

# Notices changed variables when they are set: comparing a dozen variables takes fish longer than testing a file.
function _usageline_note_change --on-variable CLAUDE_CONFIG_DIR --on-variable USAGELINE_CACHE_DIR --on-variable XDG_CACHE_HOME --on-variable XDG_CONFIG_HOME --on-variable HOME --on-variable NO_COLOR --on-variable FORCE_COLOR --on-variable CLICOLOR_FORCE --on-variable CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC --on-variable USAGELINE_CONFIG --on-variable USAGELINE_NETWORK --on-variable USAGELINE_FORMAT
    set -g _usageline_moved yes
end
set -g _usageline_moved yes

# The slow way: searches the line.
function _usageline_search
    test "$CLAUDE_CONFIG_DIR|$USAGELINE_CACHE_DIR|$XDG_CACHE_HOME|$XDG_CONFIG_HOME|$HOME|$NO_COLOR|$FORCE_COLOR|$CLICOLOR_FORCE|$CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|$USAGELINE_CONFIG|$USAGELINE_NETWORK|$USAGELINE_FORMAT" = "$_usageline_where"
    or _usageline_update_paths
    set -g _usageline_moved no
    # After a change of the configuration, wait once for the new line. If that does not help, the refresh may.
    if test $_usageline_changed = no
        if not _usageline_unchanged config "$_usageline_config"; or _usageline_undecidable 1; or _usageline_undecidable 2
            _usageline_update_paths same
        end
    end
    _usageline_unchanged config "$_usageline_config"; and set -g _usageline_changed no; or set -g _usageline_changed yes
    # The quick comparison compares only mtimes. If a link replaces that of the configuration, this makes it fail.
    test -L $_usageline_sincec -a -e $_usageline_sincec
    and set -g _usageline_till1 $_usageline_since1
    or set -g _usageline_till1 $_usageline_directory/till.1
    _usageline_set_line (_usageline_find 2>/dev/null)
    test $_usageline_changed = no; or set -g _usageline_valid_for 0
    # Begin and end as ages of the credentials file. An age below the begin means that the clock has been set back.
    if test $_usageline_valid_for -gt 0 -a $_usageline_method = builtins
        path mtime -R -- $_usageline_login1 | read -g _usageline_from
        and set -g _usageline_until (builtin math $_usageline_from + $_usageline_valid_for)
        or set -g _usageline_until 0
    else
        set -g _usageline_until 0
    end
    test $_usageline_valid_for -gt 0; or _usageline_refresh
end

# Sets $_usageline_now. mtime plus age of any file is the current time, and reading them needs no process.
function _usageline_clock
    if test $_usageline_method = builtins
        path mtime -- / | read -l then
        path mtime -R -- / | read -l old
        set -g _usageline_now (builtin math $then + $old)
    else
        set -g _usageline_now (command date +%s)
    end
end

# Only a regular file of the user: another user could replace it by a file or a link, and a pipe could block.
function _usageline_own -a file
    test -f "$file" -a -O "$file" -a ! -L "$file"
end

# Prints the text that is valid now; `…` if the line was prepared for other credentials; nothing if there is none. Sets
# $_usageline_valid_for to the number of seconds after which to search again.
function _usageline_find
    set -g _usageline_valid_for 0
    # The line gets half of the width, below 60 columns a third, so that it leaves room for a left prompt and for typing.
    set -g _usageline_columns "$COLUMNS"
    set -g _usageline_room 9999
    if string match -qr '^[1-9][0-9]{0,3}$' -- "$COLUMNS"
        set -l parts 2
        test $COLUMNS -ge 60; or set parts 3
        set -g _usageline_room (builtin math "floor($COLUMNS / $parts)")
    end
    if not _usageline_own "$_usageline_ready"
        _usageline_blocked
        return
    end
    _usageline_clock
    set -l now $_usageline_now
    set -l fields
    begin
        read -l head
        # Only numbers get into arithmetic.
        string match -qr '^usageline-ready 1( [1-9][0-9]{0,10}){2} [0-9]+$' -- $head; or return
        set fields (string split ' ' -- $head)
        # A begin in the future means that the clock has been set back.
        test $now -ge (builtin math $fields[4] - 5); or return
        if not _usageline_unchanged 1 "$_usageline_login1"; or not _usageline_unchanged 2 "$_usageline_login2"; or not _usageline_others_unchanged
            builtin echo …
            return
        end
        if _usageline_pick $now
            test $_usageline_end -gt $fields[3]; and set -g _usageline_end $fields[3]
            set -g _usageline_valid_for (builtin math $_usageline_end - $now)
            return
        end
    end <$_usageline_ready
    _usageline_own $_usageline_ready.later; or return
    begin
        read -l id
        test "$id" = "$fields[5]"; or return
        _usageline_pick $now
    end <$_usageline_ready.later
end

# Reads texts, and prints the first one whose end is in the future. Lines `< N text` after it are shorter versions, for less
# than N columns. Sets $_usageline_end.
function _usageline_pick -a now
    set -l found ''
    while read -l until text
        if test "$until" = '<'
            test -n "$found"; and string match -qr '^[1-9][0-9]{0,3} ' -- $text; or continue
            string split -m1 ' ' -- $text | begin
                read -l below
                read -l shorter
                test $_usageline_room -lt $below; and set found $shorter
            end
        else
            test -z "$found"; and string match -qr '^[1-9][0-9]{0,10}$' -- $until; or break
            test $now -lt $until; or continue
            set found $text
            set -g _usageline_end $until
        end
    end
    test -n "$found"; and builtin echo -- $found
end

# Shows a message if a directory on the way cannot be entered: starting the program would not help.
function _usageline_blocked
    set -l path $_usageline_directory
    while test -n "$path" -a ! -e "$path"
        set path (string replace -r '/[^/]*$' '' -- $path)
    end
    test -n "$path" -a ! -x "$path"; or return
    set -g _usageline_valid_for 60
    builtin echo cache not readable
end

# Whether a file is unchanged since the line was prepared. If `since` is a link, the file's mtime cannot show that: the link
# has the target that the file had, or none, and then only the program can decide, once. If the cache's file system has
# coarser mtimes than the file's, a file that is older than the lines counts as unchanged.
function _usageline_unchanged -a name file
    set -l since $_usageline_directory/since.$name
    set -l till $_usageline_directory/till.$name
    if test $_usageline_method = processes
        command sh -c 'if [ -h "$2" ] && [ -e "$2" ]; then [ "$1" -ef "$2" ] && ! [ "$1" -nt "$3" ]
            elif [ -h "$2" ]; then [ -n "$4" ] && [ -e "$1" ] && ! [ "$1" -nt "$3" ]
            elif [ -e "$1" ]; then
                [ -e "$2" ] && ! [ "$1" -nt "$3" ] && ! [ "$1" -ot "$2" ] || { [ "$5" = yes ] && [ -e "$2" ] && ! [ "$1" -nt "$6" ]; }
            else ! [ -e "$2" ]; fi' sh "$file" $since $till "$_usageline_paths_updated" $_usageline_coarse $_usageline_directory 2>/dev/null
    else if test -L $since -a -e $since
        test "$file" -ef $since -a ! "$file" -nt $till
    else if test -L $since
        test -n "$_usageline_paths_updated" -a -e "$file" -a ! "$file" -nt $till
    else if test -e "$file"
        test -e $since -a ! "$file" -nt $till -a ! "$file" -ot $since
        or test $_usageline_coarse = yes -a -e $since -a ! "$file" -nt $_usageline_directory
    else
        not test -e $since
    end
end

# Whether the logins of the other accounts of the line are unchanged: `login.3` and so on, links to them. And whether the
# variables lead to the directories of these accounts: `home.<variable>`, a link to the directory, or to nothing where the
# variable was not set. Sets $_usageline_others where there are any.
function _usageline_others_unchanged
    set -g _usageline_others
    set -l number 3
    while test -L $_usageline_directory/login.$number
        set -g _usageline_others yes
        _usageline_unchanged $number $_usageline_directory/login.$number; or return 1
        set number (builtin math $number + 1)
    end
    test -n "$_usageline_others"; or return 0
    for name in CODEX_HOME GROK_HOME KIMI_CODE_HOME KIRO_DATA_DIR
        set -l home $_usageline_directory/home.$name
        test -L $home; or continue
        if test -n "$$name"
            _usageline_same "$$name" $home; or return 1
        else
            not test -e $home; or return 1
        end
    end
    true
end

# Whether two paths lead to the same directory.
function _usageline_same -a one other
    if test $_usageline_method = processes
        command sh -c '[ "$1" -ef "$2" ]' sh "$one" $other 2>/dev/null
    else
        test "$one" -ef $other
    end
end

# Whether only the program can decide if a file is unchanged.
function _usageline_undecidable -a name
    test -z "$_usageline_paths_updated" -a -L $_usageline_directory/since.$name -a ! -e $_usageline_directory/since.$name
end

# Calls the program for the paths, because the environment or the configuration has changed.
function _usageline_update_paths
    set -g _usageline_where "$CLAUDE_CONFIG_DIR|$USAGELINE_CACHE_DIR|$XDG_CACHE_HOME|$XDG_CONFIG_HOME|$HOME|$NO_COLOR|$FORCE_COLOR|$CLICOLOR_FORCE|$CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|$USAGELINE_CONFIG|$USAGELINE_NETWORK|$USAGELINE_FORMAT"
    set -l answer
    test -x $_usageline_program[1]; and set answer ($_usageline_program ready fish </dev/null 2>/dev/null)
    set -g _usageline_paths_updated yes
    # In an unchanged environment, no output means unchanged paths.
    test -n "$answer[1]" -o "$argv[1]" != same; or return
    set -g _usageline_ready "$answer[1]"
    set -g _usageline_login1 "$answer[2]"
    set -g _usageline_login2 "$answer[3]"
    set -g _usageline_config "$answer[4]"
    _usageline_derive_paths
    # The program has just prepared the line for these files. If they seem to have changed nevertheless, mtimes are coarse.
    set -g _usageline_coarse no
    _usageline_unchanged 1 "$_usageline_login1"; and _usageline_unchanged 2 "$_usageline_login2"; and _usageline_unchanged config "$_usageline_config"
    or set -g _usageline_coarse yes
end

# Sets the paths of the files to compare, all in the directory of the line, and forgets the last line.
function _usageline_derive_paths
    set -g _usageline_valid_for 0
    set -g _usageline_from 0
    set -g _usageline_until 0
    # The refresh of another account need not wait until ten seconds after the last start.
    set -g _usageline_started 0
    set -g _usageline_directory (string replace -r '/[^/]*$' '' -- "$_usageline_ready")
    set -g _usageline_since1 $_usageline_directory/since.1
    set -g _usageline_till1 $_usageline_directory/till.1
    set -g _usageline_sincec $_usageline_directory/since.config
    set -g _usageline_tillc $_usageline_directory/till.config
end
_usageline_derive_paths
set -g _usageline_columns ''
set -g _usageline_room 9999
set -g _usageline_changed no
set -g _usageline_paths_updated ''
set -g _usageline_coarse no

# Starts a refresh, at most every ten seconds. When it ends, it sends SIGWINCH to this shell: fish reports no end of a
# disowned job, and programs that do not expect SIGWINCH ignore it.
function _usageline_refresh
    test -x $_usageline_program[1]; or return 0
    _usageline_clock
    test (builtin math $_usageline_now - $_usageline_started) -ge 10 -o $_usageline_now -lt $_usageline_started; or return 0
    set -g _usageline_started $_usageline_now
    # A second refresh for changed credentials: a link may have another target now, so the next prompt calls for the paths.
    if test "$usageline_prompt" != …
        set -g _usageline_retried no
    else
        test "$_usageline_retried" = yes; and set -g _usageline_where ''; and set -g _usageline_moved yes
        set -g _usageline_retried yes
    end
    # A relative directory is relative to the working directory of the last call for the paths.
    set -l directory (string replace -r '/[^/]*$' '' -- "$_usageline_login1")
    string match -qr '^[^/]' -- "$CLAUDE_CONFIG_DIR"; and set -lx CLAUDE_CONFIG_DIR $directory
    # Close the shell's descriptors, so that locks and pipes do not stay open as long as the refresh runs.
    set -l closed (string replace -rf '^/dev/fd/([3-9]|[1-9][0-9]+)$' '$1>&-' -- /dev/fd/*)
    builtin eval "command sh -c 'cd /; \"\$@\" ready fish --refresh; kill -WINCH $fish_pid' sh \$_usageline_program </dev/null >/dev/null 2>/dev/null $closed &"
    builtin disown $last_pid 2>/dev/null
end

function _usageline_done --on-signal WINCH
    # Neither a refresh is expected nor is the width another one. Or the environment has changed, and the next prompt searches.
    test $_usageline_moved = no; or return 0
    test $_usageline_valid_for -le 0 -o "$COLUMNS" != "$_usageline_columns"; or return 0
    set -l before $usageline_prompt
    _usageline_set_line (_usageline_find 2>/dev/null)
    test "$usageline_prompt" = "$before"; or builtin commandline -f repaint
end

# Sets $usageline_prompt and $USAGELINE, both to nothing if the text has characters that a line never has.
function _usageline_set_line -a found
    test "$found" = "$usageline_prompt"; and return
    # Without its colours, usageline's line never contains characters that are special for a terminal or a prompt.
    set -l plain (string replace -ra '\e\[[0-9;]*m' '' -- $found)
    if string match -qr '[\x01-\x1f\x7f$`\\\\]' -- $plain
        set found ''
        set plain ''
    end
    set -g usageline_prompt $found
    set -gx USAGELINE $plain
end

if test "$usageline_place" != none; and not builtin functions -q _usageline_right_prompt_before
    if builtin functions -q fish_right_prompt
        builtin functions -c fish_right_prompt _usageline_right_prompt_before
    else
        function _usageline_right_prompt_before
        end
    end
    function fish_right_prompt
        # Separate them by a space, unless there is one, and end the colours of the first.
        set -l before (_usageline_right_prompt_before)
        if test -n "$before" -a -n "$usageline_prompt"
            string match -qr '\s(\e\[[0-9;]*m|\e\(B)*$' -- "$before"; and set before "$before"\e'[0m'; or set before "$before"\e'[0m '
        end
        builtin echo -n -- "$before$usageline_prompt"
    end
end
