# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Functions that every scripted stage one has.

# What a step that was done wants said when a later one fails, line by line.
notes_of_failure=''

# The last directory holds busybox under the names of its tools, after the real ones.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/unitrd/busybox

# A line for each step: its id, when it began and ended, and `done` or `failed`.
step_log=/run/unitrd/steps
declared_at=''

# Says one line on the console, and in the kernel's log (as debug: not on the console again), where stage two finds it.
say() {
  printf 'unitrd: %s\n' "$*"
  printf '<7>unitrd: %s\n' "$*" > /dev/kmsg 2> /dev/null || :
}

# Seconds since the kernel started, with two decimals.
uptime_now() {
  read -r up_seconds _ < /proc/uptime
  printf '%s' "$up_seconds"
}

prepare() {
  # busybox starts its own tools through /proc, so this one is named in full.
  busybox mount -t proc -o nosuid,nodev,noexec proc /proc
  mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
  mount -t devtmpfs -o nosuid,mode=0755 devtmpfs /dev
  mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs /run
  mkdir -p /run/unitrd
  : > "$step_log"
  [ ! -e /etc/hostname ] || hostname -F /etc/hostname
  read_command_line
  if [ -n "$denied_words$load_words" ]; then apply_module_words; else plug_devices; fi
}

# step ID stop|go-on FUNCTION ARGUMENT…: one step of the plan, which is declared in the line $declared_at. Its times go
# to $step_log, with `dependency` for one whose device did not come.
step() {
  step_id=$1 step_failure=$2 missing=''
  shift 2
  stop_here "$step_id"
  step_begin=$(uptime_now)
  if "$@"; then step_result="done"; else step_result=${missing:-failed}; fi
  printf '%s %s %s %s\n' "$step_id" "$step_begin" "$(uptime_now)" "$step_result" >> "$step_log"
  [ "$step_result" != "done" ] || return 0
  if [ "$step_failure" = go-on ]; then
    say "$step_id failed; the boot goes on without it"
  else
    failure="$step_id failed, and the boot cannot go on without it: $declared_at"
    say_step_failed "$step_id" "$declared_at"
    fail
  fi
}

# Words of the kernel command line. Each wins wholly or is refused aloud.
read_command_line() {
  root_device='' root_type='' root_flags='' root_mode='' root_named='' init_program='' stop_at='' refused=''
  volatile_word='' check_mode=auto check_repair=preen load_words='' denied_words='' network_words=''
  resume_device='' resume_offset='' no_resume=''
  read -r command_line < /proc/cmdline
  set -f
  # The kernel splits at blanks; quotes are left to those who want blanks in values.
  # shellcheck disable=SC2086
  set -- $command_line
  set +f
  for word; do
    case $word in
      root=*) root_named=yes ;;
    esac
    name_refusal "$word"
    if [ -n "$refusal" ]; then
      case " $refused " in
        *" $refusal "*) ;;
        *) refused="$refused $refusal" ;;
      esac
      continue
    fi
    case $word in
      root=*) root_device=${word#root=} ;;
      rootfstype=*) root_type=${word#rootfstype=} ;;
      rootflags=*) root_flags=${word#rootflags=} ;;
      ro | rw) root_mode=$word ;;
      init=*) init_program=${word#init=} ;;
      systemd.volatile) volatile_word=yes ;;
      systemd.volatile=*) volatile_word=${word#systemd.volatile=} ;;
      resume=*) resume_device=${word#resume=} ;;
      resume_offset=*) resume_offset=${word#resume_offset=} ;;
      noresume) no_resume=yes ;;
      rd.break) stop_at=hand-over ;;
      rd.break=*) stop_at=${word#rd.break=} ;;
      fsck.mode=*) check_mode=${word#fsck.mode=} ;;
      fsck.repair=*) check_repair=${word#fsck.repair=} ;;
      modules_load=* | rd.modules_load=*) load_words=$load_words,${word#*=} ;;
      ip=* | nameserver=* | rd.neednet | rd.neednet=*) network_words="$network_words $word" ;;
      modprobe.blacklist=*) denied_words=$denied_words,${word#*=} ;;
    esac
  done
  if [ -n "$volatile_word" ] && ! command -v volatile_root > /dev/null; then refused="$refused volatile"; fi
  if [ -n "$network_words" ]; then
    if command -v use_network_words > /dev/null; then use_network_words; else refused="$refused network"; fi
  fi
  for word in $refused; do refuse "$word"; done
  if [ -z "$root_named" ] && [ -n "$root_type$root_flags$root_mode" ]; then refuse root-words; fi
  if [ -z "$resume_device" ] && [ -n "$resume_offset" ]; then refuse resume-offset; fi
}

