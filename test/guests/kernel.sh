#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds small kernels with CONFIG_MODULE_STATS from Debian's linux-source: kernel.sh amd64|i386...
# Needs gcc, flex, bison, bc, libelf-dev. Lands in $GUESTS/stats-ARCH: vmlinuz, modules.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}
mkdir -p "$GUESTS"

if [ ! -d "$GUESTS/linux-source-6.12" ]; then
  (cd "$GUESTS" && apt-get -qq download linux-source-6.12)
  dpkg-deb --fsys-tarfile "$GUESTS"/linux-source-6.12_*.deb | tar -xO ./usr/src/linux-source-6.12.tar.xz | tar -xJ -C "$GUESTS"
  rm "$GUESTS"/linux-source-6.12_*.deb
fi

build() { # DEBIAN-ARCHITECTURE ARCHITECTURE
  out=$GUESTS/stats-$1 build=$GUESTS/build-$1
  mkdir -p "$out" "$build"
  set -- make -s -C "$GUESTS/linux-source-6.12" O="$build" ARCH="$2"
  # ARCH=i386 has no CONFIG_64BIT; ARCH=x86_64 implies it.
  "$@" KCONFIG_ALLCONFIG="$here/kernel.config" allnoconfig > "$out/build.log" 2>&1
  nice "$@" -j"$(nproc)" bzImage modules >> "$out/build.log" 2>&1
  nice "$@" INSTALL_MOD_PATH="$out/root" INSTALL_MOD_STRIP=1 modules_install >> "$out/build.log" 2>&1
  cp "$build/arch/x86/boot/bzImage" "$out/vmlinuz"
}

for arch; do
  case $arch in
  amd64) build amd64 x86_64 ;;
  i386) build i386 i386 ;;
  *) echo "amd64 or i386, not $arch" >&2; exit 2 ;;
  esac
done
