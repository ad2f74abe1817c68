M="node /work/h/hostile/dist/cli/main.js"
chk(){ python3 - "$1" <<'P'
import sys,unicodedata
for f in ('o','e'):
    b=open('/tmp/hostile/t/'+f,'rb').read().decode('utf8','replace')
    bad={hex(ord(c)) for c in b if (unicodedata.category(c) in('Cc','Cf','Zl','Zp') and c not in '\n\t')}
    st='internal error' in b or '\n    at ' in b
    if bad or st: print(sys.argv[1],f,bad,'STACK' if st else '')
P
}
IN=in
r(){ timeout 60 $M "$@" >o 2>e </dev/null; echo "rc=$? $* $(wc -c <o)" | head -c 100; echo; chk "$*"; }
for f in text csv json ndjson markdown; do r analyze --format $f $IN; done
for q in $(ls /work/h/hostile/queries/*.sql | xargs -n1 basename | sed s/.sql//); do for f in text csv; do r query $q --format $f $IN; done; done 2>&1 | grep -v "^rc=[01] "
for f in text json; do r stats $IN --format $f; r detect --explain $IN; r diff $IN $IN/* --format $f; r module m $IN --format $f; done
r module "$(printf 'm\033]52')" $IN
r query critical-path $IN
r query "$(printf 'a\033[31m\xc2\x9b')" $IN
r "$(printf 'a\033[31m\xc2\x9b')"
r analyze "$(printf '/no/such\033[31m\xc2\x9b')"
r query --sql "$(printf "select '\033[31m\xc2\x9b' as \"\033[32m\"")" $IN
r query --sql "$(printf "selec '\033[31m\xc2\x9b'")" $IN
printf "select comm from attempts;\n.schema \033[31m\n.run \033[31m\n.mode \033[33m\n.\033[31m\nselect \033[31m;\nselect * from \"\033\";\n.run module name=\033\n" > sqlin; timeout 60 $M sql $IN <sqlin >o 2>e; echo rc=$?; chk sql
rm -rf bo; r batch $IN --case file --out bo --jobs 1; for q in similar rare trend held outliers regressions top-modules top-failures top-requesters who-by-kernel waste-by-kernel top-advice top-autoload top-remedies; do r batch-query $q bo; done
r batch-query similar --param case="$(printf 'x\033')" bo
r export $IN --out "$(mktemp -d)/x" --trace /tmp/hostile/t/x.json
