#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the guests: make.sh NAME... (see guests.tsv). Needs root, debootstrap, e2fsprogs, kmod, cpio, xz and, for arm64,
# qemu-user-static. Each lands in $GUESTS/NAME: root.ext4, vmlinuz, initrd. One of suite `busybox` is busybox alone, in
# its initramfs, with a kernel of kernel.sh or the one of another guest, and busybox of that guest; these are made first.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
mkdir -p "$GUESTS"

make() { # NAME SUITE ARCH KERNEL INITRAMFS
  dir=$GUESTS/$1 root=$GUESTS/$1/root
  echo "== $1: $2 $3, $4, $5"
  rm -rf "$dir"
  mkdir -p "$dir"
  debootstrap --arch="$3" --variant=minbase \
    --include=systemd,systemd-sysv,udev,kmod,ca-certificates,procps,busybox,dash,initramfs-tools-core \
    "${2%-backports}" "$root" "$MIRROR" > "$dir/debootstrap.log"
  from=
  case $2 in *-backports)
    echo "deb $MIRROR $2 main" > "$root/etc/apt/sources.list.d/backports.list"
    from="-t $2"
    ;;
  esac
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  echo /dev/vda / ext4 defaults 0 1 > "$root/etc/fstab"
  echo guest > "$root/etc/hostname"
  # Emulated guests make initramfs images anew: small ones, hardly compressed.
  mkdir -p "$root/etc/initramfs-tools/conf.d" "$root/etc/dracut.conf.d"
  drivers='virtio_pci virtio_blk ext4 ata_piix sd_mod nls_utf8'
  printf 'MODULES=list\nCOMPRESS=gzip\nCOMPRESSLEVEL=1\n' > "$root/etc/initramfs-tools/conf.d/guest"
  echo "$drivers" | tr ' ' '\n' > "$root/etc/initramfs-tools/modules"
  printf 'compress="cat"\nhostonly="no"\ndrivers="%s"\n' "$drivers" > "$root/etc/dracut.conf.d/guest.conf"
  mount -t proc proc "$root/proc"
  trap 'umount "$root/proc"' EXIT
  chroot "$root" sh -euc "
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends $5
    apt-get install -y -qq --no-install-recommends $from $4
    apt-get download -qq busybox-static
    dpkg-deb --fsys-tarfile busybox-static_*.deb | tar -xO --wildcards './*bin/busybox' > /boot/busybox
    rm busybox-static_*.deb
    apt-get clean
    passwd -d root
  " > "$dir/install.log" 2>&1 || { tail "$dir/install.log"; exit 1; }
  umount "$root/proc"
  trap - EXIT
  cp "$here/guest.service" "$root/etc/systemd/system/guest.service"
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -sf ../guest.service "$root/etc/systemd/system/multi-user.target.wants/guest.service"
  disk "$dir"
}

disk() { # DIRECTORY: root.ext4 of its root
  cp "$1"/root/boot/vmlinuz-* "$1/vmlinuz"
  cp "$1"/root/boot/initrd.img-* "$1/initrd"
  truncate -s 3G "$1/new.ext4"
  mke2fs -q -t ext4 -d "$1/root" "$1/new.ext4"
  rm -rf "$1/root"
  mv "$1/new.ext4" "$1/root.ext4"
}

small() { # NAME - ARCH KERNEL GUEST
  [ -f "$GUESTS/$5/root.ext4" ] || sh "$0" "$5"
  dir=$GUESTS/$1 tree=$GUESTS/$1/tree disk=$GUESTS/$1/disk
  if [ "$4" = kernel.sh ] && [ ! -d "$dir/root" ]; then sh "$here/kernel.sh" "$1"; fi
  echo "== $1: busybox, $3, $4"
  rm -rf "$tree"
  mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" "$tree/root" "$tree/etc" "$tree/tmp" "$tree/var/tmp" "$disk"
  mount -o loop,ro "$GUESTS/$5/root.ext4" "$disk"
  trap 'umount "$disk"' EXIT
  from=$disk
  if [ "$4" = kernel.sh ]; then from=$dir/root; else cp "$GUESTS/$4/vmlinuz" "$dir/vmlinuz"; fi
  cp "$disk/boot/busybox" "$tree/bin/busybox"
  chmod 755 "$tree/bin/busybox"
  release=$(ls "$from/lib/modules")
  for module in virtio_pci virtio_blk nls_cp932 nls_cp936 nls_cp949 nls_cp950 minix cramfs romfs twofish_generic; do
    modprobe -d "$from" -S "$release" --show-depends "$module" 2> /dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | sort -u | while read -r file; do
    file=$from/${file#"$from"}
    to=$tree/${file#"$from"}
    mkdir -p "${to%/*}"
    case $file in *.xz) xz -dc "$file" > "${to%.xz}" ;; *) cp "$file" "$to" ;; esac
  done
  cp "$from/lib/modules/$release"/modules.builtin* "$from/lib/modules/$release/modules.order" "$tree/lib/modules/$release/"
  umount "$disk"
  trap - EXIT
  depmod -b "$tree" "$release"
  printf '#!/bin/busybox sh\n/bin/busybox --install -s /bin\nexec /bin/init\n' > "$tree/init"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' > "$tree/etc/passwd"
  printf '::sysinit:/etc/rc\n::wait:/etc/guest\n' > "$tree/etc/inittab"
  cat > "$tree/etc/rc" << 'EOT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /root
hostname guest
modprobe virtio_pci
modprobe virtio_blk
EOT
  cat > "$tree/etc/guest" << 'EOT'
#!/bin/sh
cd /root
tar xf /dev/vdb
exec sh guest.sh
EOT
  chmod 755 "$tree/init" "$tree/etc/rc" "$tree/etc/guest"
  (cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 > "$dir/initrd"
  truncate -s 1M "$dir/root.ext4"
  rm -rf "$tree" "$disk"
}

for name; do
  row=$(grep "^$name	" "$here/guests.tsv")
  # shellcheck disable=SC2086 # the columns of a row are words
  case $row in *'	busybox	'*) small $row ;; *) make $row ;; esac
done
