# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# A root of which nothing, or only a part, is kept: as systemd-volatile-root.service(8) makes it.

# volatile_root yes|overlay ORIGIN: systemd.volatile= on the kernel command line wins.
volatile_root() {
  volatile_mode=${volatile_word:-$1}
  [ "$volatile_mode" = "$1" ] || say "systemd.volatile= on the kernel command line replaces volatile = \"$1\" ($2)"
  case $volatile_mode in
    yes | true | on | 1) only_usr ;;
    overlay) cover_root ;;
    state) mount -t tmpfs -o mode=0755 tmpfs /sysroot/var ;;
    no | false | off | 0) : ;;
    *)
      say "systemd.volatile=$volatile_mode is none of yes, no, state and overlay"
      return 1
      ;;
  esac || {
    say "the root cannot be made volatile ($volatile_mode): $2"
    return 1
  }
}

cover_root() {
  mkdir -p /run/unitrd/volatile &&
    mount -t tmpfs -o mode=0700 tmpfs /run/unitrd/volatile &&
    mkdir -m 0755 /run/unitrd/volatile/upper /run/unitrd/volatile/work &&
    mount -t overlay -o lowerdir=/sysroot,upperdir=/run/unitrd/volatile/upper,workdir=/run/unitrd/volatile/work overlay /sysroot
}

only_usr() {
  mkdir -p /run/unitrd/volatile &&
    mount -t tmpfs -o mode=0755 tmpfs /run/unitrd/volatile &&
    mkdir -m 0755 /run/unitrd/volatile/usr &&
    mount -o bind /sysroot/usr /run/unitrd/volatile/usr &&
    mount -o remount,bind,ro /run/unitrd/volatile/usr || return 1
  # /usr may be a mount of its own.
  umount /sysroot/usr 2> /dev/null || :
  umount /sysroot && mount -o move /run/unitrd/volatile /sysroot
}
