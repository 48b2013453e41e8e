# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Links of the network. Each is set up beside the other steps; whoever needs it waits for it.

# For each link: .begin (seconds of uptime), .pid, .up when it is done, .dns (lines of resolv.conf(5)), .name.
network_state=/run/unitrd/network

# bring_up LINK WORD=VALUE…: `any` stands for every Ethernet link that has no name here.
bring_up() {
  if [ -z "${ip_words:-}" ]; then start_link "$@"; fi
}

start_link() {
  network_links="${network_links:-} $1"
  mkdir -p "$network_state"
  uptime_now > "$network_state/$1.begin"
  set_up_link "$@" < /dev/null &
  echo $! > "$network_state/$1.pid"
}

# wait_for_network SECONDS ORIGIN LINK…: until all of them are up, or without any until one is.
wait_for_network() {
  network_seconds=$1 network_origin=$2
  shift 2
  # Then other links come up than those that are declared.
  [ -z "${ip_words:-}" ] || set --
  while ! are_up "$@"; do
    if [ "$network_seconds" != infinity ] && [ "$(seconds_of_links "$@")" -ge "$network_seconds" ]; then
      say "${*:-no link} is ${1:+not }up within $network_seconds s: $network_origin"
      return 1
    fi
    usleep 100000
  done
}

are_up() {
  if [ $# -eq 0 ]; then
    for network_file in "$network_state"/*.up; do [ ! -e "$network_file" ] || return 0; done
    return 1
  fi
  for network_name; do [ -e "$network_state/$network_name.up" ] || return 1; done
}

# Since the last of them was begun.
seconds_of_links() {
  [ $# -gt 0 ] || for network_name in ${network_links:-}; do set -- "$@" "$network_name"; done
  network_begin=0
  for network_name; do
    read -r link_begin < "$network_state/$network_name.begin" || :
    [ "${link_begin%.*}" -le "$network_begin" ] || network_begin=${link_begin%.*}
  done
  network_now=$(uptime_now)
  echo $((${network_now%.*} - network_begin))
}

set_up_link() {
  link=$1
  shift
  link_kind='' match_mac='' match_driver='' match_path='' link_mac='' link_mtu='' link_master='' link_dhcp=''
  vlan_link='' vlan_id='' bond_mode='' bond_miimon='' bridge_stp='' bridge_delay='' link_metric='' use_dns=yes
  accept_ra='' link_local='' taken=' lo ' once=no
  for link_word; do
    link_value=${link_word#*=}
    case $link_word in
      kind=*) link_kind=$link_value ;;
      match-mac=*) match_mac=$link_value ;;
      match-driver=*) match_driver=$link_value ;;
      match-path=*) match_path=$link_value ;;
      vlan-link=*) vlan_link=$link_value ;;
      vlan-id=*) vlan_id=$link_value ;;
      bond-mode=*) bond_mode=$link_value ;;
      bond-miimon=*) bond_miimon=$link_value ;;
      bridge-stp=*) bridge_stp=$link_value ;;
      bridge-delay=*) bridge_delay=$link_value ;;
      mac=*) link_mac=$link_value ;;
      mtu=*) link_mtu=$link_value ;;
      bridge=* | bond=*) link_master=$link_value ;;
      accept-ra=*) accept_ra=$link_value ;;
      link-local=*) link_local=$link_value ;;
      metric=*) link_metric=$link_value ;;
      no-dhcp-dns=*) use_dns=no ;;
      dhcp=*) link_dhcp=$link_value ;;
      once=*) once=yes ;;
      except=*) taken="$taken$link_value " ;;
    esac
  done
  if [ "$link" = any ]; then
    set_up_every_link "$@"
  elif make_link; then
    configure_link "$@"
  fi
}

# Links that come later are taken too, until somebody stops looking.
set_up_every_link() {
  while :; do
    for network_file in /sys/class/net/*; do
      link=${network_file##*/}
      case $taken in *" $link "*) continue ;; esac
      [ "$once" = no ] || [ "$taken" = ' lo ' ] || continue
      read -r link_type < "$network_file/type"
      if [ "$link_type" != 1 ] || [ ! -e "$network_file/device" ]; then continue; fi
      taken="$taken$link "
      (state_name=any configure_link "$@") &
      echo $! >> "$network_state/any.pid"
    done
    sleep 1
    plug_devices
  done
}

