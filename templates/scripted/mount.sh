# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Checking and mounting below /sysroot.

# mount_filesystem PATH SPEC TYPE OPTIONS CHECKER SECONDS ORIGIN: OPTIONS and CHECKER may be empty.
mount_filesystem() {
  mount_path=$1 mount_spec=$2 mount_type=$3 mount_options=$4 checker=$5 mount_seconds=$6 mount_origin=$7
  [ "$mount_path" != / ] || apply_root_words
  wait_for_device "$mount_spec" "$mount_seconds" "$mount_origin" || return 1
  if [ "$mount_origin" = root= ] && [ -n "$checker" ]; then forget_other_checker; fi
  [ -z "$checker" ] || check_filesystem "$checker" "$device" "$mount_path" || return 1
  make_mount_point
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$device" "$mount_place" || {
    say "$device cannot be mounted at $mount_path: $mount_origin"
    return 1
  }
}

# make_filesystem SPEC SECONDS ORIGIN COMMAND…: where nothing is; the program says what it does.
make_filesystem() {
  wait_for_device "$1" "$2" "$3" || return 1
  shift 3
  /usr/lib/unitrd/make-filesystem "$device" "$@"
}

# As systemd does: a directory that is not there is made, where the file system that it lies on can be written. Sets
# $mount_place.
make_mount_point() {
  mount_place=$(place_of "$mount_path")
  [ -d "$mount_place" ] || mkdir -p "$mount_place" 2> /dev/null || :
}

# place_of PATH: where a path of the real system is until that starts. /run is handed over as it is.
place_of() {
  case $1 in
    /) printf /sysroot ;;
    /run/*) printf '%s' "$1" ;;
    *) printf '/sysroot%s' "$1" ;;
  esac
}

# root= replaces the declared root as a whole.
apply_root_words() {
  [ -n "$root_device" ] || return 0
  [ "$root_device" = "$mount_spec" ] || say_root_replaced "$mount_spec" "$mount_origin"
  if [ -z "$root_flags" ] && [ -n "$mount_options" ]; then
    say_root_options_dropped "$mount_options" "$mount_origin"
  fi
  mount_spec=$root_device mount_seconds=default mount_origin=root= declared_type=$mount_type
  # The kernel loads no module for a type that it has to guess; the declared one is the best guess.
  modprobe -q "$mount_type" || :
  mount_type=${root_type:-auto}
  mount_options=${root_mode:-ro}${root_flags:+,$root_flags}
}

# The checker of the declared type is of use for the file system of root= only when that is of the same type.
forget_other_checker() {
  case $(blkid "$device") in
    *" TYPE=\"$declared_type\""*) ;;
    *) checker='' ;;
  esac
}

# check_filesystem CHECKER DEVICE PATH: fsck.mode= and fsck.repair= mean what systemd-fsck(8) says; the exit status of
# fsck(8) is honoured.
check_filesystem() {
  [ "$check_mode" != skip ] || return 0
  case $check_repair in
    yes | 1 | true | on) check_option=-y ;;
    no | 0 | false | off) check_option=-n ;;
    *) check_option=-a ;;
  esac
  if [ "$check_mode" = force ]; then check_option="$check_option -f"; fi
  # shellcheck disable=SC2086
  "$1" $check_option "$2"
  check_status=$?
  if [ $((check_status & 2)) -ne 0 ]; then
    say "the check of $2 asks for a reboot"
    reboot -f
  fi
  if [ "$check_status" -gt 1 ]; then
    say "the check of $2 found what it cannot mend (status $check_status); run $1 by hand"
    return 1
  fi
  mkdir -p /run/initramfs
  case $3 in
    /) : > /run/initramfs/fsck-root ;;
    /usr) : > /run/initramfs/fsck-usr ;;
  esac
}

# mount_plainly PATH TYPE SOURCE OPTIONS ORIGIN: what waits for no device.
mount_plainly() {
  mount_path=$1 mount_type=$2 mount_spec=$3 mount_options=$4 mount_origin=$5
  if root_is_replaced; then
    mount_replacement
    return
  fi
  make_mount_point
  case ,$mount_options, in
    # The kernel makes its first device only when the module is there.
    *,loop,*) modprobe -q loop || : ;;
  esac
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$mount_spec" "$mount_place" || {
    say "$mount_spec cannot be mounted at $mount_path; the kernel's messages may say why: $mount_origin"
    return 1
  }
}

# mount_bind PATH SOURCE OPTIONS ORIGIN
mount_bind() {
  mount_path=$1 mount_type=auto mount_spec=$2 mount_options=$3 mount_origin=$4
  if root_is_replaced; then
    mount_replacement
    return
  fi
  make_mount_point
  mount -o "bind${3:+,$3}" "$(place_of "$2")" "$mount_place" || {
    say "$2 cannot be mounted at $mount_path: $mount_origin"
    return 1
  }
}

root_is_replaced() {
  [ "$mount_path" = / ] && [ -n "$root_device" ]
}

# Of a root that lies on no device, root= replaces all.
mount_replacement() {
  mount_filesystem / "$mount_spec" "$mount_type" "$mount_options" '' default "$mount_origin"
}
