#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage.sh - the command line is a promise: what it takes, what it refuses, and where it says so.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$abs_top_builddir/sealift" ] || skip_all "sealift is not built"
unset SOURCE_DATE_EPOCH SEALIFT_PASSPHRASE SEALIFT_NEW_PASSPHRASE COSIGN_PASSWORD \
    CREDENTIALS_DIRECTORY DOCKER_CONFIG
HOME=$work
export HOME
cd "$work" || exit 99

sealift() {
    "$abs_top_builddir/sealift" "$@"
}

commands="export verify import inspect sign attach payload digest keygen key"

# --- help and version --------------------------------------------------------------------

expect 0 "help" sealift help
check_equal "is on stdout only" "" "$(cat "$err")"
cp "$out" help
for command in $commands help version; do
    check "help lists $command" grep -qw "$command" help
done
expect 0 "--help is the same" sealift --help
check "word for word" cmp help "$out"
expect 0 "version" sealift version
check "is one line with a number" grep -qE '^sealift [0-9]+\.[0-9]+\.[0-9]+$' "$out"
cp "$out" version
expect 0 "--version is the same" sealift --version
check "word for word" cmp version "$out"
for command in $commands; do
    expect 0 "help $command" sealift help "$command"
    check "is on stdout" test -s "$out"
    check_equal "and not on stderr" "" "$(cat "$err")"
    cp "$out" help
    expect 0 "$command --help is the same" sealift "$command" --help
    check "word for word" cmp help "$out"
    expect 0 "$command --complete" sealift "$command" --complete
    check "prints options" grep -q -- '--json' "$out"
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

refused "no command"
refused "an unknown command" pack
refused "an unknown option before the command" --loud export
refused "help of an unknown command" help pack
for command in $commands; do
    refused "$command: an unknown option" "$command" --no-such-option
    refused "$command: an unknown letter" "$command" -Z
    refused "$command: no arguments" "$command"
    refused "$command: --jobs without a number" "$command" --jobs
    refused "$command: --jobs many" "$command" --jobs many x y
    refused "$command: --jobs 0" "$command" --jobs 0 x y
done
# Options that other programs have are not quietly accepted, nor are ours without sense.
for option in --all --multi-arch=all --src-tls-verify=false --platform=amd64 --platform=linux/ \
    --index=keep --all-tags --tags=1 '--tags=(' --tags=; do
    refused "export $option" export --unsigned -o b.tar "$option" 127.0.0.1:1/a:1
done
refused "--index in another word" \
    export --unsigned -o b.tar --platform linux/amd64 --index both 127.0.0.1:1/a:1
refused "--all-tags and --tags" export --unsigned -o b.tar --all-tags --tags 1 127.0.0.1:1/a

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
    check "and an error for people" grep -q '^sealift: ' "$err"
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
expect 0 "--json before a command" sealift --json version
check "is an option of the command" grep -q '^{"command":"version",' "$out"
expect 9 "so are others, with their values" sealift -q --progress none -j 2 inspect none.tar
expect 0 "--help before a command" sealift --help export
cp "$out" before
expect 0 "explains it" sealift help export
check "word for word" cmp before "$out"
refused "a value is no command" --progress none

refused "export needs --key or --unsigned" export -o b.tar 127.0.0.1:1/a:1
check "and says so" grep -q -- '--key' "$err"
refused "not both" export --unsigned --key k.pem -o b.tar 127.0.0.1:1/a:1
refused "not two keys" export --key a.pem --key b.pem -o b.tar 127.0.0.1:1/a:1
refused "export needs -o" export --unsigned 127.0.0.1:1/a:1
refused "export needs a name" export --unsigned -o b.tar
refused "-o - is no file" export --unsigned -o - 127.0.0.1:1/a:1
refused "-f - and --creds-stdin" \
    export --unsigned -o b.tar -f - --creds-stdin 127.0.0.1:1
refused "-f - and a passphrase from 0" \
    export --key k.pem --passphrase-fd 0 -o b.tar -f -
