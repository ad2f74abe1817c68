#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the disks of the guests: make.sh NAME... (see guests.tsv). Needs root, debootstrap, e2fsprogs and, for arm64,
# qemu-user-static. Each guest lands in $GUESTS/NAME: root.ext4, vmlinuz, initrd (if it has one).
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
  rm -f "$1/root.ext4"
  truncate -s 3G "$1/root.ext4"
  mke2fs -q -t ext4 -d "$1/root" "$1/root.ext4"
  rm -rf "$1/root"
}

for name; do
  # shellcheck disable=SC2046 # the columns of a row are words
  make $(grep "^$name	" "$here/guests.tsv")
done
