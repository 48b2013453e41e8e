# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Starting md arrays.

# start_array NAME DEVICE CONFIG SECONDS DEGRADED-AFTER ORIGIN OWN-NAME SPEC…: gives its devices to mdadm one after the
# other, which starts it with the last one. Without a SPEC mdadm is asked of every device. DEGRADED-AFTER may be `never`.
# Where OWN-NAME is not empty, the metadata of its devices say this name.
start_array() {
  array_name=$1 array_device=$2 array_config=$3 array_seconds=$4 degraded_after=$5 array_origin=$6 array_own_name=$7
  shift 7
  [ "$array_seconds" != default ] || array_seconds=$device_timeout
  [ "$degraded_after" = never ] || [ "$array_seconds" = infinity ] || array_seconds=$((array_seconds + degraded_after))
  # Without udev mdadm makes the names itself.
  export MDADM_NO_UDEV=1
  modprobe -q md_mod || :
  given=' ' enough_since=''
  wait_begin=$(uptime_now)
  while :; do
    give_members "$@"
    array_runs && break
    now=$(uptime_now)
    now=${now%.*}
    if [ -n "$enough_since" ] && [ "$degraded_after" != never ] && [ $((now - enough_since)) -ge "$degraded_after" ]; then
      say "raid.$array_name: not all devices came within $degraded_after s, $array_device is started degraded: $array_origin"
      mdadm --run "$array_device" && array_runs && break
      degraded_after=never
    fi
    if [ "$array_seconds" != infinity ] && [ $((now - ${wait_begin%.*})) -ge "$array_seconds" ]; then
      say_incomplete "$@"
      return 1
    fi
    usleep 100000
    plug_devices
  done
  name_partitions
}

say_incomplete() {
  for spec; do
    find_device "$spec" > /dev/null || say "$spec did not appear within $array_seconds s: $array_origin"
  done
  say "raid.$array_name: $array_device was not started in time: not all of its devices came: $array_origin"
}

# give_members SPEC…: each device once; the others are not mdadm's to look at.
give_members() {
  if [ $# -eq 0 ]; then
    for block in /sys/class/block/*; do give_member "/dev/${block##*/}"; done
    return 0
  fi
  for spec; do
    if member=$(find_device "$spec"); then give_member "$(readlink -f "$member")"; fi
  done
}

give_member() {
  case "$given" in
    *" $1 "*) return 0 ;;
  esac
  # A partition may come before its numbers can be read, and what has no size is nobody's member.
  read -r sectors < "/sys/class/block/${1##*/}/size" && [ "$sectors" -gt 0 ] || return 0
  given="$given$1 "
  has_own_name "$1" || return 0
  md_started=''
  md_said=$(mdadm --incremental --export --config="$array_config" "$1" 2> /dev/null) || return 0
  case $md_said in
    *MD_STARTED=*unsafe*)
      enough_since=$(uptime_now)
      enough_since=${enough_since%.*}
      ;;
  esac
}

# has_own_name DEVICE: as declared, or, where no machine is declared, after the name of any machine.
has_own_name() {
  [ -n "$array_own_name" ] || return 0
  md_own_name=$(mdadm --examine --export "$1" 2> /dev/null | sed -n 's/^MD_NAME=//p')
  [ "$md_own_name" != "$array_own_name" ] || return 0
  case $array_own_name in
    *:*) return 1 ;;
  esac
  [ "$md_own_name" != "${md_own_name#*:}" ] && [ "${md_own_name#*:}" = "$array_own_name" ]
}

# Whether the array is there and runs: its node comes with the first of its devices.
array_runs() {
  [ -b "$array_device" ] || return 1
  array_node=$(readlink -f "$array_device")
  array_state=''
  read -r array_state < "/sys/class/block/${array_node##*/}/md/array_state" || return 1
  case $array_state in
    clear | inactive) return 1 ;;
  esac
}

# As udev names them: /dev/md/root1, and with a p where the name ends with a number.
name_partitions() {
  [ "$array_node" != "$array_device" ] || return 0
  for part in "/sys/class/block/${array_node##*/}/${array_node##*/}"p*; do
    [ -e "$part" ] || continue
    part=${part##*/}
    case $array_device in
      *[0-9]) name=${array_device}p${part##*p} ;;
      *) name=$array_device${part##*p} ;;
    esac
    ln -sf "/dev/$part" "$name"
  done
}
