#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage.sh - the command line is a promise: what it takes, what it refuses, and where it says so.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
unset SOURCE_DATE_EPOCH SEALIFT_PASSPHRASE SEALIFT_NEW_PASSPHRASE COSIGN_PASSWORD \
    CREDENTIALS_DIRECTORY DOCKER_CONFIG
HOME=$work
export HOME
cd "$work" || exit 99

sealift() {
    "$SEALIFT" "$@"
}

commands="export verify import inspect sign attach payload digest keygen key"

# --- help and version --------------------------------------------------------------------

expect 0 "help succeeds" sealift help
check_equal "help is printed on stdout only" "" "$(cat "$err")"
cp "$out" help
for command in $commands help version; do
    check "help lists $command" grep -qw "$command" help
done
expect 0 "--help succeeds" sealift --help
check "--help prints the same" cmp help "$out"
expect 0 "version succeeds" sealift version
check "version prints one line with a number" grep -qE '^sealift [0-9]+\.[0-9]+\.[0-9]+$' "$out"
cp "$out" version
expect 0 "--version prints the same" sealift --version
check "--help prints the same" cmp version "$out"
for command in $commands; do
    expect 0 "help $command" sealift help "$command"
    check "it is printed on stdout" test -s "$out"
    check_equal "nothing is printed on stderr" "" "$(cat "$err")"
    cp "$out" help
    expect 0 "$command --help prints the same" sealift "$command" --help
    check "--help prints the same" cmp help "$out"
    expect 0 "$command --complete" sealift "$command" --complete
    check "options are printed" grep -q -- '--json' "$out"
done

# --- refused -----------------------------------------------------------------------------

# refused NAME ARGUMENTS...: exit 2, nothing on stdout, an error in the one shape on stderr.
refused() {
    name=$1
    shift
    sealift "$@" >"$out" 2>"$err" </dev/null
    status=$?
    first=$(head -n 1 "$err")
    case $status,$(wc -c <"$out"),$first in
    2,0,"sealift: "*) pass "$name" ;;
    *)
        fail "$name" "exit $status: $*"
        tap_show
        ;;
    esac
}

refused "requires a command"
refused "refuses an unknown command" pack
refused "refuses an unknown option before the command" --loud export
refused "refuses help of an unknown command" help pack
for command in $commands; do
    refused "$command: refuses an unknown option" "$command" --no-such-option
    refused "$command: refuses an unknown letter" "$command" -Z
    refused "$command: requires operands" "$command"
    refused "$command: --jobs requires a number" "$command" --jobs
    refused "$command: refuses --jobs many" "$command" --jobs many x y
    refused "$command: refuses --jobs 0" "$command" --jobs 0 x y
done
# Options that other programs have are not quietly accepted, nor are ours without sense.
for option in --all --multi-arch=all --src-tls-verify=false --platform=amd64 --platform=linux/ \
    --index=keep --all-tags --tags=1 '--tags=(' --tags=; do
    refused "export refuses $option" export --unsigned -o b.tar "$option" 127.0.0.1:1/a:1
done
refused "refuses another value of --index" \
    export --unsigned -o b.tar --platform linux/amd64 --index both 127.0.0.1:1/a:1
refused "refuses --all-tags with --tags" \
    export --unsigned -o b.tar --all-tags --tags 1 127.0.0.1:1/a

# A program that asked for JSON gets it, whatever is wrong with the command line.
# json_refused COMMAND ARGUMENTS...: as refused, with a result on stdout that names COMMAND.
json_refused() {
    wanted=$1
    shift
    sealift "$@" >"$out" 2>"$err" </dev/null
    check_equal "2 and JSON: $*" "2 $wanted usage" "$? $(python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
assert r["ok"] is False and r["exit"] == 2 and r["error"]["message"]
print(r["command"], r["error"]["kind"])' "$out")"
    check "the error is printed on stderr too" grep -q '^sealift: ' "$err"
}

need python3
json_refused "" --json
json_refused pack --json pack
json_refused pack pack --json
json_refused export --json export
json_refused export export --json --no-such-option
json_refused export export --serial many --json
json_refused import --json import one.tar
json_refused inspect inspect --json --progress loud a.tar
json_refused inspect --json --jobs 0 inspect a.tar
json_refused help help --json pack
expect 0 "accepts --json before a command" sealift --json version
check "it is an option of the command" grep -q '^{"command":"version",' "$out"
expect 9 "accepts other options before a command" sealift -q --progress none -j 2 inspect none.tar
expect 0 "accepts --help before a command" sealift --help export
cp "$out" before
expect 0 "it prints the help of the command" sealift help export
check "--help prints the same" cmp before "$out"
refused "a value is not taken for a command" --progress none

refused "export requires --key or --unsigned" export -o b.tar 127.0.0.1:1/a:1
check "the message names both" grep -q -- '--key' "$err"
refused "refuses both" export --unsigned --key k.pem -o b.tar 127.0.0.1:1/a:1
refused "refuses two keys" export --key a.pem --key b.pem -o b.tar 127.0.0.1:1/a:1
refused "export requires -o" export --unsigned 127.0.0.1:1/a:1
refused "export requires a name" export --unsigned -o b.tar
refused "refuses -o -" export --unsigned -o - 127.0.0.1:1/a:1
refused "refuses -f - with --creds-stdin" \
    export --unsigned -o b.tar -f - --creds-stdin 127.0.0.1:1
