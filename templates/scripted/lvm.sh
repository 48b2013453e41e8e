# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Activating logical volumes.

# activate_volumes GROUP CONFIG SECONDS PARTIAL ORIGIN VOLUME…: these volumes and no others. With `partial` the group may lack
# physical volumes when the time is over.
activate_volumes() {
  volume_group=$1 volume_config=$2 volume_seconds=$3 volume_partial=$4 volume_origin=$5
  shift 5
  [ "$volume_seconds" != default ] || volume_seconds=$device_timeout
  # Without udev it makes the names itself.
  export DM_DISABLE_UDEV=1 LVM_SYSTEM_DIR="$volume_config" LVM_SUPPRESS_FD_WARNINGS=1
  modprobe -q dm_mod || :
  wait_begin=$(uptime_now)
  until group_is_complete; do
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$volume_seconds" != infinity ] && [ "$waited" -ge "$volume_seconds" ]; then
      say_missing_volumes
      [ "$volume_partial" = partial ] || return 1
      break
    fi
    usleep 200000
    plug_devices
  done
  for volume; do
    lvm lvchange -ay ${volume_partial:+--activationmode partial} "$volume_group/$volume" || {
      say "lvm.$volume_group: the volume $volume was not activated: $volume_origin"
      return 1
    }
  done
}

# Whether all of its physical volumes are there.
group_is_complete() {
  missing=$(lvm vgs --noheadings -o vg_missing_pv_count "$volume_group" 2> /dev/null) || return 1
  [ "$((missing))" -eq 0 ]
}

say_missing_volumes() {
  if [ "$volume_partial" = partial ]; then
    say "lvm.$volume_group: not all physical volumes came within $volume_seconds s, the boot goes on with those that did: $volume_origin"
  else
    say "lvm.$volume_group: not all physical volumes came within $volume_seconds s, and partial = true is not declared: $volume_origin"
  fi
}