# What modprobe.blacklist= and modules_load= say, as if [modules] said it.
apply_module_words() {
  mkdir -p /etc/modprobe.d
  for module in $(split_list "$denied_words"); do
    printf 'blacklist %s\n' "$module" >> /etc/modprobe.d/kernel-command-line.conf
  done
  plug_devices
  for module in $(split_list "$load_words"); do
    modprobe -b "$module" || say "the module $module of the kernel command line cannot be loaded"
  done
}

# split_list A,B,…: a line for each that is not empty and that a module can be called.
split_list() {
  printf '%s\n' "$1" | tr , '\n' | grep -E '^[0-9A-Za-z_-]+$'
}

# rd.break=ID stops before a step, rd.break before the hand-over; only where the image may open a shell.
stop_here() {
  [ "$stop_at" = "$1" ] || return 0
  stop_at=''
  if may_open_shell; then
    say "stopped before $1; exit goes on"
    open_shell
  else
    refuse break
  fi
}

# Loads the driver of every device that has none yet, as udev does by modalias. More devices may appear by that, so it
# is called again while a device is waited for; it does nothing when nothing is new.
plug_devices() {
  aliases=$(find /sys/devices -name modalias -exec sort -u {} + 2> /dev/null)
  [ "$aliases" != "${plugged:-}" ] || return 0
  plugged=$aliases
  printf '%s\n' "$aliases" | xargs -r modprobe -abq 2> /dev/null || :
}

may_open_shell() {
  [ "$emergency_access" != locked ]
}

# The end of a boot that failed, for the reason in $failure. Never returns where the image opens no shell.
fail() {
  if [ -n "$root_device" ] && ! grep -q ' /sysroot ' /proc/mounts; then say_root_missing; fi
  [ -z "$notes_of_failure" ] || printf '%s' "$notes_of_failure" | while IFS= read -r note; do say "$note"; done
  run_hooks on-failure || :
  if [ "$panic_on_fail" = yes ]; then
    say_rebooting 10
    sleep 10
    reboot -f
  fi
  if ! may_open_shell; then
    say_locked
    while :; do sleep 3600; done
  fi
  offer_shell
}

# Asks as sulogin(8) does after a failed boot: Control-D, and the end of the shell, try to go on.
offer_shell() {
  if [ "$emergency_access" = password ]; then
    say 'The boot has failed. Give the password of root for maintenance (or press Control-D to continue).'
  else
    say 'The boot has failed. Press Enter for maintenance (or press Control-D to continue): '
    IFS= read -r _ || return 0
  fi
  open_shell
}

open_shell() {
  case $emergency_access in
    open) setsid cttyhack sh -l ;;
    password) setsid cttyhack sulogin ;;
  esac
}

# run_hooks POINT: the hooks of one point of the boot, in their order; the first that fails is the last.
run_hooks() {
  for hook in /etc/unitrd/hooks/"$1"/*; do
    [ ! -e "$hook" ] || run_hook "$1" "$hook" || return 1
  done
}

# run_hook STEP FILE: docs/scripted.md says what a hook may rely on.
run_hook() {
  (cd / && UNITRD_STEP=$1 UNITRD_ROOT=/sysroot UNITRD_FAILURE=${failure:-} "$2")
  hook_status=$?
  [ "$hook_status" -eq 0 ] || say "the hook ${2##*/} of $1 ended with status $hook_status"
  return "$hook_status"
}