refused "refuses -f - with a passphrase from descriptor 0" \
    export --key k.pem --passphrase-fd 0 -o b.tar -f -
refused "refuses -f - twice" export --unsigned -o b.tar -f - -f -
refused "refuses a serial that is not a number" \
    export --unsigned --serial x -o b.tar 127.0.0.1:1/a:1
refused "refuses a stream with a slash" export --unsigned --stream a/b -o b.tar 127.0.0.1:1/a:1
refused "refuses an invalid date" export --unsigned --expires soon -o b.tar 127.0.0.1:1/a:1
refused "sign requires a key" sign a.tar
check "a hint says what to do" grep -q '^hint: .*payload' "$err"
refused "attach requires a signature" attach --key k.pub a.tar
refused "--sig-out requires a key" export --unsigned --sig-out s -o b.tar 127.0.0.1:1/a:1
refused "key refuses an unknown action" key print k.pem
refused "key passwd refuses two keys" key passwd a.pem b.pem
refused "key convert requires a target" key convert a.pem
refused "keygen refuses --kdf md5" keygen --kdf md5 k
refused "keygen refuses --kdf with --cosign" keygen --cosign --kdf scrypt k
refused "import requires a target" import --key k.pub a.tar
refused "refuses an invalid target" import --key k.pub a.tar 'UPPER/Case'
refused "refuses --key with --insecure-skip-verify" verify --key k.pub --insecure-skip-verify a.tar
for epoch in junk -1 1.5 99999999999999999999 ''; do
    SOURCE_DATE_EPOCH=$epoch
    export SOURCE_DATE_EPOCH
    refused "refuses SOURCE_DATE_EPOCH '$epoch'" export --unsigned -o b.tar 127.0.0.1:1/a:1
done
unset SOURCE_DATE_EPOCH
check_equal "no file is left" "" "$(find . -name 'b.tar*')"

# --- other failures ----------------------------------------------------------------------

expect 9 "fails on a bundle that does not exist" sealift inspect none.tar
check_equal "nothing is printed on stdout" "" "$(cat "$out")"
check "the message names the file" grep -q '^sealift: inspect: .*none\.tar' "$err"
expect 9 "fails on a key that does not exist" sealift verify --key none.pub none.tar
expect 4 "fails on a registry that does not exist" \
    sealift export --unsigned -o b.tar 127.0.0.1:1/a:1
check "the message names it" grep -q '127\.0\.0\.1:1' "$err"

# The cause of the first is that of all others there, and each address is there once.
expect 4 "a registry that is not there, for two images" \
    sealift export --unsigned --progress none -o b.tar 127.0.0.1:1/a:1 127.0.0.1:1/b:1
check_equal "both have the cause" "a:1 b:1" "$(sed -n \
    's,^sealift: export: 127\.0\.0\.1:1/\([ab]:1\): .*cannot connect: Connection refused$,\1,p' "$err" | paste -s -d ' ')"
expect 10 "the status is the same with --keep-going" sealift export --keep-going --unsigned \
    --progress none -o b.tar 127.0.0.1:1/a:1 127.0.0.1:1/b:1
check_equal "each failure is there once" 2 "$(cat "$out" "$err" | grep -c 'Connection refused')"
check_equal "each name is shown too" 2 "$(cat "$out" "$err" | grep -o '127\.0\.0\.1:1' | wc -l)"
check_not "no empty table is printed" grep -q '^IMAGE\|^contents\|^fetched' "$out"
check "the error has their number" \
    grep -q '^sealift: export: 2 objects could not be fetched, 2 images are incomplete$' "$err"
expect 10 "the status is the same with -q" \
    sealift export -q --keep-going --unsigned -o b.tar 127.0.0.1:1/a:1
check "the error has the first cause" grep -q \
    '^sealift: export: 1 object could not be fetched, 1 image is incomplete; first error: .*refused$' "$err"
sealift help >/dev/full 2>"$err"
check_equal "output that cannot be written is a failure" 8 "$?"

# An option's value, its abbreviation, and the end of options, as everywhere else.
expect 9 "accepts --report=FILE" sealift inspect --report=report none.tar
expect 9 "accepts options after operands" sealift inspect none.tar --json
expect 9 "-- ends the options" sealift inspect -- --json
expect 9 "accepts letters together" sealift inspect -qv none.tar
expect 9 "accepts a letter with its value" sealift verify -j4 --key none.pub none.tar

# --- mistyped words --------------------------------------------------------------------------

# meant WORD COMMAND...: a hint names what was probably meant.
meant() {
    meant_word=$1
    shift
    expect 2 "refuses: $*" sealift "$@"
    check "the hint is '$meant_word'" grep -qxF "hint: did you mean '$meant_word'?" "$err"
}
meant export exprot
meant verify help verfy
meant verify-receipt verify-reciept
meant --platform export --plaform linux/amd64 x
meant --no-referrers copy --no-refferers a/b c
meant --key import --keys=x y z
expect 2 "refuses a word that is near to none" sealift quux
check "the hint is the help" grep -qxF "hint: sealift help" "$err"

# --- help fits a terminal ----------------------------------------------------------------

for command in '' $("$SEALIFT" --complete); do
    # shellcheck disable=SC2086 # none, or a word
    "$SEALIFT" help $command | awk -v command="$command" 'length($0) > 80 { print command ": " $0 }'
done >"$work/wide"
check_equal "no line of help is wider than 80 columns" "" "$(cat "$work/wide")"

done_testing
