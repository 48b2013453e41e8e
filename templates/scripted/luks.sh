# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Opening encrypted devices.

# unlock_luks NAME SPEC WAYS TRIES SECONDS ORIGIN KEY-FILE OPTION…: WAYS is `key-file`, `passphrase` or both with a
# comma, TRIES 0 for no end; KEY-FILE may be empty; OPTION is for cryptsetup(8).
unlock_luks() {
  luks_name=$1 luks_spec=$2 ways=$3 tries=$4 luks_seconds=$5 luks_origin=$6 key_file=$7
  shift 7
  wait_for_device "$luks_spec" "$luks_seconds" "$luks_origin" || return 1
  case $ways in
    key-file*)
      cryptsetup open --type luks --key-file "$key_file" "$@" "$device" "$luks_name" && return 0
      say "the key file does not open $luks_spec: $luks_origin"
      ;;
  esac
  case $ways in
    *passphrase) ask_and_unlock "$@" ;;
    *) return 1 ;;
  esac
}

# One typing opens every device that has the same pass phrase.
ask_and_unlock() {
  if [ -n "${known_passphrase:-}" ]; then
    try_passphrase "$known_passphrase" "$@" 2> /dev/null && return 0
  fi
  asked=0
  while [ "$tries" -eq 0 ] || [ "$asked" -lt "$tries" ]; do
    asked=$((asked + 1))
    ask_passphrase "Please enter passphrase for disk $luks_spec ($luks_name): " || return 1
    if try_passphrase "$passphrase" "$@"; then
      known_passphrase=$passphrase passphrase=''
      return 0
    fi
  done
  say "$luks_spec was not opened in $tries attempts: $luks_origin"
  return 1
}

ask_passphrase() {
  printf '%s' "$1"
  stty -echo
  IFS= read -r passphrase
  read_status=$?
  stty echo
  printf '\n'
  return "$read_status"
}

try_passphrase() {
  typed=$1
  shift
  printf '%s' "$typed" | cryptsetup open --type luks --key-file - "$@" "$device" "$luks_name"
}
