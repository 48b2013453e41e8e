# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Directories that the host of a virtual machine shares, by their tag.

# mount_share PATH TAG OPTIONS SECONDS ORIGIN
mount_share() {
  mount_path=$1 mount_type=9p mount_spec=$2 mount_options=$3 mount_origin=$5
  if root_is_replaced; then
    mount_replacement
    return
  fi
  share_seconds=$4
  [ "$share_seconds" != default ] || share_seconds=$device_timeout
  wait_begin=$(uptime_now)
  until has_share "$2"; do
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$share_seconds" != infinity ] && [ "$waited" -ge "$share_seconds" ]; then
      say_device_late "/dev/unitrd/9p/$2" "$share_seconds" "$5"
      missing=dependency
      return 1
    fi
    usleep 100000
    plug_devices
  done
  mount_plainly "$1" 9p "$2" "$3" "$5"
}

# has_share TAG: whether a driver that is ready has it.
has_share() {
  for share_tag in /sys/bus/virtio/drivers/9pnet_virtio/virtio*/mount_tag; do
    [ -e "$share_tag" ] || continue
    [ "$(tr -d '\000' < "$share_tag")" != "$1" ] || return 0
  done
  return 1
}
