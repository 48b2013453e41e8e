# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Devices whose blocks are verified.

# open_verity NAME DATA HASHES FEC ROOT-HASH SECONDS ORIGIN OPTION…: FEC may be empty; ROOT-HASH may be `roothash=` or
# `usrhash=`, a word of the kernel command line; OPTION is for veritysetup(8).
open_verity() {
  verity_name=$1 verity_data=$2 verity_hashes=$3 verity_fec=$4 verity_hash=$5 verity_seconds=$6 verity_origin=$7
  shift 7
  case $verity_hash in
    *=)
      verity_word=$verity_hash verity_hash=$(word_of_command_line "$verity_hash")
      if [ -z "$verity_hash" ]; then
        say "$verity_word is not on the kernel command line, and no root hash is declared: $verity_origin"
        return 1
      fi
      ;;
  esac
  if [ -n "$verity_fec" ]; then
    wait_for_device "$verity_fec" "$verity_seconds" "$verity_origin" || return 1
    set -- "$@" "--fec-device=$device"
  fi
  wait_for_device "$verity_hashes" "$verity_seconds" "$verity_origin" || return 1
  hash_device=$device
  wait_for_device "$verity_data" "$verity_seconds" "$verity_origin" || return 1
  veritysetup open "$@" "$device" "$verity_name" "$hash_device" "$verity_hash" || {
    say "$verity_data cannot be opened as $verity_name with this root hash: $verity_origin"
    return 1
  }
  notes_of_failure="$notes_of_failure$verity_name is verified: where the kernel says above that a block of it is corrupted, the disk does not hold what the root hash stands for ($verity_origin)
"
}

# word_of_command_line WORD=: prints its value, of the last if there are several.
word_of_command_line() {
  tr ' ' '\n' < /proc/cmdline | sed -n "s/^$1//p" | sed -n '$p'
}