# Finds the hardware and gives it its name, or makes the link. Tries for ever: whoever needs it stops waiting.
make_link() {
  until try_make_link 2> /dev/null; do
    usleep 200000
    [ -n "$link_kind" ] || plug_devices
  done
}

try_make_link() {
  case $link_kind in
    '') find_hardware ;;
    vlan) [ -e "/sys/class/net/$vlan_link" ] && ip link add link "$vlan_link" name "$link" type vlan id "$vlan_id" ;;
    *)
      modprobe -q "$(module_of_kind)" || :
      [ -e "/sys/class/net/$link" ] || ip link add name "$link" type "$link_kind"
      ;;
  esac
}

module_of_kind() {
  case $link_kind in
    bond) echo bonding ;;
    *) echo "$link_kind" ;;
  esac
}

find_hardware() {
  if [ -z "$match_mac$match_driver$match_path" ]; then
    [ -e "/sys/class/net/$link" ]
    return
  fi
  for network_file in /sys/class/net/*; do
    is_match "$network_file" || continue
    network_name=${network_file##*/}
    [ "$network_name" != "$link" ] || return 0
    # Another link may have the name; that one gets its own, or another, in its turn.
    [ ! -e "/sys/class/net/$link" ] || ip link set dev "$link" name "other$(cat "/sys/class/net/$link/ifindex")"
    ip link set dev "$network_name" down
    ip link set dev "$network_name" name "$link"
    return
  done
  return 1
}

# is_match /sys/class/net/LINK: what is asked may be patterns, with * and ? alone.
is_match() {
  [ -e "$1/device" ] || return 1
  if [ -n "$match_mac" ]; then
    [ "$(cat "$1/address")" = "$match_mac" ] || return 1
  fi
  if [ -n "$match_driver" ]; then
    device_driver=$(readlink -f "$1/device/driver")
    # shellcheck disable=SC2254
    case ${device_driver##*/} in $match_driver) ;; *) return 1 ;; esac
  fi
  if [ -n "$match_path" ]; then
    device_path=$(pci_path "$1")
    # shellcheck disable=SC2254
    case $device_path in $match_path) ;; *) return 1 ;; esac
  fi
}

