#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A kernel without tracefs: Debian's user-mode-linux, a program, with busybox alone. Captures live while modules load; the
# result lands in $GUESTS/uml/out. Takes ten seconds. Needs busybox-static, cpio, kmod.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}
dir=$GUESTS/uml
if [ ! -d "$dir/package" ]; then
  mkdir -p "$dir"
  (cd "$dir" && apt-get -qq download user-mode-linux && dpkg-deb -x user-mode-linux_*.deb package && rm user-mode-linux_*.deb)
fi
tree=$dir/tree
rm -rf "$tree" "$dir/out"
mkdir -p "$dir/out" "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" "$tree/root" "$tree/host" "$tree/var/tmp"
node "$here/../../dist/cli/main.js" capture -o "$tree/capture.sh"
cp "$here/guest.sh" "$tree/guest.sh"
cp "$(command -v busybox)" "$tree/bin/busybox"
release=$(ls "$dir/package/usr/lib/uml/modules")
mkdir -p "$tree/lib/modules/$release"
for module in nls_cp932 nls_cp936 nls_cp949 nls_cp950 minix romfs; do
  find "$dir/package/usr/lib/uml/modules/" -name "$module.ko" -exec cp {} "$tree/lib/modules/$release/" \;
done
cat > "$tree/init" << EOT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /root
mount -t hostfs none /host -o $dir/out
hostname guest
cd /root
sh /capture.sh --live --out /root -- sh /guest.sh storm > log 2>&1
{ ls -d /run/modwaste; grep -E 'tracefs|debugfs|securityfs' /proc/mounts; } > left 2> /dev/null
cp log left modwaste-* /host/
poweroff -f
EOT
chmod 755 "$tree/init"
(cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 > "$dir/initrd"
timeout 300 "$dir/package/usr/bin/linux.uml" mem=256M "initrd=$dir/initrd" con=null con0=null,fd:1 quiet < /dev/null > "$dir/console.log" 2>&1 || :
cat "$dir/out/log"
[ ! -s "$dir/out/left" ] || { echo 'left behind:' && cat "$dir/out/left" && exit 1; }
