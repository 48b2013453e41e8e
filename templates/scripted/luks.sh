# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Opening encrypted devices.

# unlock_luks NAME SPEC WAYS TRIES SECONDS ORIGIN KEY-FILE PROGRAM OPTION…: WAYS are `key-file`, `command` and
# `passphrase` in the order in which they are tried, with commas; TRIES 0 is without end; KEY-FILE and PROGRAM, whose
# output is the key, may be empty; OPTION is for cryptsetup(8).
unlock_luks() {
  luks_name=$1 luks_spec=$2 ways=$3 luks_tries=$4 luks_seconds=$5 luks_origin=$6 key_file=$7 key_program=$8
  shift 8
  wait_for_device "$luks_spec" "$luks_seconds" "$luks_origin" || return 1
  while [ -n "$ways" ]; do
    try_way "${ways%%,*}" "$@" && return 0
    case $ways in
      *,*) ways=${ways#*,} ;;
      *) ways='' ;;
    esac
  done
  say "$luks_spec was not opened: $luks_origin"
  return 1
}

# try_way WAY OPTION…
try_way() {
  way=$1
  shift
  case $way in
    key-file) unlock_by_key_file "$@" ;;
    command) unlock_by_command "$@" ;;
    passphrase)
      ask_and_try "Please enter passphrase for disk $luks_spec ($luks_name): " "$luks_tries" open_luks - "$@"
      ;;
  esac
}

unlock_by_key_file() {
  open_luks "$key_file" "$@" && return 0
  say "the key file does not open $luks_spec: $luks_origin"
  return 1
}

unlock_by_command() {
  # A file, as a key may hold bytes that a variable cannot; /run is in memory.
  made_key=/run/unitrd/key
  if ! (umask 077 && "$key_program" > "$made_key"); then
    say "${key_program##*/}, the program that makes the key of $luks_spec, failed: $luks_origin"
    rm -f "$made_key"
    return 1
  fi
  open_luks "$made_key" "$@"
  opened=$?
  rm -f "$made_key"
  [ "$opened" -eq 0 ] || say "what the program printed does not open $luks_spec: $luks_origin"
  return "$opened"
}

# open_luks KEY-FILE OPTION…
open_luks() {
  luks_key=$1
  shift
  cryptsetup open --type luks --key-file "$luks_key" "$@" "$device" "$luks_name"
}
