#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds small kernels from Debian's linux-source: kernel.sh NAME... stats-amd64 and stats-i386 have CONFIG_MODULE_STATS,
# notrace-amd64 has no tracing at all. Needs gcc, flex, bison, bc, libelf-dev. Lands in $GUESTS/NAME: vmlinuz, root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GUESTS=${GUESTS:-/tmp/modwaste-guests}
mkdir -p "$GUESTS"

if [ ! -d "$GUESTS/linux-source-6.12" ]; then
  (cd "$GUESTS" && apt-get -qq download linux-source-6.12)
  dpkg-deb --fsys-tarfile "$GUESTS"/linux-source-6.12_*.deb | tar -xO ./usr/src/linux-source-6.12.tar.xz | tar -xJ -C "$GUESTS"
  rm "$GUESTS"/linux-source-6.12_*.deb
fi

build() { # NAME ARCHITECTURE CONFIGURATION
  out=$GUESTS/$1 build=$GUESTS/build-$1
  mkdir -p "$out" "$build"
  set -- make -s -C "$GUESTS/linux-source-6.12" O="$build" ARCH="$2" KCONFIG_ALLCONFIG="$3"
  # ARCH=i386 has no CONFIG_64BIT; ARCH=x86_64 implies it.
  "$@" allnoconfig > "$out/build.log" 2>&1
  nice "$@" -j"$(nproc)" bzImage modules >> "$out/build.log" 2>&1
  nice "$@" INSTALL_MOD_PATH="$out/root" INSTALL_MOD_STRIP=1 modules_install >> "$out/build.log" 2>&1
  cp "$build/arch/x86/boot/bzImage" "$out/vmlinuz"
}

for name; do
  case $name in
  stats-amd64) build "$name" x86_64 "$here/kernel.config" ;;
  stats-i386) build "$name" i386 "$here/kernel.config" ;;
  notrace-amd64)
    grep -vE 'FTRACE|KPROBE|FPROBE|FUNCTION_TRACER|MODULE_STATS|MODULE_DEBUG' "$here/kernel.config" > "$GUESTS/$name.config"
    build "$name" x86_64 "$GUESTS/$name.config"
    ;;
  *) echo "stats-amd64, stats-i386 or notrace-amd64, not $name" >&2; exit 2 ;;
  esac
done
