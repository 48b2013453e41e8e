# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Asking for pass phrases.

# ask_and_try QUESTION TRIES COMMAND…: asks until COMMAND succeeds, which gets the pass phrase on its standard input;
# TRIES 0 is without end. One typing opens everything that has the same pass phrase.
ask_and_try() {
  question=$1 tries=$2 asked=0
  shift 2
  if [ -n "${known_passphrase:-}" ]; then
    printf '%s' "$known_passphrase" | "$@" 2> /dev/null && return 0
  fi
  while [ "$tries" -eq 0 ] || [ "$asked" -lt "$tries" ]; do
    asked=$((asked + 1))
    ask_passphrase "$question" || return 1
    if printf '%s' "$passphrase" | "$@"; then
      known_passphrase=$passphrase passphrase=''
      return 0
    fi
  done
  say "no pass phrase fitted in $tries attempts"
  return 1
}

ask_passphrase() {
  tell_other_consoles "$1"
  printf '%s' "$1"
  stty -echo
  if [ -p /run/unitrd/answers ]; then read_any_answer "$1"; else IFS= read -r passphrase; fi
  read_status=$?
  stty echo
  printf '\n'
  return "$read_status"
}

# The first answer counts, whether it is typed here or by somebody who has logged in. Each begins with the number of the
# question, as one to the question before may come late.
read_any_answer() {
  question_number=$((${question_number:-0} + 1))
  (umask 077 && printf '%s %s\n' "$question_number" "$1" > /run/unitrd/question.new)
  mv /run/unitrd/question.new /run/unitrd/question
  exec 3<&0 4<> /run/unitrd/answers
  send_typed_line <&3 &
  console_reader=$!
  passphrase=''
  while IFS= read -r passphrase <&4; do
    [ "${passphrase%% *}" != "$question_number" ] || break
  done
  passphrase=${passphrase#* }
  rm -f /run/unitrd/question
  kill "$console_reader" 2> /dev/null || :
  wait "$console_reader" 2> /dev/null || :
  exec 3<&- 4<&-
}

send_typed_line() {
  IFS= read -r typed_line || return 0
  printf '%s %s\n' "$question_number" "$typed_line" > /run/unitrd/answers
}

# Only one console of several is read, the last that console= names; the others say where that is.
tell_other_consoles() {
  [ -r /sys/class/tty/console/active ] || return 0
  read -r active_consoles < /sys/class/tty/console/active
  for other_console in $active_consoles; do
    [ "$other_console" != "${active_consoles##* }" ] || return 0
    printf '%s(at %s)\n' "$1" "${active_consoles##* }" > "/dev/$other_console" 2> /dev/null || :
  done
}
