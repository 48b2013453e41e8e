# shellcheck shell=dash

# load_module NAME
load_module() {
  modprobe "$1"
}
