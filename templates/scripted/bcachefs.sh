# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# bcachefs: its superblock, its key, and the mount that names all of its devices.

# mount_bcachefs PATH OPTIONS SECONDS ORIGIN SPEC…: a SPEC by UUID or LABEL stands for every member.
mount_bcachefs() {
  mount_path=$1 mount_options=$2 mount_seconds=$3 mount_origin=$4
  shift 4
  mount_type=bcachefs member_type=bcachefs checker='' mount_spec=$(join_by_colon "$@")
  if [ "$mount_path" = / ] && [ -n "$root_device" ]; then
    apply_root_words
    wait_for_named "$root_device" || return 1
  else
    wait_for_members "$(wanted_members)" "$mount_seconds" "$mount_origin" "$@" || return 1
  fi
  mount_members
}

mount_members() {
  make_mount_point
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$members" "$mount_place" || {
    say "$members cannot be mounted at $mount_path; the kernel's messages say why: $mount_origin"
    return 1
  }
}

# The superblock of bcachefs lies at byte 4096. From its byte 24 on it has a magic number, the UUID of this device, that
# of the file system (16 bytes each) and its label (32); at 123, the last that is read, the number of devices.
read_bcachefs() {
  superblock=$(disk_bytes "$1" 4120 100)
  fields=${superblock#c68573f666ce90a9d96a60cf803df7ef????????????????????????????????}
  [ "$fields" != "$superblock" ] || return 1
  member_uuid=$(printf '%.32s' "$fields")
  member_label=$(printf '%.64s' "${fields#"$member_uuid"}")
  member_devices=$((0x${superblock#"${superblock%??}"}))
}

# unlock_bcachefs WAY KEY-FILE SECONDS ORIGIN SPEC…: WAY is `key-file` or `passphrase`. The kernel looks for the key when
# the file system is mounted.
unlock_bcachefs() {
  member_type=bcachefs unlock_way=$1 key_file=$2 unlock_seconds=$3 unlock_origin=$4
  shift 4
  wait_for_members one "$unlock_seconds" "$unlock_origin" "$@" || return 1
  device=${members%%:*}
  if ! read_superblock "$device"; then
    say "$device holds no bcachefs: $unlock_origin"
    return 1
  fi
  case $unlock_way in
    key-file) keyctl padd user "bcachefs:$(dashed_uuid "$member_uuid")" @u < "$key_file" > /dev/null ;;
    passphrase) ask_and_try "Please enter passphrase for bcachefs on $device: " 0 bcachefs unlock "$device" ;;
  esac
}
