# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Finding block devices without udev.

# find_device UUID=…|LABEL=…|PARTUUID=…|PARTLABEL=…|PATH: prints the device node, or fails.
find_device() {
  case $1 in
    UUID=* | LABEL=*) found_node=$(findfs "$1" 2> /dev/null) && mapping_name "$found_node" ;;
    PARTUUID=*) find_partition partition_uuid "${1#PARTUUID=}" ;;
    PARTLABEL=*) find_partition partition_label "${1#PARTLABEL=}" ;;
    *) [ -b "$1" ] && if [ -L "$1" ]; then mapping_name "$(readlink -f "$1")"; else printf '%s\n' "$1"; fi ;;
  esac
}

# mapping_name NODE: a mapping by its name rather than its number, as it is mounted by udev's link.
mapping_name() {
  mapping=''
  case $1 in
    /dev/dm-*) read -r mapping < "/sys/class/block/${1#/dev/}/dm/name" ;;
  esac
  if [ -n "$mapping" ] && [ -e "/dev/mapper/$mapping" ]; then
    printf '/dev/mapper/%s\n' "$mapping"
  else
    printf '%s\n' "$1"
  fi
}

# find_partition FUNCTION VALUE: the partition of which FUNCTION prints VALUE.
find_partition() {
  for partition in /sys/class/block/*/partition; do
    [ -e "$partition" ] || continue
    partition=${partition%/partition}
    [ "$("$1" "$partition")" = "$2" ] || continue
    printf '/dev/%s\n' "${partition##*/}"
    return 0
  done
  return 1
}

partition_label() {
  sed -n 's/^PARTNAME=//p' "$1/uevent"
}

# The unique GUID of a GPT entry (UEFI specification, 5.3.3), or signature and number on an MBR disk.
partition_uuid() {
  read -r number < "$1/partition"
  disk=$(readlink -f "$1/..")
  read -r block < "$disk/queue/logical_block_size"
  disk=/dev/${disk##*/}
  if [ "$(disk_bytes "$disk" "$block" 8)" = 4546492050415254 ]; then
    table=$(little_endian "$(disk_bytes "$disk" $((block + 72)) 8)")
    size=$(little_endian "$(disk_bytes "$disk" $((block + 84)) 4)")
    guid_text "$(disk_bytes "$disk" $((table * block + (number - 1) * size + 16)) 16)"
  else
    printf '%08x-%02x\n' "$(little_endian "$(disk_bytes "$disk" 440 4)")" "$number"
  fi
}

# disk_bytes DISK OFFSET COUNT, as hexadecimal digits. OFFSET and COUNT are multiples of 4.
disk_bytes() {
  dd if="$1" bs=4 skip=$(($2 / 4)) count=$(($3 / 4)) 2> /dev/null | hexdump -v -e '1/1 "%02x"'
}

little_endian() {
  reversed='' digits=$1
  while [ -n "$digits" ]; do
    rest=${digits#??}
    reversed=${digits%"$rest"}$reversed
    digits=$rest
  done
  printf '%s' $((0x$reversed))
}

guid_text() {
  printf '%s\n' "$1" |
    sed -E 's/^(..)(..)(..)(..)(..)(..)(..)(..)(....)(.{12})$/\4\3\2\1-\6\5-\8\7-\9-/; s/$/'"${1#????????????????????}"'/'
}

# device_path SPEC: as udev's link to it is called, which is how the other stage one calls it.
device_path() {
  case $1 in
    UUID=*) link_name by-uuid "${1#UUID=}" ;;
    LABEL=*) link_name by-label "${1#LABEL=}" ;;
    PARTUUID=*) link_name by-partuuid "${1#PARTUUID=}" ;;
    PARTLABEL=*) link_name by-partlabel "${1#PARTLABEL=}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# link_name DIRECTORY VALUE: what udev has no use for in the name of a link is written as \x and two digits.
link_name() {
  printf '/dev/disk/%s/' "$1"
  rest=$2
  while [ -n "$rest" ]; do
    character=${rest%"${rest#?}"}
    rest=${rest#?}
    case $character in
      [[:alnum:]#+.:=@_-] | [!\ -~]) printf '%s' "$character" ;;
      *) printf '\\x%02x' "'$character" ;;
    esac
  done
  printf '\n'
}

# wait_for_device SPEC SECONDS ORIGIN: sets $device, or says what did not come. SECONDS may be `infinity`
# or `default`; ORIGIN is `root=` for what the kernel command line names.
wait_for_device() {
  device_spec=$1 device_seconds=$2 device_origin=$3
  [ "$device_seconds" != default ] || device_seconds=$device_timeout
  wait_begin=$(uptime_now)
  while :; do
    device=$(find_device "$device_spec") && return 0
    waited=$(uptime_now)
    waited=$((${waited%.*} - ${wait_begin%.*}))
    if [ "$device_seconds" != infinity ] && [ "$waited" -ge "$device_seconds" ]; then
      missing=dependency
      if [ "$device_origin" = root= ]; then
        say_root_late "$device_seconds"
      else
        say_device_late "$(device_path "$device_spec")" "$device_seconds" "$device_origin"
      fi
      return 1
    fi
    usleep 100000
    plug_devices
  done
}
