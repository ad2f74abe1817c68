#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds small kernels from Debian's linux-source: kernel.sh NAME... (stats-amd64, stats-i386), with
# CONFIG_MODULE_STATS. Needs gcc, flex, bison, bc, libelf-dev. Lands in $GUESTS/NAME: vmlinuz, root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}
mkdir -p "$GUESTS"

if [ ! -d "$GUESTS/linux-source-6.12" ]; then
  (cd "$GUESTS" && apt-get -qq download linux-source-6.12)
  dpkg-deb --fsys-tarfile "$GUESTS"/linux-source-6.12_*.deb | tar -xO ./usr/src/linux-source-6.12.tar.xz | tar -xJ -C "$GUESTS"
  rm "$GUESTS"/linux-source-6.12_*.deb
fi

build() { # NAME ARCHITECTURE
  out=$GUESTS/$1 build=$GUESTS/build-$1
  mkdir -p "$out" "$build"
  set -- make -s -C "$GUESTS/linux-source-6.12" O="$build" ARCH="$2" KCONFIG_ALLCONFIG="$here/kernel.config"
  # ARCH=i386 has no CONFIG_64BIT; ARCH=x86_64 implies it.
  "$@" allnoconfig > "$out/build.log" 2>&1
  nice "$@" -j"$(nproc)" bzImage modules >> "$out/build.log" 2>&1
  nice "$@" INSTALL_MOD_PATH="$out/root" INSTALL_MOD_STRIP=1 modules_install >> "$out/build.log" 2>&1
  cp "$build/arch/x86/boot/bzImage" "$out/vmlinuz"
}

for name; do
  case $name in
  stats-amd64) build "$name" x86_64 ;;
  stats-i386) build "$name" i386 ;;
  *) echo "stats-amd64 or stats-i386, not $name" >&2; exit 2 ;;
  esac
done
