# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Resuming a machine that was suspended to disk.

# resume_hibernated SPEC OFFSET SECONDS ORIGIN: comes back when there is nothing to resume.
resume_hibernated() {
  resume_spec=$1 resume_pages=$2 resume_seconds=$3 resume_origin=$4
  if [ -n "$no_resume" ]; then
    say 'noresume: the machine starts afresh'
    return 0
  fi
  [ -w /sys/power/resume ] || {
    say "this kernel cannot resume: $resume_origin"
    return 1
  }
  if [ -n "$resume_device" ]; then
    [ "$resume_device" = "$resume_spec" ] || say "resume= on the kernel command line replaces $resume_spec ($resume_origin)"
    resume_spec=$resume_device resume_pages=${resume_offset:-0}
  fi
  wait_for_device "$resume_spec" "$resume_seconds" "$resume_origin" || return 1
  # Both numbers are words.
  # shellcheck disable=SC2046,SC2183
  resume_numbers=$(printf '%d:%d' $(stat -L -c '0x%t 0x%T' "$device"))
  printf '%s' "$resume_pages" > /sys/power/resume_offset 2> /dev/null ||
    [ "$resume_pages" = 0 ] || return 1
  # It does not come back from here when the device holds an image.
  printf '%s' "$resume_numbers" > /sys/power/resume
  return 0
}
