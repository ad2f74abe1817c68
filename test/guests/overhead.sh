#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a capture costs a boot: five boots without it and five with it, of a guest of busybox alone (default:
# busybox-6.12), to the end of 60 load calls in its initramfs. QEMU counts instructions (-icount), two a nanosecond, so
# that the load of this host does not matter. Prints seconds of uptime.
set -eu
GUESTS=${GUESTS:-/tmp/modwaste-guests}
guest=${1:-busybox-6.12}
tree=$GUESTS/overhead
rm -rf "$tree"
mkdir -p "$tree"
(cd "$tree" && gzip -dc "$GUESTS/$guest/initrd" | cpio --quiet -idm)
cp "$GUESTS/capture.sh" "$tree/capture.sh"
cat > "$tree/init" << 'EOT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
read -r cmdline < /proc/cmdline
case $cmdline in *traced*) sh /capture.sh --start ;; esac 2> /dev/null
modules=$(find /lib/modules -name 'nls_cp9*.ko' -o -name minix.ko)
read -r up _ < /proc/uptime
sleep 10 # what the kernel does in the background after its boot
read -r started _ < /proc/uptime
for _ in 1 2 3; do
  for _ in 1 2 3 4; do
    for module in $modules; do insmod "$module"; done &
  done
  wait
done 2> /dev/null
read -r ended _ < /proc/uptime
echo "result: up $up, loads from $started to $ended"
poweroff -f
EOT
chmod 755 "$tree/init"
(cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 > "$tree.initrd"
for _ in 1 2 3 4 5; do
  for how in plain traced; do
    echo "$how $(qemu-system-x86_64 -cpu Nehalem -accel tcg -icount shift=1,sleep=off -m 1024 -nographic -no-reboot -net none -vga none \
      -kernel "$GUESTS/$guest/vmlinuz" -initrd "$tree.initrd" -append "console=ttyS0 quiet no_timer_check $how" < /dev/null |
      tr -d '\r' | sed -n 's/.*result: //p')"
  done
done
