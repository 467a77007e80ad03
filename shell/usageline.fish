# usageline for fish. Reads the ready line with builtins alone: no process at a fresh prompt.
# The format of the file: docs/specs/ready-line.md. What `usageline init fish` prints stands before this and sets:
#   _usageline_program    the program, as a list
#   _usageline_where      what the place of the files depends on, and
#   _usageline_ready      the ready line for it, and
#   _usageline_login1, _usageline_login2   the login files: when one changes, another account may be signed in; and
#   _usageline_config     the one whose change makes another line of it
# It gives you:
#   $usageline_prompt     the line with its colours, for fish_prompt or fish_right_prompt
#   $USAGELINE            the line as plain text, exported: starship, oh-my-posh
# It puts itself into the right prompt; set usageline_place to none before to place $usageline_prompt yourself.

# What a second `source` finds stays as it is.
set -q usageline_prompt; or set -g usageline_prompt ''
set -q USAGELINE; or set -gx USAGELINE ''
set -q usageline_place; or set -g usageline_place (set -q STARSHIP_SHELL; or set -q POSH_THEME; and builtin echo none; or builtin echo '')

# Before version 3.6 fish could not compare files or look at their times (and before 3.5 there was no `path`), and a user
# may have another function of that name. Then processes do so, at every prompt.
set -g _usageline_way builtins
type -q path
and string match -qr '^[0-9]+$' -- (path mtime -- / 2>/dev/null)
and test / -ef / 2>/dev/null
or set -g _usageline_way processes

# What runs at every prompt. The line of the last prompt still is the one to show when its time has not come and
# nothing has changed: credentials, configuration (one that is gone or older is seen with the next line), and the
# environment (below). What time it is says the age of the credentials. A substitution costs more than all of it, so the
# age comes through a pipe, for which fish starts nothing either.
if test $_usageline_way = builtins
    function _usageline_prompt --on-event fish_prompt
        if test $_usageline_moved = no -a $_usageline_login1 -nt $_usageline_since1 -a ! $_usageline_login1 -nt $_usageline_till1 -a ! -e "$_usageline_login2" -a ! "$_usageline_config" -nt $_usageline_tillc
            path mtime -R -- $_usageline_login1 | read -l old
            and test "$old" -lt $_usageline_until -a "$old" -ge $_usageline_from
            and return
        end
        _usageline_look
    end
else
    function _usageline_prompt --on-event fish_prompt
        _usageline_look
    end
end

# What makes it another line is noticed when it is set: fish takes longer to compare a dozen variables than for a file.
function _usageline_elsewhere --on-variable CLAUDE_CONFIG_DIR --on-variable USAGELINE_CACHE_DIR --on-variable XDG_CACHE_HOME --on-variable XDG_CONFIG_HOME --on-variable HOME --on-variable NO_COLOR --on-variable FORCE_COLOR --on-variable CLICOLOR_FORCE --on-variable CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC --on-variable USAGELINE_CONFIG --on-variable USAGELINE_NETWORK --on-variable USAGELINE_FORMAT
    set -g _usageline_moved yes
end
set -g _usageline_moved yes

# Everything that the same line again does without.
function _usageline_look
    test "$CLAUDE_CONFIG_DIR|$USAGELINE_CACHE_DIR|$XDG_CACHE_HOME|$XDG_CONFIG_HOME|$HOME|$NO_COLOR|$FORCE_COLOR|$CLICOLOR_FORCE|$CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|$USAGELINE_CONFIG|$USAGELINE_NETWORK|$USAGELINE_FORMAT" = "$_usageline_where"
    or _usageline_locate
    set -g _usageline_moved no
    # Another configuration makes another line: it is waited for, once. When that does not help, the refresh may.
    if test $_usageline_changed = no
        if not _usageline_same config "$_usageline_config"; or _usageline_unknown 1; or _usageline_unknown 2
            _usageline_locate same
        end
    end
    _usageline_same config "$_usageline_config"; and set -g _usageline_changed no; or set -g _usageline_changed yes
    # The quick comparison sees only the time of the configuration, so it has to fail.
    test -L $_usageline_sincec -a -e $_usageline_sincec
    and set -g _usageline_till1 $_usageline_since1
    or set -g _usageline_till1 $_usageline_directory/till.1
    _usageline_take (_usageline_find 2>/dev/null)
    test $_usageline_changed = no; or set -g _usageline_for 0
    # The same as ages of the credentials; before now the clock has been set back.
    if test $_usageline_for -gt 0 -a $_usageline_way = builtins
        path mtime -R -- $_usageline_login1 | read -g _usageline_from
        and set -g _usageline_until (builtin math $_usageline_from + $_usageline_for)
        or set -g _usageline_until 0
    else
        set -g _usageline_until 0
    end
    test $_usageline_for -gt 0; or _usageline_refresh