# As udev's ID_PATH: the nearest PCI device.
pci_path() {
  place=$(readlink -f "$1/device")
  while [ -n "$place" ]; do
    case ${place##*/} in
      ????:??:??.?) echo "pci-${place##*/}" && return ;;
    esac
    place=${place%/*}
  done
}

configure_link() {
  state_name=${state_name:-$link}
  link_settings=/sys/class/net/$link
  if [ -n "$bond_mode" ]; then
    echo "$bond_mode" > "$link_settings/bonding/mode"
    [ -z "$bond_miimon" ] || echo "$bond_miimon" > "$link_settings/bonding/miimon"
  fi
  [ -z "$bridge_stp" ] || echo "$bridge_stp" > "$link_settings/bridge/stp_state"
  [ -z "$bridge_delay" ] || echo "$bridge_delay" > "$link_settings/bridge/forward_delay"
  [ "$link_kind" != wireguard ] || wg setconf "$link" "/etc/unitrd/wireguard/$link.conf"
  [ -z "$link_mac" ] || ip link set dev "$link" address "$link_mac"
  [ -z "$link_mtu" ] || ip link set dev "$link" mtu "$link_mtu"
  [ -z "$accept_ra" ] || echo "$accept_ra" > "/proc/sys/net/ipv6/conf/$link/accept_ra"
  case $link_local in
    no | ipv4) echo 1 > "/proc/sys/net/ipv6/conf/$link/addr_gen_mode" ;;
  esac
  if [ -n "$link_master" ]; then
    until [ -e "/sys/class/net/$link_master" ]; do usleep 200000; done
    ip link set dev "$link" down
    ip link set dev "$link" master "$link_master"
  fi
  ip link set dev "$link" up
  until has_carrier; do usleep 100000; done
  add_addresses "$@"
  if [ -n "$link_dhcp" ]; then
    ask_for_address
  elif [ "$accept_ra" = 1 ] && ! has_address; then
    until has_address; do usleep 200000; done
    link_is_up
  else
    link_is_up
  fi
}

has_carrier() {
  { read -r link_carrier < "$link_settings/carrier"; } 2> /dev/null && [ "$link_carrier" = 1 ]
}

add_addresses() {
  for link_word; do
    link_value=${link_word#*=}
    case $link_word in
      address=*:*) ip -6 address add "$link_value" dev "$link" ;;
      address=*) ip address add "$link_value" brd + dev "$link" ;;
      dns=*) printf 'nameserver %s\n' "$link_value" >> "$network_state/$state_name.dns" ;;
      search=*) printf 'search %s\n' "$link_value" >> "$network_state/$state_name.dns" ;;
    esac
  done
  # After all addresses, as a gateway has to be reached through one of them.
  for link_word; do
    link_value=${link_word#*=}
    case $link_word in
      gateway=*:*) ip -6 route add default via "$link_value" dev "$link" ;;
      gateway=*) ip route add default via "$link_value" dev "$link" ;;
      route=*)
        # Words of ip-route(8), made of addresses and numbers.
        set -f
        # shellcheck disable=SC2086
        ip route add $link_value dev "$link"
        set +f
        ;;
    esac
  done
}

has_address() {
  ip -6 address show dev "$link" | grep inet6 | grep -q -v -e 'scope link' -e tentative -e dadfailed
}

# Stays to renew the lease for as long as the initrd runs.
ask_for_address() {
  read -r machine_name < /proc/sys/kernel/hostname
  [ "$machine_name" != '(none)' ] || machine_name=''
  export link link_metric use_dns network_state state_name
  exec udhcpc -f -i "$link" -s /usr/lib/unitrd/dhcp-event -t 4 -T 2 -A 3 -O search -O staticroutes \
    ${machine_name:+-x "hostname:$machine_name"} > /dev/null 2>&1
}

link_is_up() {
  [ ! -e "$network_state/$state_name.dns" ] || cat "$network_state"/*.dns > /run/unitrd/resolv.conf
  : > "$network_state/$state_name.up"
}

flush_network_later() {
  flushes_network=yes
}

# At the hand-over: nobody renews a lease any more, and what was declared so is taken away.
leave_network() {
  [ "${needs_network:-no}" = no ] || wait_for_network 30 'rd.neednet on the kernel command line' || :
  for network_file in "$network_state"/*.pid; do
    [ ! -e "$network_file" ] || while read -r network_pid; do
      kill "$network_pid" 2> /dev/null
    done < "$network_file"
  done
  [ "${flushes_network:-no}" = yes ] || return 0
  for network_file in /sys/class/net/*; do
    network_name=${network_file##*/}
    [ "$network_name" != lo ] || continue
    ip address flush dev "$network_name"
    ip link set dev "$network_name" down
    [ -e "$network_file/device" ] || ip link delete dev "$network_name" 2> /dev/null
  done
}

# Words of the kernel command line. ip= replaces the declared links, or is refused as a whole and aloud.
use_network_words() {
  ip_words='' ip_dns='' ip_refused=''
  for word in $network_words; do
    case $word in
      ip=*) read_ip_word "${word#ip=}" || ip_refused="$ip_refused $word" ;;
      nameserver=*)
        if is_address "${word#*=}"; then ip_dns="$ip_dns ${word#*=}"; else ip_refused="$ip_refused $word"; fi
        ;;
      rd.neednet=1) needs_network=yes ;;
      rd.neednet | rd.neednet=*) ;;
    esac
  done
  case $refused in
    # What would be followed by half is not followed.
    *links*) ip_words='' ip_dns='' ;;
  esac
  if [ -n "$ip_refused" ]; then
    say "of the words about the network this stage one cannot follow$ip_refused: all are left aside, and the links are those of the declaration"
    ip_words=''
  elif [ -n "$ip_words" ]; then
    say 'ip= on the kernel command line replaces the declared links'
    for ip_word in $ip_words; do start_ip_word "$ip_word"; done
  elif [ -n "$ip_dns" ]; then
    refuse nameserver
  fi
}

