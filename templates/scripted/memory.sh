# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Copying an image to memory. Both stage ones use it.

# Room that the machine needs besides the copy, in KiB.
memory_reserve=65536

# copy_device TYPE SPEC TARGET ORIGIN SECONDS
copy_device() {
  wait_for_device "$2" "$5" "$4" || return 1
  copy_image "$1" "$device" "$3" "$4"
}

# copy_image TYPE SOURCE TARGET ORIGIN [MOUNT]: SOURCE is a file or a block device; MOUNT ends when it is copied.
copy_image() {
  copy_size=$(image_size "$1" "$2") || copy_size=''
  if [ -z "$copy_size" ]; then
    say "$2 holds no $1 that can be copied to memory: $4"
    return 1
  fi
  copy_kib=$(((copy_size + 1023) / 1024))
  while read -r memory_key memory_kib _; do
    [ "$memory_key" != MemAvailable: ] || break
  done < /proc/meminfo
  if [ $((copy_kib + memory_reserve)) -gt "$memory_kib" ]; then
    say "$2 has $((copy_kib / 1024)) MiB and does not fit into memory, of which $((memory_kib / 1024)) MiB are free and $((memory_reserve / 1024)) MiB are kept: $4"
    return 1
  fi
  copy_place=${3%/*}
  mkdir -p "$copy_place" || return 1
  mount -t tmpfs -o "size=$((copy_kib + 2048))k,mode=0700" tmpfs "$copy_place" || return 1
  if ! dd if="$2" of="$3" bs=1048576 count=$(((copy_size + 1048575) / 1048576)) 2> /dev/null; then
    say "$2 could not be copied to memory: $4"
    return 1
  fi
  [ -z "${5:-}" ] || umount "$5" || say "$5 cannot be unmounted, though it was copied to memory: $4"
}

# image_size TYPE SOURCE: prints its bytes; of what lies on a device only what the file system takes.
image_size() {
  if [ ! -b "$2" ]; then
    stat -L -c %s "$2"
    return
  fi
  case $1 in
    squashfs)
      [ "$(number_at "$2" 0 4)" = 1936814952 ] && number_at "$2" 40 8
      ;;
    erofs)
      [ "$(number_at "$2" 1024 4)" = 3774210530 ] || return 1
      printf '%s' $(($(number_at "$2" 1060 4) << $(number_at "$2" 1036 1)))
      ;;
    *)
      image_device=$(readlink -f "$2")
      read -r image_sectors < "/sys/class/block/${image_device##*/}/size" || return 1
      printf '%s' $((image_sectors * 512))
      ;;
  esac
}

# number_at FILE OFFSET BYTES: a number without sign, as this machine writes it.
number_at() {
  set -- "$(od -An -tu"$3" -j"$2" -N"$3" "$1")"
  printf '%s' $(($1))
}
