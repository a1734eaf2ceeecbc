#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tables.sh - lists of images: within a terminal, whole everywhere else; sizes, kinds, what
# belongs to what, and what a dry run foresees.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only index --only chart
must make_key signer
source=$(address_of source)
target=$(address_of target)
web=$source/team/web:1.4
bundle=$work/images.tar
cd "$work" || exit 99

required 0 "export succeeds" \
    sealift export --key signer.key -o "$bundle" "$web" "$source/charts/shop:0.1.0"
cp "$out" listed

# --- in a file ---------------------------------------------------------------------------

check "a table in a file has complete digests" grep -q 'sha256:[0-9a-f]\{64\}' listed
check "referrers are below their image, with their kind" \
    awk '/team\/web:1.4/ { web = NR } /^  [^ ].*(signature|attestation|sbom|artifact) / { below = NR }
        END { exit !(web && below > web) }' listed
check "a chart is called one" grep -q 'charts/shop.* chart ' listed
check "images have sizes" \
    grep -qE 'team/web:1\.4 +image +sha256:[0-9a-f]+ +[0-9.]+ (B|KiB|MiB)$' listed

# One label for one figure: what the objects are together, and how large the file is.
contents=$(sed -n 's/^contents  \([0-9]* names\),.* \([0-9.]* [KMG]*i*B\) (.* saved by sharing)$/\1 \2/p' listed)
check "export lists the contents of the bundle" test -n "$contents"
total=$(sed -n 's/^wrote     [^:]*: \([0-9.]* [KMG]*i*B\) (.*/\1/p' listed)
for verb in verify inspect; do
    set -- "$bundle"
    [ "$verb" = inspect ] || set -- --key signer.pub "$bundle"
    required 0 "$verb" sealift "$verb" "$@"
    check_equal "$verb says the same" "$contents" \
        "$(sed -n 's/^contents  \([0-9]* names\), [0-9]* objects, \([0-9.]* [KMG]*i*B\)$/\1 \2/p' "$out")"
    check "the size of the file is shown" grep -qE "^bundle    [^:]*: $total(, UNVERIFIED)?$" "$out"
done

required 0 "inspect --json" sealift inspect --json "$bundle"
check_equal "the kind of each name is shown" "True" "$(field "$out" \
    '{"image", "chart", "signature", "sbom"} == {i["kind"] for i in d["images"]}')"
check_equal "the artifact type is shown where there is one" \
    "application/spdx+json application/vnd.cncf.helm.config.v1+json" "$(field "$out" \
    '" ".join(sorted(i["artifactType"] for i in d["images"] if "artifactType" in i))')"

# --- on a terminal -----------------------------------------------------------------------

# on_terminal COLUMNS ARGUMENTS...: sealift with stdout on a terminal; what it shows in $out.
on_terminal() {
    python3 - "$@" >"$out" 2>"$err" <<'PYTHON'
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
program = os.path.join(os.environ.get("abs_top_builddir", os.getcwd()), "sealift")
run = subprocess.Popen([program, *sys.argv[2:]], stdin=subprocess.DEVNULL, stdout=slave)
os.close(slave)
shown = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
sys.stdout.write(shown.decode().replace("\r\n", "\n"))
sys.exit(run.wait())
PYTHON
}
widest() {
    awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' "$1"
}
# rows FILE: those of its table, which has a line IMAGE at its head and ends at a line without columns.
rows() {
    sed -n '/^IMAGE/,$p' "$1" | grep -E '(KiB|MiB| B|SIZE|left out|MISSING)$'
}
export abs_top_builddir
if python3 -c 'import os; os.openpty()' 2>/dev/null; then
    for columns in 80 60; do
        for verb in inspect "import --dry-run --key signer.pub"; do
            set -- "$bundle"
            [ "$verb" = inspect ] || set -- "$bundle" "$target/mirror"
            # shellcheck disable=SC2086 # a verb and its options
            expect 0 "$verb on a terminal of $columns columns" on_terminal "$columns" $verb "$@"
            rows "$out" >table
            check "a table is shown" test "$(wc -l <table)" -ge 4
            check "tables fit the terminal" test "$(widest table)" -le "$columns"
            check "digests have 12 digits" grep -qE ' [0-9a-f]{12} ' table
            check_not "no complete digest is shown" grep -q '[0-9a-f]\{64\}' table
        done
    done
    check "long names are cut at the beginning" grep -q '^\.\.\..*:1\.4 ' table
    expect 0 "--wide succeeds on a terminal" on_terminal 80 inspect --wide "$bundle"
    check "digests are complete" grep -q 'sha256:[0-9a-f]\{64\}' "$out"
    expect 0 "--json succeeds on a terminal" on_terminal 80 inspect --json "$bundle"
    check "digests are complete" grep -q 'sha256:[0-9a-f]\{64\}' "$out"
