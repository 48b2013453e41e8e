# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# bcachefs: finding the members of a file system, its key, and the mount that names all of them.

# mount_bcachefs PATH OPTIONS SECONDS ORIGIN SPEC…: a SPEC by UUID or LABEL stands for every member.
mount_bcachefs() {
  mount_path=$1 mount_options=$2 mount_seconds=$3 mount_origin=$4
  shift 4
  mount_type=bcachefs checker='' mount_spec=$(join_by_colon "$@")
  if [ "$mount_path" = / ] && [ -n "$root_device" ]; then
    apply_root_words
    wait_for_named "$root_device" || return 1
  else
    wait_for_members "$(wanted_members)" "$mount_seconds" "$mount_origin" "$@" || return 1
  fi
  mount_members
}

# What the mount options say about members that do not come.
wanted_members() {
  case ,$mount_options, in
    *,degraded,*) echo some ;;
    *) echo all ;;
  esac
}

mount_members() {
  make_mount_point
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$members" "/sysroot${mount_path%/}" || {
    say "$members cannot be mounted at $mount_path; the kernel's messages say why: $mount_origin"
    return 1
  }
}

# wait_for_named A:B:…: root= may name several devices with colons between them, as /proc/mounts does.
wait_for_named() {
  named=$1
  set --
  while [ -n "$named" ]; do
    set -- "$@" "${named%%:*}"
    case $named in
      *:*) named=${named#*:} ;;
      *) named='' ;;
    esac
  done
  wait_for_members "$(wanted_members)" "$mount_seconds" "$mount_origin" "$@"
}

join_by_colon() {
  joined=''
  for part; do joined=$joined${joined:+:}$part; done
  printf '%s' "$joined"
}

# wait_for_members one|some|all SECONDS ORIGIN SPEC…: sets $members, with colons between them. `one` is content with the
# first that comes; `some` waits for all, but goes on without those that do not come.
wait_for_members() {
  member_count=$1 member_seconds=$2 member_origin=$3
  shift 3
  [ "$member_seconds" != default ] || member_seconds=$device_timeout
  wait_begin=$(uptime_now)
  while :; do
    find_members "$@" && return 0
    [ "$member_count" != one ] || [ -z "$members" ] || return 0
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$member_seconds" != infinity ] && [ "$waited" -ge "$member_seconds" ]; then
      say_missing "$@"
      # Of members that are only counted the kernel knows better whether they are needed.
      if [ -n "$members" ] && { [ "$absent" = counted ] || [ "$member_count" = some ]; }; then return 0; fi
      missing=dependency
      return 1
    fi
    usleep 100000
    plug_devices
  done
}

# find_members SPEC…: sets $members to those that are there, and succeeds when they are all; else $absent tells
# whether a named one lacks or only the count of a file system is not reached.
find_members() {
  members='' absent=''
  for spec; do
    members_of "$spec"
    members=$members${members:+${of_spec:+:}}$of_spec
    [ "$count_found" -lt "$count_wanted" ] || continue
    if [ "$count_found" -gt 0 ]; then absent=${absent:-counted}; else absent=named; fi
  done
  [ -z "$absent" ]
}

say_missing() {
  for spec; do
    members_of "$spec"
    [ "$count_found" -lt "$count_wanted" ] || continue
    if [ "$count_found" -gt 0 ]; then
      say "$count_found of $count_wanted devices of $spec appeared within $member_seconds s: $member_origin"
    else
      say_device_late "$(device_path "$spec")" "$member_seconds" "$member_origin"
    fi
  done
}

# members_of SPEC: sets $of_spec to its devices, with colons between them, $count_found, and $count_wanted.
members_of() {
  of_spec='' count_found=0 count_wanted=1
  case $1 in
    UUID=* | LABEL=*) ;;
    *)
      of_spec=$(find_device "$1") && count_found=1
      return 0
      ;;
  esac
  for size in /sys/class/block/*/size; do
    read -r sectors < "$size"
    [ "$sectors" -ge 64 ] || continue
    node=${size%/size}
    node=/dev/${node##*/}
    read_superblock "$node" || continue
    is_called "$1" || continue
    of_spec=$of_spec${of_spec:+:}$(mapping_name "$node")
    count_found=$((count_found + 1))
    count_wanted=$bcachefs_devices
  done
  # root= may name a file system of another type.
  [ "$count_found" -gt 0 ] || { of_spec=$(find_device "$1") && count_found=1; } || :
}

# The superblock of bcachefs lies at byte 4096. From its byte 24 on it has a magic number, the UUID of this device, that
# of the file system (16 bytes each) and its label (32); at 123, the last that is read, the number of devices.
read_superblock() {
  superblock=$(disk_bytes "$1" 4120 100)
  fields=${superblock#c68573f666ce90a9d96a60cf803df7ef????????????????????????????????}
  [ "$fields" != "$superblock" ] || return 1
  bcachefs_uuid=$(printf '%.32s' "$fields")
  bcachefs_label=$(printf '%.64s' "${fields#"$bcachefs_uuid"}")
  bcachefs_devices=$((0x${superblock#"${superblock%??}"}))
}

# is_called UUID=…|LABEL=…: whether the superblock that was read last says so.
is_called() {
  case $1 in
    UUID=*) [ "$(dashed_uuid "$bcachefs_uuid")" = "${1#UUID=}" ] ;;
    LABEL=*)
      label=$(printf '%s' "${1#LABEL=}" | hexdump -v -e '1/1 "%02x"')
      while [ "${#label}" -lt 64 ]; do label=${label}00; done
      [ "$label" = "$bcachefs_label" ]
      ;;
  esac
}

dashed_uuid() {
  printf '%s\n' "$1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})/\1-\2-\3-\4-/'
}

# unlock_bcachefs WAY KEY-FILE SECONDS ORIGIN SPEC…: WAY is `key-file` or `passphrase`. The kernel looks for the key when
# the file system is mounted.
unlock_bcachefs() {
  unlock_way=$1 key_file=$2 unlock_seconds=$3 unlock_origin=$4
  shift 4
  wait_for_members one "$unlock_seconds" "$unlock_origin" "$@" || return 1
  device=${members%%:*}
  if ! read_superblock "$device"; then
    say "$device holds no bcachefs: $unlock_origin"
    return 1
  fi
  case $unlock_way in
    key-file) keyctl padd user "bcachefs:$(dashed_uuid "$bcachefs_uuid")" @u < "$key_file" > /dev/null ;;
    passphrase) ask_and_try "Please enter passphrase for bcachefs on $device: " 0 bcachefs unlock "$device" ;;
  esac
}
