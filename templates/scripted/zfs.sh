# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# ZFS: pools, keys and datasets.

# import_pool POOL SECONDS ORIGIN: without mounting anything. zpool itself looks for the devices of a pool, and imports it
# as soon as it has enough of them.
import_pool() {
  pool=$1 pool_seconds=$2 pool_origin=$3
  [ "$pool_seconds" != default ] || pool_seconds=$device_timeout
  wait_begin=$(uptime_now)
  # What makes /dev/zfs.
  modprobe zfs || return 1
  while ! import_said=$(zpool import -N -d /dev "$pool" 2>&1); do
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$pool_seconds" != infinity ] && [ "$waited" -ge "$pool_seconds" ]; then
      printf '%s\n' "$import_said"
      say "the pool $pool was not imported within $pool_seconds s: $pool_origin"
      return 1
    fi
    usleep 500000
    plug_devices
  done
}

# unlock_zfs DATASET WAYS KEY-FILE ORIGIN: loads the key of the dataset that this one has its encryption from.
unlock_zfs() {
  dataset=$1 ways=$2 key_file=$3 zfs_origin=$4
  if [ "$(zfs_property keystatus "$dataset")" != unavailable ]; then return 0; fi
  encryption_root=$(zfs_property encryptionroot "$dataset")
  case $ways in
    key-file*)
      zfs load-key -L "file://$key_file" "$encryption_root" && return 0
      say "the key file does not open $encryption_root: $zfs_origin"
      ;;
  esac
  case $ways in
    *passphrase)
      ask_and_try "Please enter passphrase for dataset $encryption_root: " 0 zfs load-key -L prompt "$encryption_root"
      ;;
    *) return 1 ;;
  esac
}

# mount_zfs PATH DATASET OPTIONS ORIGIN
mount_zfs() {
  mount_path=$1 dataset=$2 mount_options=$3 zfs_origin=$4
  if [ "$mount_path" = / ] && [ -n "$root_device" ]; then
    say "root=$root_device is not followed: the root is the declared dataset $dataset ($zfs_origin)"
  fi
  # Without this option only datasets with mountpoint=legacy can be mounted by hand (zfsprops(7)).
  if [ "$(zfs_property mountpoint "$dataset")" != legacy ]; then
    mount_options=zfsutil${mount_options:+,$mount_options}
  fi
  make_mount_point
  mount.zfs ${mount_options:+-o "$mount_options"} "$dataset" "/sysroot${mount_path%/}" || {
    say "$dataset cannot be mounted at $mount_path: $zfs_origin"
    return 1
  }
}

zfs_property() {
  zfs get -H -o value "$1" "$2"
}
