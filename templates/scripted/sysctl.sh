# shellcheck shell=dash

# set_parameters FILE: lines NAME = VALUE, as in sysctl.d(5).
set_parameters() {
  sysctl -q -p "$1"
}