end

# Sets what time it is. The age of a file is its time's distance from the clock: no process is needed to read that.
function _usageline_clock
    if test $_usageline_way = builtins
        path mtime -- / | read -l then
        path mtime -R -- / | read -l old
        set -g _usageline_now (builtin math $then + $old)
    else
        set -g _usageline_now (command date +%s)
    end
end

# A file of the user's, and no link: what another user puts in its place is not read, and no pipe is waited for.
function _usageline_own -a file
    test -f "$file" -a -O "$file" -a ! -L "$file"
end

# Prints what is true now, or a sign that the answer is on its way when the line was prepared for other credentials,
# or nothing when there is none; and notes for how long it need not be looked for again.
function _usageline_find
    set -g _usageline_for 0
    if not _usageline_own "$_usageline_ready"
        _usageline_blocked
        return
    end
    _usageline_clock
    set -l now $_usageline_now
    set -l fields
    begin
        read -l head
        # What is no number never meets arithmetic.
        string match -qr '^usageline-ready 1( [1-9][0-9]{0,10}){2} [0-9]+$' -- $head; or return
        set fields (string split ' ' -- $head)
        # Prepared in the future: the clock has been set back since.
        test $now -ge (builtin math $fields[4] - 5); or return
        if not _usageline_same 1 "$_usageline_login1"; or not _usageline_same 2 "$_usageline_login2"
            builtin echo …
            return
        end
        while read -l until text
            string match -qr '^[1-9][0-9]{0,10}$' -- $until; or break
            test $now -lt $until; or continue
            builtin echo -- $text
            test $until -gt $fields[3]; and set until $fields[3]
            # So many seconds from now it need not be looked for again.
            set -g _usageline_for (builtin math $until - $now)
            return
        end
    end <$_usageline_ready
    _usageline_own $_usageline_ready.later; or return
    begin
        read -l id
        test "$id" = "$fields[5]"; or return
        while read -l until text
            string match -qr '^[1-9][0-9]{0,10}$' -- $until; or return
            test $now -lt $until; or continue
            builtin echo -- $text
            return
        end
    end <$_usageline_ready.later
end

# A directory that cannot be entered holds no line for good, and nothing that is started would change that.
function _usageline_blocked
    set -l path $_usageline_directory
    while test -n "$path" -a ! -e "$path"
        set path (string replace -r '/[^/]*$' '' -- $path)
    end
    test -n "$path" -a ! -x "$path"; or return
    set -g _usageline_for 60
    builtin echo cache not readable
end

# Whether a file is the one that the line was prepared for. A link in the place of `since` stands for a file whose time
# says nothing: it leads where the file led, or to nothing, and then the program has to be asked, once. Where the times of
# the cache are too coarse for the file's, a file that is older than the lines is the same.
function _usageline_same -a name file
    set -l since $_usageline_directory/since.$name
    set -l till $_usageline_directory/till.$name
    if test $_usageline_way = processes
        command sh -c 'if [ -h "$2" ] && [ -e "$2" ]; then [ "$1" -ef "$2" ] && ! [ "$1" -nt "$3" ]
            elif [ -h "$2" ]; then [ -n "$4" ] && [ -e "$1" ] && ! [ "$1" -nt "$3" ]
            elif [ -e "$1" ]; then
                [ -e "$2" ] && ! [ "$1" -nt "$3" ] && ! [ "$1" -ot "$2" ] || { [ "$5" = yes ] && [ -e "$2" ] && ! [ "$1" -nt "$6" ]; }
            else ! [ -e "$2" ]; fi' sh "$file" $since $till "$_usageline_asked" $_usageline_coarse $_usageline_directory 2>/dev/null
    else if test -L $since -a -e $since
        test "$file" -ef $since -a ! "$file" -nt $till
    else if test -L $since
        test -n "$_usageline_asked" -a -e "$file" -a ! "$file" -nt $till
    else if test -e "$file"
        test -e $since -a ! "$file" -nt $till -a ! "$file" -ot $since
        or test $_usageline_coarse = yes -a -e $since -a ! "$file" -nt $_usageline_directory
    else
        not test -e $since
    end
end

# Whether only the program can say if a file is the same.
function _usageline_unknown -a name
    test -z "$_usageline_asked" -a -L $_usageline_directory/since.$name -a ! -e $_usageline_directory/since.$name
