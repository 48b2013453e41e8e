# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Devices and file systems of other machines. The kernel keeps the connections.

# attach_nbd FAILURE PROGRAM WORD…
attach_nbd() {
  modprobe nbd
  run_or_say "$@"
}

# log_in_iscsi FAILURE PROGRAM WORD…
log_in_iscsi() {
  modprobe -a iscsi_tcp sd_mod
  run_or_say "$@"
}

run_or_say() {
  failure_text=$1
  shift
  "$@" > /run/unitrd/remote.log 2>&1 && return 0
  cat /run/unitrd/remote.log >&2
  say "$failure_text"
  return 1
}

# mount_remote PATH TYPE REMOTE OPTIONS PROGRAM ORIGIN: PROGRAM is mount.nfs(8).
mount_remote() {
  mount_path=$1 mount_options=$4 mount_origin=$6
  if [ "$mount_path" = / ] && [ -n "$root_device" ]; then
    mount_filesystem / "$3" "$2" "$mount_options" '' default "$mount_origin"
    return
  fi
  modprobe -q "$2" || :
  make_mount_point
  "$5" "$3" "$mount_place" ${mount_options:+-o "$mount_options"} || {
    say "$3 cannot be mounted at $mount_path: $mount_origin"
    return 1
  }
}