refused "-f - twice" export --unsigned -o b.tar -f - -f -
refused "a serial that is no number" export --unsigned --serial x -o b.tar 127.0.0.1:1/a:1
refused "a stream with a slash" export --unsigned --stream a/b -o b.tar 127.0.0.1:1/a:1
refused "a date that is none" export --unsigned --expires soon -o b.tar 127.0.0.1:1/a:1
refused "sign without a key" sign a.tar
check "says what to do" grep -q '^hint: .*payload' "$err"
refused "attach without a signature" attach --key k.pub a.tar
refused "--sig-out without a key" export --unsigned --sig-out s -o b.tar 127.0.0.1:1/a:1
refused "key: an unknown action" key print k.pem
refused "key passwd of two" key passwd a.pem b.pem
refused "key convert without a target" key convert a.pem
refused "keygen --kdf md5" keygen --kdf md5 k
refused "keygen --kdf and --cosign" keygen --cosign --kdf scrypt k
refused "import without a target" import --key k.pub a.tar
refused "a bad target" import --key k.pub a.tar 'UPPER/Case'
refused "--key and --insecure-skip-verify" verify --key k.pub --insecure-skip-verify a.tar
for epoch in junk -1 1.5 99999999999999999999 ''; do
    SOURCE_DATE_EPOCH=$epoch
    export SOURCE_DATE_EPOCH
    refused "SOURCE_DATE_EPOCH '$epoch'" export --unsigned -o b.tar 127.0.0.1:1/a:1
done
unset SOURCE_DATE_EPOCH
check_equal "nothing was left behind" "" "$(find . -name 'b.tar*')"

# --- other failures ----------------------------------------------------------------------

expect 9 "a bundle that does not exist" sealift inspect none.tar
check_equal "says nothing on stdout" "" "$(cat "$out")"
check "names the file on stderr" grep -q '^sealift: inspect: .*none\.tar' "$err"
expect 9 "a key that does not exist" sealift verify --key none.pub none.tar
expect 4 "a registry that is not there" sealift export --unsigned -o b.tar 127.0.0.1:1/a:1
check "is named" grep -q '127\.0\.0\.1:1' "$err"

# The cause of the first is that of all others there, and each address is there once.
expect 4 "a registry that is not there, for two images" \
    sealift export --unsigned --progress none -o b.tar 127.0.0.1:1/a:1 127.0.0.1:1/b:1
check_equal "both have the cause" "a:1 b:1" "$(sed -n \
    's,^sealift: export: 127\.0\.0\.1:1/\([ab]:1\): .*cannot connect: Connection refused$,\1,p' "$err" | paste -s -d ' ')"
expect 10 "the same with --keep-going" sealift export --keep-going --unsigned \
    --progress none -o b.tar 127.0.0.1:1/a:1 127.0.0.1:1/b:1
check_equal "each failure is there once" 2 "$(cat "$out" "$err" | grep -c 'Connection refused')"
check_equal "each name is, too" 2 "$(cat "$out" "$err" | grep -o '127\.0\.0\.1:1' | wc -l)"
check_not "there is no table of nothing" grep -q '^IMAGE\|^contents\|^fetched' "$out"
check "the error counts them" \
    grep -q '^sealift: export: 2 objects could not be fetched, 2 images are incomplete$' "$err"
expect 10 "the same with -q" sealift export -q --keep-going --unsigned -o b.tar 127.0.0.1:1/a:1
check "has the first cause in the error" grep -q \
    '^sealift: export: 1 object could not be fetched, 1 image is incomplete; first error: .*refused$' "$err"
sealift help >/dev/full 2>"$err"
check_equal "output that cannot be written is a failure" 8 "$?"

# An option's value, its abbreviation, and the end of options, as everywhere else.
expect 9 "--report=FILE" sealift inspect --report=report none.tar
expect 9 "options after arguments" sealift inspect none.tar --json
expect 9 "-- ends the options" sealift inspect -- --json
expect 9 "letters together" sealift inspect -qv none.tar
expect 9 "a letter with its value" sealift verify -j4 --key none.pub none.tar

done_testing