# read_ip_word VALUE: adds LINK/dhcp/MTU/MAC or LINK/ADDRESS/PREFIX/GATEWAY/HOSTNAME/DNS… to $ip_words.
read_ip_word() {
  case $1 in
    *[!0-9A-Za-z:._-]*) return 1 ;;
    dhcp | on | any) ip_words="$ip_words any/dhcp//" && return ;;
  esac
  fields=$1
  next_field
  case $field in
    *.*.*.*) read_static_word ;;
    *)
      ip_link=$field
      next_field && [ -n "$ip_link" ] || return 1
      case $field in dhcp | on | any) ;; *) return 1 ;; esac
      next_field || :
      is_number_or_empty "$field" || return 1
      # Colons are fields here, and the address of a card has five of them.
      case ${fields:-00:00:00:00:00:00} in ??:??:??:??:??:??) ;; *) return 1 ;; esac
      ip_words="$ip_words $ip_link/dhcp/$field/$fields"
      ;;
  esac
}

# CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:LINK:METHOD:DNS:DNS
read_static_word() {
  ip_address=$field
  next_field && next_field && ip_gateway=$field
  next_field && ip_mask=$field
  next_field && next_field && ip_link=${field:-any}
  next_field || :
  case $field in none | off | static | '') ;; *) return 1 ;; esac
  is_address "$ip_address" || return 1
  [ -z "${ip_gateway:-}" ] || is_address "$ip_gateway" || return 1
  prefix_of "${ip_mask:-255.255.255.255}" || return 1
  ip_servers=''
  while next_field; do
    [ -n "$field" ] || continue
    is_address "$field" || return 1
    ip_servers="$ip_servers/$field"
  done
  ip_words="$ip_words $ip_link/$ip_address/$ip_prefix/$ip_gateway$ip_servers"
}

# Takes $field off $fields; fails when none is left.
next_field() {
  field=''
  [ -n "$fields" ] || return 1
  field=${fields%%:*}
  case $fields in
    *:*) fields=${fields#*:} ;;
    *) fields='' ;;
  esac
}

start_ip_word() {
  ip_link=${1%%/*} ip_rest=${1#*/}
  case $ip_rest in
    dhcp/*)
      ip_rest=${ip_rest#dhcp/}
      set -- dhcp=ipv4
      [ -z "${ip_rest%%/*}" ] || set -- "$@" "mtu=${ip_rest%%/*}"
      [ -z "${ip_rest#*/}" ] || set -- "$@" "mac=${ip_rest#*/}"
      ;;
    *)
      ip_address=${ip_rest%%/*} ip_rest=${ip_rest#*/}
      set -- "address=$ip_address/${ip_rest%%/*}" once=
      ip_rest=${ip_rest#*/}/
      [ -z "${ip_rest%%/*}" ] || set -- "$@" "gateway=${ip_rest%%/*}"
      ip_rest=${ip_rest#*/}
      while [ -n "$ip_rest" ]; do
        set -- "$@" "dns=${ip_rest%%/*}"
        ip_rest=${ip_rest#*/}
      done
      ;;
  esac
  for one in $ip_dns; do set -- "$@" "dns=$one"; done
  start_link "$ip_link" "$@"
}

# prefix_of NETMASK: sets $ip_prefix, of 24 or 255.255.255.0.
prefix_of() {
  ip_prefix=0 mask_rest=$1.
  case $1 in
    *.*.*.*) ;;
    *) is_number_or_empty "$1" && [ "$1" -le 32 ] && ip_prefix=$1 && return ;;
  esac
  while [ -n "$mask_rest" ]; do
    case ${mask_rest%%.*} in
      255) ip_prefix=$((ip_prefix + 8)) ;;
      254) ip_prefix=$((ip_prefix + 7)) ;;
      252) ip_prefix=$((ip_prefix + 6)) ;;
      248) ip_prefix=$((ip_prefix + 5)) ;;
      240) ip_prefix=$((ip_prefix + 4)) ;;
      224) ip_prefix=$((ip_prefix + 3)) ;;
      192) ip_prefix=$((ip_prefix + 2)) ;;
      128) ip_prefix=$((ip_prefix + 1)) ;;
      0) ;;
      *) return 1 ;;
    esac
    mask_rest=${mask_rest#*.}
  done
}

is_number_or_empty() {
  case $1 in
    *[!0-9]* | ??????*) return 1 ;;
  esac
}

is_address() {
  case $1 in
    *[!0-9.]* | .* | *. | *..* | *.*.*.*.*) return 1 ;;
    *.*.*.*) return 0 ;;
  esac
  return 1
}
