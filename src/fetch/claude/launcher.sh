first=$HOME/.claude/.credentials.json second=$configs/claude/.credentials.json ready=$root/claude/ready

# CLAUDE_CONFIG_DIR=~/.claude is the default account, unless it hides a second credentials file, or on macOS (keychain).
elsewhere=${CLAUDE_CONFIG_DIR-}
case $elsewhere in "$HOME/.claude" | "$HOME/.claude/") [ -e "$second" ] || [ -d /System/Library/CoreServices ] || elsewhere= ;; esac

account=claude
if [ -n "$elsewhere" ]; then
  # A file contains the name of the account's directory. In the file's own name, slashes are %2F.
  case $elsewhere in [!/]* | *[!A-Za-z0-9/._-]*) ask "$@" ;; esac
  rest=$elsewhere name=
  while :; do
    case $rest in
    */*) name=$name${rest%%/*}%2F rest=${rest#*/} ;;
    *) break ;;
    esac
  done
  own "$root/accounts/$name$rest" || ask "$@"
  IFS= read -r account <"$root/accounts/$name$rest" || :
  case $account in claude-*[!0-9a-f]* | *[!a-z0-9-]*) ask "$@" ;; claude-*) ;; *) ask "$@" ;; esac
  first=$elsewhere/.credentials.json second=
fi
