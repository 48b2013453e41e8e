# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# The hand-over to the real system.

# A root that was empty gets the links that systemd makes then, file-hierarchy(7).
link_merged_usr() {
  for merged in bin sbin lib lib64; do
    [ ! -d "/sysroot/usr/$merged" ] || [ -e "/sysroot/$merged" ] || [ -L "/sysroot/$merged" ] ||
      ln -s "usr/$merged" "/sysroot/$merged" 2> /dev/null || :
  done
}

hand_over() {
  stop_here hand-over
  [ -z "$stop_at" ] || say "rd.break=$stop_at stopped nothing: there is no such step in /init"
  known_passphrase='' passphrase=''
  program=${init_program:-/sbin/init}
  link_merged_usr
  if [ ! -e "/sysroot$program" ] && [ ! -L "/sysroot$program" ]; then
    failure="the root has no $program"
    say "$failure"
    fail
  fi
  run_hooks hand-over
  for mounted in /proc /sys /dev /run; do
    mkdir -p "/sysroot$mounted" 2> /dev/null || :
    mount -o move "$mounted" "/sysroot$mounted"
  done
  exec switch_root /sysroot "$program"
}
