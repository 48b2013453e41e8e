# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Letting people log in.

# start_ssh PROGRAM WORD…
start_ssh() {
  mkdir -p /dev/pts /run/sshd /run/unitrd/ssh
  grep -q ' /dev/pts ' /proc/mounts || mount -t devpts -o mode=0620,gid=5 devpts /dev/pts
  (umask 077 && mkfifo /run/unitrd/answers)
  "$@" < /dev/null
}

# Ends whoever is logged in, when the boot goes on.
leave_ssh() {
  /usr/lib/unitrd/unlock --end
  killall -q sshd sshd-session sshd-auth dropbear || :
  rm -f /run/unitrd/answers
}
