#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots guests and captures in them: run.sh NAME STEP SHELL, or without arguments all steps of all guests in guests.tsv.
# Results land in $GUESTS/NAME/out-STEP; exit code 1 where a capture left something behind or its report is wrong.
# Steps: live; install (or prepare), then undo or boot; cmdline, then collect; lockdown-integrity, lockdown-confidentiality; trouble.
# All run in TCG; ACCEL=kvm where the host has it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}

boot() { # NAME STEP SHELL
  dir=$GUESTS/$1 out=$GUESTS/$1/out-$2
  rm -rf "$out"
  mkdir -p "$out/in"
  cp "$GUESTS/capture.sh" "$here/guest.sh" "$out/in"
  tar cf "$out/in.tar" -C "$out/in" .
  truncate -s 256M "$out/out.tar"
  console=ttyS0
  case $1 in
  *arm64*) machine='qemu-system-aarch64 -M virt -cpu cortex-a57' console=ttyAMA0 ;;
  *i386*) machine='qemu-system-i386 -cpu qemu32' ;;
  *) machine='qemu-system-x86_64 -cpu Nehalem' ;;
  esac
  extra='' initrd=''
  [ ! -f "$dir/initrd" ] || initrd="-initrd $dir/initrd"
  [ ! -f "$dir/cmdline" ] || extra=$(cat "$dir/cmdline")
  case $2 in
  lockdown-*) extra="$extra lockdown=${2#lockdown-}" ;;
  collect) extra="$extra $(sed -n 's/^\(trace\|kprobe\)_event=/&/p' "$dir/out-cmdline/log" | tr '\n' ' ')" ;; # what --cmdline printed
  esac
  started=$(date +%s)
  # shellcheck disable=SC2086 # a program and its options
  timeout "${LIMIT:-900}" $machine -accel "${ACCEL:-tcg}" -smp "${CPUS:-4}" -m "${MEMORY:-1024}" -nographic -no-reboot -net none -vga none \
    -kernel "$dir/vmlinuz" $initrd \
    -append "root=/dev/vda rw console=$console no_timer_check guest.step=$2 guest.shell=$3 $extra" \
    -drive "file=$dir/root.ext4,if=virtio,format=raw" -drive "file=$out/in.tar,if=virtio,format=raw,readonly=on" \
    -drive "file=$out/out.tar,if=virtio,format=raw" < /dev/null > "$out/console.log" 2>&1 || echo "qemu: exit $?"
  tar xf "$out/out.tar" -C "$out" || tail -n 5 "$out/console.log"
  rm -rf "$out/out.tar" "$out/in.tar" "$out/in"
  case $2 in install | undo | boot) mv "$out/initrd" "$dir/initrd" ;; *) rm -f "$out/initrd" ;; esac
  echo "== $1 $2 ($3): $(($(date +%s) - started)) s"
  if [ -s "$out/left" ]; then echo "left behind:" && cat "$out/left" && status=1; fi
}

# `--boot` in a chroot of the guest's disk, with its kernel's release: what the step `install` does, at once.
prepare() { # NAME
  dir=$GUESTS/$1 disk=$GUESTS/$1/disk
  mkdir -p "$disk"
  mount -o loop "$dir/root.ext4" "$disk"
  cp "$GUESTS/capture.sh" "$disk/root/capture.sh"
  ls "$disk/lib/modules" > "$disk/root/osrelease"
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && mount --bind "$0/root/osrelease" "$0/proc/sys/kernel/osrelease" &&
    chroot "$0" sh /root/capture.sh --boot --seconds 3 --out /root' "$disk" > "$dir/prepare.log" 2>&1 || cat "$dir/prepare.log"
  cp "$disk"/boot/initrd.img-* "$dir/initrd"
  umount "$disk"
}

status=0
mkdir -p "$GUESTS"
node "$here/../../dist/cli/main.js" capture --boot -o "$GUESTS/capture.sh"
if [ "${2:-}" = prepare ]; then
  prepare "$1"
elif [ $# -gt 0 ]; then
  boot "$@"
else
  while read -r name _ _ _ _ steps; do
    for step in $steps; do
      case $step in prepare:*) prepare "$name" ;; *) boot "$name" "${step%:*}" "${step#*:}" ;; esac
    done
  done < "$here/guests.tsv"
  node "$here/check.mjs" "$GUESTS"/*/out-*/modwaste-*.tar.gz || status=1
fi
exit $status
