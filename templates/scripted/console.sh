# shellcheck shell=dash
# Keymap and font.

# set_console KEYMAP FONT: files of the image; either may be empty.
set_console() {
  [ -e /dev/tty0 ] || return 0
  [ -z "$1" ] || loadkeys -q -u "$1" || return 1
  [ -z "$2" ] || setfont -C /dev/tty0 "$2"
}
