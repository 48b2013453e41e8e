# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# btrfs, on however many devices: the mount names all of them, so that nothing has to tell the kernel before.

# mount_btrfs PATH SPEC OPTIONS SECONDS ORIGIN
mount_btrfs() {
  mount_path=$1 mount_spec=$2 mount_type=btrfs mount_options=$3 mount_seconds=$4 mount_origin=$5
  member_type=btrfs checker=''
  [ "$mount_path" != / ] || apply_root_words
  wait_for_members "$(wanted_members)" "$mount_seconds" "$mount_origin" "$mount_spec" || return 1
  case ,$mount_options, in
    *,degraded,*) [ -z "$absent" ] || say "$mount_spec is mounted without the devices that are missing: $mount_origin" ;;
    *)
      if [ "$count_found" -lt "$count_wanted" ]; then
        say "the btrfs $mount_spec is not mounted without all of its devices; degraded = true allows it: $mount_origin"
        missing=dependency
        return 1
      fi
      ;;
  esac
  device=${members%%:*}
  others=${members#"$device"}
  while [ -n "$others" ]; do
    others=${others#:}
    mount_options=${mount_options:+$mount_options,}device=${others%%:*}
    others=${others#"${others%%:*}"}
  done
  make_mount_point
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$device" "$mount_place" || {
    say "$mount_spec cannot be mounted at $mount_path; the kernel's messages say why: $mount_origin"
    return 1
  }
}

# The superblock of btrfs lies at 64 KiB: from its byte 32 the UUID of the file system, at 64 a magic number, at 136 the
# number of devices, and at 299 the label of 256 bytes.
read_btrfs() {
  superblock=$(disk_bytes "$1" 65568 112)
  fields=${superblock#????????????????????????????????????????????????????????????????}
  case $fields in
    5f42485266535f4d*) ;;
    *) return 1 ;;
  esac
  member_uuid=$(printf '%.32s' "$superblock")
  fields=${superblock#"${superblock%????????????????}"}
  member_devices=$(little_endian "$(printf '%.8s' "$fields")")
  member_label=$(disk_bytes "$1" 65832 260)
  member_label=${member_label#??????}
}
