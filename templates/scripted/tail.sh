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
  [ ! -d /run/unitrd/ssh ] || leave_ssh
  [ ! -d /run/unitrd/network ] || leave_network
  [ ! -e /etc/unitrd/way-back.conf ] || step shutdown:prepare go-on leave_way_back
  [ ! -e /etc/unitrd/secrets.list ] || step secrets:wipe go-on hand_over_secrets
  for mounted in /proc /sys /dev /run; do
    mkdir -p "/sysroot$mounted" 2> /dev/null || :
    mount -o move "$mounted" "/sysroot$mounted"
  done
  exec switch_root /sysroot "$program"
}

# Leaves in memory what closes the storage at power-off: systemd-shutdown goes there when the root is unmounted.
# /run takes a fifth of the memory, and much else needs it.
leave_way_back() {
  read -r _ memory_total _ < /proc/meminfo
  [ "$memory_total" -ge 196608 ] || return 0
  while read -r copy_kind copy_path copy_mode copy_user copy_group copy_age copy_source; do
    mkdir -p "${copy_path%/*}"
    case $copy_kind in
      d) mkdir -p "$copy_path" ;;
      L) [ -L "$copy_path" ] || ln -s "$copy_source" "$copy_path" ;;
      C) cp -p "$copy_source" "$copy_path" ;;
    esac || return 1
  done < /etc/unitrd/way-back.conf
}

# Gives the real system the secrets that are kept, and overwrites all of them: the deletion by switch_root leaves what
# they held in memory.
hand_over_secrets() {
  secrets_left=0
  while IFS='	' read -r secret_fate secret_name secret_path; do
    [ -f "$secret_path" ] || continue
    if [ "$secret_fate" = keep ]; then
      (umask 077 && mkdir -p /run/unitrd/secrets && cat "$secret_path" > "/run/unitrd/secrets/$secret_name")
    fi
    secret_size=$(wc -c < "$secret_path")
    if [ "$secret_size" -gt 0 ]; then
      dd if=/dev/zero of="$secret_path" bs="$secret_size" count=1 conv=notrunc 2> /dev/null || secrets_left=1
    fi
    rm -f "$secret_path" || secrets_left=1
  done < /etc/unitrd/secrets.list
  return "$secrets_left"
}
