# shellcheck shell=dash
# Parts share variables: what one sets another reads.
# shellcheck disable=SC2034,SC2154
# Decrypting secrets.

# decrypt_secret NAME FILE PATH TPM: TPM, the device that holds the key, may be empty.
decrypt_secret() {
  secret_waited=0
  while [ -n "$4" ] && [ ! -c "$4" ]; do
    if [ "$secret_waited" = "$device_timeout" ]; then
      say "$4, which decrypts the secret $1, did not appear within $device_timeout s"
      return 1
    fi
    sleep 1
    secret_waited=$((secret_waited + 1))
    plug_devices
  done
  (umask 077 && systemd-creds decrypt --name="$1" "$2" "$3")
}
