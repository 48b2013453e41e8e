# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Links of the network. Each is set up beside the other steps; whoever needs it waits for it.

# For each link: .begin (seconds of uptime), .pid, .up when it is done, .dns (lines of resolv.conf(5)), .name.
network_state=/run/unitrd/network

# bring_up LINK WORD=VALUE…: `any` stands for every Ethernet link that has no name here.
bring_up() {
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
  while ! are_up "$@"; do
    if [ "$network_seconds" != infinity ] && [ "$(seconds_of_links "$@")" -ge "$network_seconds" ]; then
      say "${*:-no link} ${1:+not }up within $network_seconds s: $network_origin"
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
  accept_ra='' link_local='' taken=' lo '
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
# shellcheck disable=SC2254
is_match() {
  [ -e "$1/device" ] || return 1
  if [ -n "$match_mac" ]; then
    [ "$(cat "$1/address")" = "$match_mac" ] || return 1
  fi
  if [ -n "$match_driver" ]; then
    device_driver=$(readlink -f "$1/device/driver")
    case ${device_driver##*/} in $match_driver) ;; *) return 1 ;; esac
  fi
  if [ -n "$match_path" ]; then
    device_path=$(pci_path "$1")
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
  ip -6 address show dev "$link" scope global | grep inet6 | grep -q -v -e tentative -e dadfailed
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
