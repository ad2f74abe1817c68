#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the trace costs a boot: five boots without it and five with it, of the kernel that kernel.sh built, to the end of
# 64 load calls in its initramfs. QEMU counts instructions (-icount), so that the load of this host does not matter; a
# nanosecond is two instructions. Prints seconds of uptime. Needs busybox-static and xz.
set -eu
GUESTS=${GUESTS:-/tmp/modwaste-guests}
tree=$GUESTS/overhead
rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" "$tree/modules"
cp "$(command -v busybox)" "$tree/bin/busybox"
for name in sh mount mkdir cat grep insmod poweroff; do ln -s busybox "$tree/bin/$name"; done
cp "$GUESTS/capture.sh" "$tree/capture.sh"
for name in nls_cp932 nls_cp936 nls_cp949 nls_cp950 minix cramfs romfs fuse; do
  find "$GUESTS/stats-amd64/root/" -name "$name.ko.xz" -exec xz -dc {} + > "$tree/modules/$name.ko"
done
cat > "$tree/init" << 'EOT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
read -r cmdline < /proc/cmdline
case $cmdline in *traced*) sh /capture.sh --start ;; esac 2> /dev/null
read -r started _ < /proc/uptime
for _ in 1 2; do
  for _ in 1 2 3 4; do
    for module in /modules/*; do insmod "$module"; done &
  done
  wait
done 2> /dev/null
read -r ended _ < /proc/uptime
echo "result: $started $ended"
poweroff -f
EOT
chmod 755 "$tree/init"
(cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 > "$tree.initrd"
for how in plain traced; do
  for _ in 1 2 3 4 5; do
    echo "$how $(qemu-system-x86_64 -cpu Nehalem -accel tcg -icount shift=1,sleep=off -m 512 -nographic -no-reboot -net none -vga none \
      -kernel "$GUESTS/stats-amd64/vmlinuz" -initrd "$tree.initrd" -append "console=ttyS0 quiet no_timer_check $how" < /dev/null |
      tr -d '\r' | sed -n 's/.*result: //p')"
  done
done