else
    skip "tables succeed on a terminal" "no pseudo-terminals here (/dev/pts)"
fi

# --- foreseen ----------------------------------------------------------------------------

foresee() {
    sealift export --dry-run --json -o new.tar "$web" "$@"
}
required 0 "a dry run succeeds" foresee
all=$(field "$out" 'd["wouldFetchBytes"]')
check "the dry run lists what would be fetched" test "$all" -gt 0
check_equal "no file exists yet" 0 "$(field "$out" 'd["wouldReuseBytes"]')"
required 0 "a dry run with --reuse succeeds" foresee --reuse "$bundle"
check_equal "the dry run reports that all is reused" "$all 0" \
    "$(field "$out" 'd["wouldReuseBytes"], d["wouldFetchBytes"]' | tr -d '(),')"
required 0 "the text output succeeds" sealift export --dry-run -o new.tar "$web" --reuse "$bundle"
check "the dry run says that nothing would be fetched" \
    grep -qE '^would fetch 0 B of layers and configs; .* is here already$' "$out"
cp "$bundle" new.tar.partial
required 0 "a dry run succeeds beside an unfinished bundle" foresee
check_equal "the dry run reports that all is reused" "$all 0" \
    "$(field "$out" 'd["wouldReuseBytes"], d["wouldFetchBytes"]' | tr -d '(),')"
check "the unfinished bundle is unchanged" cmp "$bundle" new.tar.partial
rm new.tar.partial
required 0 "volumes" sealift export --dry-run -o new.tar --volume-size 1M "$web"
check "the count has the right number" \
    grep -qE '^would write new\.tar\.001 and on, (1 volume|[0-9]{2,} volumes|[2-9] volumes): ' "$out"
required 0 "the JSON result has volumes" foresee --volume-size 1M
check_equal "there are as many volumes as the bundle requires" "True" \
    "$(field "$out" 'd["volumes"] == -(-d["bundleBytes"] // (1 << 20))')"
required 0 "import --dry-run" sealift import --dry-run --key signer.pub "$bundle" "$target/mirror"
check "sizes are shown" \
    grep -qE 'team/web:1\.4 +would-push +sha256:[0-9a-f]+ +[0-9.]+ (B|KiB|MiB)$' "$out"

# --- colour ------------------------------------------------------------------------------

# The state is coloured, and without that every line is the same.
escape=$(printf '\033')
uncoloured() {
    sed "s/$escape\[[0-9]*m//g" "$out" | grep -v ' clock '
}
for words in "doctor" "inspect $bundle" "verify --key signer.pub $bundle"; do
    # shellcheck disable=SC2086 # words
    TERM=xterm NO_COLOR='' on_terminal 200 $words
    uncoloured >coloured
    case $words in
    inspect*) check_not "no colour without a state: $words" grep -q "$escape" "$out" ;;
    *) check "colour on a terminal: $words" grep -q "$escape\[3[123]m[A-Za-z]*$escape\[0m" "$out" ;;
    esac
    # shellcheck disable=SC2086 # words
    TERM=xterm NO_COLOR=1 on_terminal 200 $words
    check_not "none with NO_COLOR: $words" grep -q "$escape" "$out"
    check_equal "the text is the same: $words" "$(cat coloured)" "$(uncoloured)"
done

done_testing
