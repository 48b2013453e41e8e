# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# File systems on several devices: finding those that belong together, and how long to wait for them.

# What the mount options say about members that do not come.
wanted_members() {
  case ,$mount_options, in
    *,degraded,*) echo some ;;
    *) echo all ;;
  esac
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
      # A btrfs finds its other devices by what stands on this one.
      if [ "$member_type" = bcachefs ] || [ -z "$of_spec" ] || ! read_superblock "$of_spec"; then return 0; fi
      set -- "UUID=$(dashed_uuid "$member_uuid")" "$of_spec"
      ;;
  esac
  of_spec='' count_found=0
  for size in /sys/class/block/*/size; do
    read -r sectors < "$size"
    [ "$sectors" -ge 64 ] || continue
    node=${size%/size}
    node=/dev/${node##*/}
    read_superblock "$node" || continue
    is_called "$1" || continue
    of_spec=$of_spec${of_spec:+:}$(mapping_name "$node")
    count_found=$((count_found + 1))
    count_wanted=$member_devices
  done
  # root= may name a file system of another type.
  [ "$count_found" -gt 0 ] || { of_spec=$(find_device "$1") && count_found=1; } || :
}

# read_superblock NODE: sets $member_uuid, $member_label (as hexadecimal digits) and $member_devices, if there is a file
# system of $member_type.
read_superblock() {
  case $member_type in
    bcachefs) read_bcachefs "$1" ;;
    btrfs) read_btrfs "$1" ;;
  esac
}

# is_called UUID=…|LABEL=…: whether the superblock that was read last says so.
is_called() {
  case $1 in
    UUID=*) [ "$(dashed_uuid "$member_uuid")" = "${1#UUID=}" ] ;;
    LABEL=*)
      label=$(printf '%s' "${1#LABEL=}" | hexdump -v -e '1/1 "%02x"')
      case $member_label in
        "$label" | "$label"00*) true ;;
        *) false ;;
      esac
      ;;
  esac
}

dashed_uuid() {
  printf '%s\n' "$1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})/\1-\2-\3-\4-/'
}
