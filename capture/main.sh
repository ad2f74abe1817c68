# ---- Start here.

live() {
  [ ! -d "$STATE" ] || die "a capture is under way, or was killed: run --undo first"
  trap 'ENDED=interrupted' INT TERM HUP
  trap 'undo_trace; rm -rf "$STATE"' EXIT
  start
  if [ $# -gt 0 ]; then
    COMMAND=$(printf '%s' "$*" | tr '\n\t' '  ')
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
  collect
  trap - EXIT
}

main() {
  COMMAND='' ENDED='' CLOCK='' LOST=''
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
  RELEASE=$(line_of "$ROOT/proc/sys/kernel/osrelease")
  if [ "$MODE" != start ] && [ "$MODE" != cmdline ] && [ -z "$ROOT" ] && [ "$(id -u)" != 0 ]; then
    die 'run it as root (sudo sh ...): tracing and most of what it collects need that'
  fi
  [ -e "$ROOT/proc/modules" ] || [ "$MODE" = boot ] || die 'this kernel is built without modules: there is nothing to capture'
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
    collect
    uninstall
    ;;
  undo)
    mkdir -p "$STATE"
    undo_trace
    rm -rf "$STATE"
    if has uninstall; then uninstall; fi
    say 'done: nothing of a capture is left'
    ;;
  esac
}

main "$@"
