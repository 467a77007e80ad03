first=${TALLY_HOME:-$HOME/.tally}/token.json second=
# Only the program can compute the name of another account's directory.
[ -z "${TALLY_HOME-}" ] || ask "$@"
account=tally
