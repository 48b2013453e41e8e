# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Checking and mounting below /sysroot.

# mount_filesystem PATH SPEC TYPE OPTIONS CHECKER SECONDS ORIGIN: OPTIONS and CHECKER may be empty.
mount_filesystem() {
  mount_path=$1 mount_spec=$2 mount_type=$3 mount_options=$4 checker=$5 mount_seconds=$6 mount_origin=$7
  [ "$mount_path" != / ] || apply_root_words
  wait_for_device "$mount_spec" "$mount_seconds" "$mount_origin" || return 1
  [ -z "$checker" ] || check_filesystem "$checker" "$device" "$mount_path" || return 1
  make_mount_point
  mount -t "$mount_type" ${mount_options:+-o "$mount_options"} "$device" "/sysroot${mount_path%/}" || {
    say "$device cannot be mounted at $mount_path: $mount_origin"
    return 1
  }
}

# As systemd does: a directory that is not there is made, where the file system that it lies on can be written.
make_mount_point() {
  [ -d "/sysroot$mount_path" ] || mkdir -p "/sysroot$mount_path" 2> /dev/null || :
}

# root= replaces the declared root as a whole.
apply_root_words() {
  [ -n "$root_device" ] || return 0
  [ "$root_device" = "$mount_spec" ] || say "root= on the kernel command line replaces $mount_spec ($mount_origin)"
  if [ -z "$root_flags" ] && [ -n "$mount_options" ]; then
    say "root= without rootflags= drops the declared options $mount_options ($mount_origin)"
  fi
  mount_spec=$root_device
  # The kernel loads no module for a type that it has to guess; the declared one is the best guess.
  modprobe -q "$mount_type" || :
  mount_type=${root_type:-auto}
  mount_options=${root_mode:-ro}${root_flags:+,$root_flags}
  checker=''
}

# check_filesystem CHECKER DEVICE PATH: the exit status of fsck(8) is honoured.
check_filesystem() {
  "$1" -a "$2"
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

# mount_tmpfs PATH OPTIONS
mount_tmpfs() {
  mount_path=$1
  make_mount_point
  mount -t tmpfs ${2:+-o "$2"} tmpfs "/sysroot$1"
}

# mount_bind PATH SOURCE OPTIONS
mount_bind() {
  mount_path=$1
  make_mount_point
  mount -o "bind${3:+,$3}" "/sysroot$2" "/sysroot$1"
}
