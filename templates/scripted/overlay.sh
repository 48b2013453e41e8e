# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Overlays: one directory over others that are not written.

# mount_overlay PATH OPTIONS MEMORY UPPER WORK make|look ORIGIN: OPTIONS name all directories; MEMORY is where a tmpfs
# for UPPER and WORK is mounted, or empty.
mount_overlay() {
  mount_path=$1 mount_type=auto mount_spec='the overlay' mount_options=$2 mount_origin=$7
  if root_is_replaced; then
    mount_replacement
    return
  fi
  if [ -n "$3" ]; then
    mkdir -p "$3" && mount -t tmpfs -o mode=0700 tmpfs "$3" || return 1
  fi
  if [ "$6" = make ]; then
    (umask 022 && mkdir -p "$4" "$5") || {
      say "$4 and $5 cannot be made: $mount_origin"
      return 1
    }
  elif [ ! -d "$4" ] || [ ! -d "$5" ]; then
    say "$4 and $5 have to be there, and are not; make-directories = true makes them: $mount_origin"
    return 1
  fi
  mount_plainly "$1" overlay overlay "$2" "$7"
}
