# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Directories that the host of a virtual machine shares, by their tag.

# mount_share PATH TYPE TAG OPTIONS SECONDS ORIGIN
mount_share() {
  mount_path=$1 mount_type=$2 mount_spec=$3 mount_options=$4 mount_origin=$6
  if root_is_replaced; then
    mount_replacement
    return
  fi
  share_seconds=$5
  [ "$share_seconds" != default ] || share_seconds=$device_timeout
  wait_begin=$(uptime_now)
  until has_share "$2" "$3"; do
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$share_seconds" != infinity ] && [ "$waited" -ge "$share_seconds" ]; then
      say_device_late "/dev/unitrd/$2/$3" "$share_seconds" "$6"
      missing=dependency
      return 1
    fi
    usleep 100000
    plug_devices
  done
  mount_plainly "$1" "$2" "$3" "$4" "$6"
}

# has_share TYPE TAG: whether a driver that is ready has it; that of virtiofs does not show its tags.
has_share() {
  if [ "$1" = virtiofs ]; then
    for share_device in /sys/bus/virtio/drivers/virtiofs/virtio*; do
      [ ! -e "$share_device" ] || return 0
    done
    return 1
  fi
  for share_tag in /sys/bus/virtio/drivers/9pnet_virtio/virtio*/mount_tag; do
    [ -e "$share_tag" ] || continue
    [ "$(tr -d '\000' < "$share_tag")" != "$2" ] || return 0
  done
  return 1
}
