#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# modwaste-capture: records how this machine loads kernel modules, into one file to attach to a bug report.
#
#   sudo sh modwaste-capture.sh           does what the line of settings below says
#     --live [-- COMMAND...]              traces now, while COMMAND runs or for N seconds, and collects
#     --boot                              traces the next boot, and collects N seconds after multi-user.target
#     --undo                              undoes whatever an earlier run left
#     --seconds N    --level counters|trace|probes    --out FOLDER
#     --redact                            leaves out host name, secrets, MAC addresses, serial numbers
#
# What it does: it traces the calls that load modules, and collects the trace, the logs of this boot, and figures of
# modules and memory into modwaste-HOST-DATE.tar.gz. Its manifest.json says what was tried, what failed, and what is
# missing. It sends nothing.
# What it changes:
#   - it mounts tracefs, debugfs and securityfs where they are not mounted;
#   - it traces into an instance of its own (instances/modwaste), with probes of its own (group modwaste);
#   - unless someone else traces, tracing keeps the names of more tasks (saved_cmdlines_size);
#   - --boot: /etc/modwaste, two systemd units, and a hook in this kernel's initramfs, which is rebuilt.
# How it is undone: by itself when it ends, Ctrl-C included; what --boot installs, after the next boot. --undo does it
# at any time, also after a crash.
# Below come the settings, then its steps (live, collect, finish); all else is how each of these is done.

MODE=live LEVEL=probes WAIT=30 REDACT='' OUT='' OWNER=''

STATE=/run/modwaste # what was tried, and what is to be undone
PRINT='' # set by --cmdline: prints probes, attaches none
EVENTS='module:module_load module:module_free module:module_request
  syscalls:sys_enter_finit_module syscalls:sys_exit_finit_module
  syscalls:sys_enter_init_module syscalls:sys_exit_init_module
  sched:sched_process_exec sched:sched_process_fork'
FUNCTIONS='load_module module_patient_check_exists kernel_read_file module_decompress security_kernel_post_load_data
  check_modstruct_version module_enforce_rwx_sections mod_stat_bump_becoming mod_stat_bump_invalid try_add_failed_module'
TAB='	'
umask 077

say() { printf 'modwaste-capture: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" > /dev/null 2>&1; }
line_of() { line=''; { read -r line < "$1"; } 2> /dev/null; printf '%s\n' "$line"; } # FILE: its first line

# For manifest.json: each thing tried, and each kind of evidence that the archive lacks.
note() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:--}" >> "$STATE/tried"; } # WHAT ok|failed|skipped DETAIL
lacks() { # trace|probes|counters|log|sizes WHY
  printf '%s\t%s\n' "$1" "$2" >> "$STATE/missing"
  say "$1: $2"
}

# ---- What it does, step by step.

live() {
  [ ! -d "$STATE" ] || die "a capture is under way, or was killed: run --undo first"
  trap 'ENDED=interrupted' INT TERM HUP
  trap finish EXIT
  start
  if [ $# -gt 0 ]; then
    COMMAND=$(one_line "$*")
    say "running: $COMMAND"
    "$@"
    note "$COMMAND" "exit $?"
  elif [ -z "$ENDED" ]; then
    say "tracing for $WAIT seconds; Ctrl-C ends it early"
    LEFT=$WAIT
    # Second by second: a signal ends the wait, however early it comes.
    while [ -z "$ENDED" ] && [ "$LEFT" -gt 0 ]; do
      sleep 1 || :
      LEFT=$((LEFT - 1))
    done
  fi
  [ -z "$ENDED" ] || say 'interrupted: collecting what was traced'
  collect
}

collect() {
  trap '' INT TERM HUP # what was traced is kept, and the trace taken back, in any case
  HOST=$(line_of /proc/sys/kernel/hostname) DATE=$(date -u +%Y%m%dT%H%M%SZ) UPTIME=$(line_of /proc/uptime)
  NAME=$(printf '%s' "$HOST" | sed 's/[^A-Za-z0-9._-]//g') JOURNAL=export REDACTED='' CLOCK='' LOST='' CUT='' LOCKDOWN=$(lockdown)
  if [ -n "$REDACT" ]; then # lines of JSON can be redacted, length-prefixed fields cannot
    NAME=HOST JOURNAL=json REDACTED='host name, values of secrets, MAC addresses, serial numbers'
  fi
  mkdir -p "$STATE"
  touch "$STATE/tried" "$STATE/missing"
  for folder in "$OUT" /var/tmp /root /dev/shm; do
    roomy "$folder" && break
    say "no room in $folder (20 MiB are needed)"
  done
  DIR=$folder/modwaste-$NAME-$DATE
  mkdir "$DIR" || die "cannot write to $folder"
  ended=${ENDED:-finished} ENDED='interrupted while collecting'
  manifest # in case this does not get to the end
  save_trace
  counters after
  undo_trace
  trap 'CUT=1' INT TERM HUP
  for folder in before after; do [ ! -d "$STATE/$folder" ] || cp -r "$STATE/$folder" "$DIR/"; done
  save_rest
  [ -z "$REDACT" ] || redact
  [ -n "$CUT" ] || ENDED=$ended
  manifest
  pack
}

finish() {
  undo_trace
  rm -rf "$STATE"
}

main() {
  COMMAND='' ENDED=''
  while [ $# -gt 0 ]; do
    case $1 in
    --live | --boot | --cmdline | --collect | --start | --undo) MODE=${1#--} ;;
    --redact) REDACT=1 ;;
    --seconds | --level | --out)
      [ $# -gt 1 ] || die "$1 needs a value"
      case $1 in --seconds) WAIT=$2 ;; --level) LEVEL=$2 ;; --out) OUT=$2 ;; esac
      shift
      ;;
    --) shift; break ;;
    -h | --help) sed -n 's/^#   //p' "$0"; exit ;;
    *) die "unknown option $1; --help shows them" ;;
    esac
    shift
  done
  case $LEVEL in counters | trace | probes) ;; *) die "--level is counters, trace or probes, not $LEVEL" ;; esac
  case $WAIT in '' | *[!0-9]*) die "--seconds is a whole number, not $WAIT" ;; esac
  case $OUT in '') OUT=$PWD ;; /*) ;; *) OUT=$PWD/$OUT ;; esac
  RELEASE=$(line_of /proc/sys/kernel/osrelease)
  if [ "$MODE" != start ] && [ "$MODE" != cmdline ] && [ "$(id -u)" != 0 ]; then
    die 'run it as root (sudo sh ...): tracing and most of what it collects need that'
  fi
  [ -e /proc/modules ] || [ "$MODE" != live ] || die 'this kernel is built without modules: there is nothing to capture'
  case $MODE in
  live | undo) ;;
  *) has install_hooks || die "made for --live alone: 'modwaste capture --boot' makes a script for boots" ;;
  esac
  case $MODE in
  start) start; rm -f "$STATE/mounted" ;; # this system mounts them anyway
  live) live "$@" ;;
  cmdline) cmdline ;;
  boot) install_hooks ;;
  collect)
    ! installed || sleep "$WAIT"
    trap 'finish; uninstall' EXIT
    collect
    ;;
  undo)
    mkdir -p "$STATE"
    finish
    if has uninstall; then uninstall; fi
    say 'done: all changes are undone'
    ;;
  esac
}
