# shellcheck shell=dash
# Credentials that the machine gives, as systemd.system-credentials(7) says.

# read_credential NAME: prints it, from the first of the firmware's tables, QEMU's fw_cfg and the kernel command line that
# has it.
read_credential() {
  modprobe -q dmi_sysfs || :
  modprobe -q qemu_fw_cfg || :
  for strings in /sys/firmware/dmi/entries/11-*/raw; do
    [ -e "$strings" ] || continue
    credential_line=$(tr '\0' '\n' < "$strings" | sed -n "s/^io\\.systemd\\.credential:$1=/ /p; s/^io\\.systemd\\.credential\\.binary:$1=/b/p")
    print_credential "$credential_line" && return 0
  done
  fw_cfg=/sys/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials/$1/raw
  if [ -e "$fw_cfg" ]; then
    cat "$fw_cfg"
    return 0
  fi
  credential_line=$(tr ' ' '\n' < /proc/cmdline | sed -n "s/^systemd\\.set_credential=$1:/ /p; s/^systemd\\.set_credential_binary=$1:/b/p")
  print_credential "$credential_line"
}

# print_credential LINES: the first line is a blank and text, or a b and base64.
print_credential() {
  credential_line=${1%%
*}
  case $credential_line in
    ' '*) printf '%s' "${credential_line# }" ;;
    b*) printf '%s' "${credential_line#b}" | base64 -d ;;
    *) return 1 ;;
  esac
}
