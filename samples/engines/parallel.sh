#!/bin/sh
# sh parallel.sh SHARDS LIST OUT [OPTION OF PARALLEL...]
# Reads the inputs in LIST as many shards by GNU parallel, here or on machines that share the file system:
#     sh parallel.sh 32 list.txt out --sshlogin 4/node1,4/node2
set -eu
shards=$1 list=$2 out=$3
shift 3
mkdir -p "$out"
# A shard that fails is tried once more, elsewhere if it can be.
seq "$shards" | parallel --retries 2 --joblog "$out/log.tsv" --workdir . "$@" \
  modwaste batch --files-from "$list" --out "$out/shard-{}" --shard "{}/$shards" --resume --damaged-ok --jobs 1 --quiet
modwaste batch-merge "$out"/shard-* --out "$out/result" --force --damaged-ok
