# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Devices whose sectors have tags.

# open_integrity NAME SPEC SECONDS ORIGIN OPTION…: OPTION is for integritysetup(8).
open_integrity() {
  integrity_name=$1 integrity_spec=$2 integrity_seconds=$3 integrity_origin=$4
  shift 4
  wait_for_device "$integrity_spec" "$integrity_seconds" "$integrity_origin" || return 1
  integritysetup open "$@" "$device" "$integrity_name" || {
    say "$integrity_spec cannot be opened as $integrity_name: $integrity_origin"
    return 1
  }
}
