# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Opening encrypted devices.

# unlock_luks NAME SPEC WAYS TRIES SECONDS ORIGIN KEY-FILE PROGRAM HEADER-DEVICE OPTION…: WAYS, with commas, are tried in
# their order: `key-file`, `command`, `passphrase`, `empty-passphrase`, `credential`, or a file that says on which device
# a key lies; TRIES 0 is without end; KEY-FILE, PROGRAM, whose output is the key, and HEADER-DEVICE may be empty; OPTION
# is for cryptsetup(8).
unlock_luks() {
  luks_name=$1 luks_spec=$2 ways=$3 luks_tries=$4 luks_seconds=$5 luks_origin=$6 key_file=$7 key_program=$8
  luks_header=$9 key_options=''
  shift 9
  for option; do
    shift
    case $option in
      --keyfile-*) key_options="$key_options $option" ;;
      *) set -- "$@" "$option" ;;
    esac
  done
  if [ -n "$luks_header" ]; then
    wait_for_device "$luks_header" "$luks_seconds" "$luks_origin" || return 1
    set -- "$@" "--header=$device"
  fi
  wait_for_device "$luks_spec" "$luks_seconds" "$luks_origin" || return 1
  luks_device=$device
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
    /*) unlock_by_key_device "$way" "$@" ;;
    command) unlock_by_command "$@" ;;
    credential) unlock_by_credential "$@" ;;
    empty-passphrase) unlock_by_nothing "$@" ;;
    passphrase)
      ask_and_try "Please enter passphrase for disk $luks_spec ($luks_name): " "$luks_tries" open_luks - "$@"
      ;;
  esac
}

unlock_by_key_file() {
  # Where a key begins and ends is said in words without blanks.
  # shellcheck disable=SC2086
  open_luks "$key_file" $key_options "$@" && return 0
  say "the key file does not open $luks_spec: $luks_origin"
  return 1
}

# unlock_by_key_device FILE OPTION…: FILE says where the key is.
unlock_by_key_device() {
  {
    IFS= read -r key_spec
    IFS= read -r key_type
    IFS= read -r key_path
    IFS= read -r key_offset
    IFS= read -r key_size
    IFS= read -r key_seconds
  } < "$1"
  shift
  wait_for_device "$key_spec" "$key_seconds" "$luks_origin" || return 1
  key_source=$device key_opened=1
  set -- ${key_offset:+"--keyfile-offset=$key_offset"} ${key_size:+"--keyfile-size=$key_size"} "$@"
  if [ -z "$key_type" ]; then
    open_luks "$key_source" "$@" && key_opened=0
  else
    (umask 077 && mkdir -p /run/unitrd/keys)
    if mount -t "$key_type" -o ro,nodev,nosuid,noexec "$key_source" /run/unitrd/keys; then
      open_luks "/run/unitrd/keys$key_path" "$@" && key_opened=0
      umount /run/unitrd/keys
    fi
  fi
  [ "$key_opened" -eq 0 ] || say "the key on $key_spec does not open $luks_spec: $luks_origin"
  return "$key_opened"
}

unlock_by_nothing() {
  # Of a file or a pipe cryptsetup(8) takes nothing for an error, of a line for an empty pass phrase.
  printf '\n' | cryptsetup open --type luks "$@" "$luks_device" "$luks_name" && return 0
  say "an empty pass phrase does not open $luks_spec: $luks_origin"
  return 1
}

unlock_by_credential() {
  made_key=/run/unitrd/key
  (umask 077 && read_credential cryptsetup.passphrase > "$made_key")
  credential_found=$?
  [ "$credential_found" -ne 0 ] || open_luks "$made_key" "$@" || credential_found=2
  rm -f "$made_key"
  case $credential_found in
    0) return 0 ;;
    1) say "the machine gives no credential cryptsetup.passphrase for $luks_spec: $luks_origin" ;;
    *) say "the credential does not open $luks_spec: $luks_origin" ;;
  esac
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
  cryptsetup open --type luks --key-file "$luks_key" "$@" "$luks_device" "$luks_name"
}
