#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# files.sh - no command writes over a file that it reads, or writes two things into one: found
# before anything is opened for writing, also when something else is wrong with the command line.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
unset SEALIFT_PASSPHRASE SEALIFT_NEW_PASSPHRASE COSIGN_PASSWORD CREDENTIALS_DIRECTORY \
    DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
HOME=$work/home
export HOME
mkdir "$work/home" "$work/in"
cd "$work/in" || exit 99

sealift() {
    "$SEALIFT" "$@"
}

make_files() {
    rm -rf ./* "$HOME/.docker"
    mkdir -p store/keys store/ca store/crl store/state "$HOME/.docker" other
    for file in a set.001 set.002 store/policy.json store/revoked store/keys/k.pub \
        store/state/default.json a.partial "$HOME/.docker/config.json" k.key k.pub \
        r.receipt.json a.0123456789abcdef.sigstore.json a.sigstore.json; do
        echo "$file" >"$file"
    done
    ln a hard
    ln set.002 twin
    ln -s a soft
    ln -s .. other/up
}
state() {
    (cd "$work" && find . -type f ! -path './.out' ! -path './.err' -exec sha256sum {} + | sort)
}

# refused NAME ONE OTHER COMMAND...: 2, both are named, nothing is changed or made.
refused() {
    refused_name=$1 one=$2 other=$3
    shift 3
    make_files
    before=$(state)
    expect 2 "$refused_name" sealift "$@" || return
    check "the message names both files" \
        grep -qE "^sealift: [a-z-]+: .*($one '.* and $other '|$other '.* and $one ')" \
        "$err"
    check_equal "no file is changed" "$before" "$(state)"
}

# --- every option that names a file, and the report ----------------------------------------

for command in $(sealift help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'); do
    for option in $(sealift help "$command" |
        sed -nE 's/^ .*--([a-z-]+)=(FILE|PUB|KEY|CERT|LIST|BUNDLE)( .*|$)/\1/p'); do
        [ "$option" != report ] || continue
        refused "$command --$option and --report" "--$option" --report \
            "$command" "--$option" a --report a
    done
    case $command in
    help | version) continue ;;
    esac
    if sealift help "$command" | grep -q -- '--trust='; then
        for file in policy.json revoked keys/new.pub keys/k.pub ca/x crl/x state/default.json; do
            refused "$command --trust and --report: $file" --trust --report \
                "$command" --trust store --report "store/$file"
        done
    fi
done

# --- operands ------------------------------------------------------------------------------

for command in verify inspect payload digest sign attach import; do
    for report in a ./a other/up/a hard soft; do
        refused "$command BUNDLE and --report $report" BUNDLE --report \
            "$command" a --report "$report"
    done
    for report in set.001 set.002 set.003 twin; do
        refused "$command BUNDLE in volumes and --report $report" BUNDLE --report \
            "$command" set.001 --report "$report"
    done
done
refused "import BUNDLE TARGET and --report" BUNDLE --report \
    import --report a a localhost:5000
refused "the conflict is found before --help" BUNDLE --report verify a --report a --help
refused "the conflict is reported as JSON" BUNDLE --report verify a --report a --json
check "the JSON has an error" grep -q '"error":{"kind":"usage","id":"usage",' "$out"
expect 2 "an error with a reason" sealift sign --json a
check "its id has both" grep -q '"error":{"kind":"usage","reason":"no-key","id":"usage.no-key",' "$out"
refused "attach BUNDLE and SIGNATURE" BUNDLE SIGNATURE attach set.001 twin
refused "attach SIGNATURE and --report" SIGNATURE --report attach set.001 a --report hard
refused "sign BUNDLE and --key" BUNDLE --key sign --key a a
refused "sign BUNDLE and --sig-out" BUNDLE --sig-out sign --key k.key --sig-out a a
refused "keygen and --report: private" "the private key" --report keygen new --report new.key
refused "keygen and --report: public" "the public key" --report keygen new --report new.pub
refused "keygen and its passphrase" "the public key" --passphrase-file \
    keygen new --passphrase-file new.pub
refused "key show and --report" KEY --report key show a --report soft
refused "key passwd and --report" KEY --report key passwd a --report hard
refused "key convert and --report" NEW --report key convert a new --report new
refused "key convert into itself" KEY NEW key convert a hard
refused "verify-receipt and --report" FILE --report verify-receipt a --report a
refused "verify-receipt and --report: the signature" "the signature of FILE" --report \
    verify-receipt a --report a.sigstore.json
refused "trust add and --report" PUB --report trust add --trust store a --report a
refused "trust revoke and --report" PUB --report trust revoke --trust store a --report a
refused "trust sign and --report" FILE --report trust sign a --report a
refused "trust apply and --report" FILE --report trust apply a --report a
refused "trust apply and --report: a signature" FILE --report \
    trust apply a --report a.0123456789abcdef.sigstore.json
refused "trust export and its store" --output --trust trust export --trust store -o store/revoked
refused "trust export and --report" --output --report trust export --trust store -o u --report u

# --- export --------------------------------------------------------------------------------

refused "-o and --key" --output --key export -o a --key hard
refused "-o and --from" --output --from export --unsigned --force -o a -f a
refused "-o and --sig-out" --output --sig-out export --key k.key -o new --sig-out ./new
refused "-o and --report: unfinished" --output --report export -o new --report new.partial
refused "-o and --report: set aside" --output --report export -o new --report new.partial.old
refused "-o and --report: a volume" --output --report \
    export -o set --volume-size 1M --report set.0077
refused "-o and --report: an unfinished volume" --output --report \
    export -o set --volume-size 1M --report set.partial.001
refused "-o and --report: a link to an older volume" --output --report \
    export -o set --volume-size 1M --report twin
refused "--sig-out and --report" --sig-out --report export --key k.key --sig-out s --report s
refused "--report and what another file is at first" --report --from \
    export --unsigned -f a.partial --report a
refused "-o and the credentials" --output "the credentials in" \
    export --unsigned --force -o "$HOME/.docker/config.json"
refused "the receipt and the bundle" "the receipt" BUNDLE \
    import --receipt k.key --report r r.receipt.json localhost:5000

# --- what is fine --------------------------------------------------------------------------

make_files
expect 9 "accepts a report in another file" sealift verify --key none.pub a --report b
check "the report is written" grep -q '"exit":9' b
expect 9 "accepts the same key twice" sealift verify --key none.pub --key none.pub a
rm "$HOME/.docker/config.json"
expect 12 "refuses an existing bundle" sealift export --unsigned -o a localhost:1/a
expect 2 "accepts --reuse of the bundle that is replaced" sealift export --unsigned --force -o a \
    --reuse a 'NO NAME'
check_not "it is not a conflict" grep -q 'same file' "$err"
sealift inspect none.tar >log 2>&1 </dev/null
check_equal "accepts one file for stdout and stderr" 9 "$?"
# shellcheck disable=SC2094 # that is the question
sealift inspect none.tar --report log >log 2>/dev/null </dev/null
check_equal "refuses a report into that file" 2 "$?"

done_testing