end

# Asks the program where the files are: the environment is another one than before, or the configuration.
function _usageline_locate
    set -g _usageline_where "$CLAUDE_CONFIG_DIR|$USAGELINE_CACHE_DIR|$XDG_CACHE_HOME|$XDG_CONFIG_HOME|$HOME|$NO_COLOR|$FORCE_COLOR|$CLICOLOR_FORCE|$CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC|$USAGELINE_CONFIG|$USAGELINE_NETWORK|$USAGELINE_FORMAT"
    set -l answer
    test -x $_usageline_program[1]; and set answer ($_usageline_program ready fish </dev/null 2>/dev/null)
    set -g _usageline_asked yes
    # In the same environment no answer changes nothing.
    test -n "$answer[1]" -o "$argv[1]" != same; or return
    set -g _usageline_ready "$answer[1]"
    set -g _usageline_login1 "$answer[2]"
    set -g _usageline_login2 "$answer[3]"
    set -g _usageline_config "$answer[4]"
    _usageline_split
    # The program has just prepared the line for these files. When they still look like others, times are coarse.
    set -g _usageline_coarse no
    _usageline_same 1 "$_usageline_login1"; and _usageline_same 2 "$_usageline_login2"; and _usageline_same config "$_usageline_config"
    or set -g _usageline_coarse yes
end

function _usageline_split
    set -g _usageline_for 0
    set -g _usageline_from 0
    set -g _usageline_until 0
    # The refresh of another account does not wait for ten seconds since the last one's start.
    set -g _usageline_started 0
    set -g _usageline_directory (string replace -r '/[^/]*$' '' -- "$_usageline_ready")
    set -g _usageline_since1 $_usageline_directory/since.1
    set -g _usageline_till1 $_usageline_directory/till.1
    set -g _usageline_sincec $_usageline_directory/since.config
    set -g _usageline_tillc $_usageline_directory/till.config
end
_usageline_split
set -g _usageline_changed no
set -g _usageline_asked ''
set -g _usageline_coarse no

# Starts the one refresh. When it is done it sends us the signal of a window that has changed: fish tells nobody of
# the end of a job that it was to forget, and whom this signal takes by surprise it does not hurt.
function _usageline_refresh
    test -x $_usageline_program[1]; or return 0
    _usageline_clock
    test (builtin math $_usageline_now - $_usageline_started) -ge 10 -o $_usageline_now -lt $_usageline_started; or return 0
    set -g _usageline_started $_usageline_now
    # The second one for a login that has changed: a link may lead to another directory now, so the next prompt asks.
    if test "$usageline_prompt" != …
        set -g _usageline_lost no
    else
        test "$_usageline_lost" = yes; and set -g _usageline_where ''; and set -g _usageline_moved yes
        set -g _usageline_lost yes
    end
    # A relative directory counts from where the shell was when the program was asked for the files.
    set -l directory (string replace -r '/[^/]*$' '' -- "$_usageline_login1")
    string match -qr '^[^/]' -- "$CLAUDE_CONFIG_DIR"; and set -lx CLAUDE_CONFIG_DIR $directory
    # Locks and ends of pipes that the shell has open would stay open as long as the refresh runs. They are closed for it.
    set -l closed (string replace -rf '^/dev/fd/([3-9]|[1-9][0-9]+)$' '$1>&-' -- /dev/fd/*)
    builtin eval "command sh -c 'cd /; \"\$@\" ready fish --refresh; kill -WINCH $fish_pid' sh \$_usageline_program </dev/null >/dev/null 2>/dev/null $closed &"
    builtin disown $last_pid 2>/dev/null
end

function _usageline_done --on-signal WINCH
    # Nothing is awaited: a window has changed indeed. Or it is another line that is, which the next prompt looks for.
    test $_usageline_for -le 0 -a $_usageline_moved = no; or return 0
    set -l before $usageline_prompt
    _usageline_take (_usageline_find 2>/dev/null)
    test "$usageline_prompt" = "$before"; or builtin commandline -f repaint
end

function _usageline_take -a found
    test "$found" = "$usageline_prompt"; and return
    # The colours go. No line of ours has anything else that a terminal or a prompt might take for more than text.
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
        # A space between the two, unless there is one.
        set -l before (_usageline_right_prompt_before)
        test -z "$before" -o -z "$usageline_prompt"
        or string match -qr '\s(\e\[[0-9;]*m|\e\(B)*$' -- "$before"
        or set before "$before "
        builtin echo -n -- "$before$usageline_prompt"
    end
end
