#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots guests and captures in them: run.sh [NAME...] takes all steps of these guests (default: all of guests.tsv), makes
# those that are not there, and checks their archives; run.sh NAME STEP SHELL takes one step. Results land in
# $GUESTS/NAME/out-STEP; exit code 1 where a step did not end, left something behind, or its report is wrong.
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
  timeout "${LIMIT:-2400}" $machine -accel "${ACCEL:-tcg}" -smp "${CPUS:-4}" -m "${MEMORY:-1024}" -nographic -no-reboot -net none -vga none \
    -kernel "$dir/vmlinuz" $initrd \
    -append "root=/dev/vda rw console=$console no_timer_check guest.step=$2 guest.shell=$3 $extra" \
    -drive "file=$dir/root.ext4,if=virtio,format=raw" -drive "file=$out/in.tar,if=virtio,format=raw,readonly=on" \
    -drive "file=$out/out.tar,if=virtio,format=raw" < /dev/null > "$out/console.log" 2>&1 || echo "qemu: exit $?"
  tar xf "$out/out.tar" -C "$out" || tail -n 5 "$out/console.log"
  rm -rf "$out/out.tar" "$out/in.tar" "$out/in"
  echo "== $1 $2 ($3): $(($(date +%s) - started)) s"
  [ -f "$out/log" ] || wrong "it did not end: $out/console.log"
  case $2 in
  install) [ -s "$out/hooks" ] || wrong 'nothing installed' ;;
  live | lockdown-* | collect | boot) ls "$out"/modwaste-*.tar.gz > /dev/null 2>&1 || wrong 'no archive' ;;
  esac
  [ ! -s "$out/left" ] || wrong "left behind: $(cat "$out/left")"
  [ ! -f "$out/initrd" ] || mv "$out/initrd" "$dir/initrd" # for the next boot
}

wrong() {
  echo "WRONG: $*"
  status=1
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

steps() { # NAME: all of its steps
  [ -f "$GUESTS/$1/root.ext4" ] || sh "$here/make.sh" "$1"
  taken=$(awk -F '\t' -v name="$1" '$1 == name { print $6 }' "$here/guests.tsv")
  for step in $taken; do
    case $step in prepare:*) prepare "$1" ;; *) boot "$1" "${step%:*}" "${step#*:}" ;; esac
  done
}

known() { cut -f 1 "$here/guests.tsv" | grep -qx -- "$1"; }

status=0
# shellcheck disable=SC2046 # names without spaces
[ $# -gt 0 ] || set -- $(cut -f 1 "$here/guests.tsv")
known "$1" || { echo "no guest $1 in guests.tsv" >&2; exit 2; }
mkdir -p "$GUESTS"
node "$here/../../dist/cli/main.js" capture --boot -o "$GUESTS/capture.sh"
case ${2:-} in
prepare) prepare "$1" ;;
live | install | undo | boot | cmdline | collect | lockdown-* | trouble) boot "$@" ;;
*)
  for name; do known "$name" || { echo "no guest $name in guests.tsv" >&2; exit 2; }; done
  for name; do steps "$name"; done
  for name; do
    shift
    set -- "$@" "$GUESTS/$name"/out-*/modwaste-*.tar.gz
  done
  node "$here/check.mjs" "$@" || status=1
  ;;
esac
exit $status
