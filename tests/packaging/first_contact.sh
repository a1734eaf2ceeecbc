#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# first_contact.sh - the commands of docs/first-contact.md, where nothing else is installed.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
[ "$(id -u)" -eq 0 ] || skip_all "only root can change the root folder"
need ldd

# A static program that says it is one: what the page does with it does not depend on more.
cat >"$work/stand-in.c" <<'C'
#include <stdio.h>
static const char mark[] = "\0sealift/0.0.1";
int main(void) { return printf("sealift %s\n", mark + 9) < 0; }
C
program=$work/stand-in
gcc -static -O1 -o "$program" "$work/stand-in.c" 2>"$work/gcc" ||
    skip_all "there is no static C library"

must start_registry source
must start_registry target
must fill source shapes --only index
image=$(references source | sed -n 1p)
for kind in ecdsa ed25519; do
    must make_key "$kind" "$kind"
done

expect 2 "a program that needs libraries is refused" sealift export -q --unsigned \
    --include-tool "$(command -v openssl)" -o "$work/x.tar" "$image"
if ldd "$SEALIFT" 2>/dev/null | grep -q '=>'; then
    expect 2 "so is the running one, when it does" \
        sealift export -q --unsigned --include-self -o "$work/x.tar" "$image"
    check "the message says why" grep -q 'only the static program' "$err"
else
    expect 0 "the running one is static" \
        sealift export -q --unsigned --include-self -o "$work/x.tar" "$image"
fi

# A root with these programs and their libraries, and nothing else.
bare=$work/bare
mkdir -p "$bare/root" "$bare/media/usb" "$bare/tmp" "$bare/dev"
for name in sh openssl tar sed grep diff sha256sum cut sort uniq mkdir tr cat chmod uname \
    test; do
    path=$(readlink -f "$(command -v "$name")")
    [ -f "$path" ] || path=/usr/bin/$name
    mkdir -p "$bare/usr/bin"
    cp "$path" "$bare/usr/bin/$name"
    ldd "$path" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$bare/${library%/*}"
        cp -n "$library" "$bare/$library"
    done
done
sed -n '/^```sh$/,/^```$/p' "$abs_top_srcdir/docs/first-contact.md" | sed '/^```/d' >"$work/page.sh"
check "the page has commands" test "$(wc -l <"$work/page.sh")" -gt 30

# by_hand: in a new folder of that root.
by_hand() {
    rm -rf "$bare/tmp/here" && mkdir "$bare/tmp/here" && cp "$work/page.sh" "$bare/tmp/"
    env -i PATH=/usr/bin "$(command -v chroot)" "$bare" /usr/bin/sh -c 'cd /tmp/here && sh ../page.sh'
}
for kind in ecdsa ed25519; do
    rm -f "$bare/media/usb/images.tar"
    expect 0 "exports with the program, $kind" sealift export -q --no-referrers \
        --key "$work/$kind.key" --include-tool "$program" -o "$bare/media/usb/images.tar" "$image"
    cp "$work/$kind.pub" "$bare/root/team.pub"
    expect 0 "the page's commands accept the bundle, $kind" by_hand
    check "they end with the program's own words" grep -qx 'sealift 0.0.1' "$out"
    check "it is the same program" cmp "$program" "$bare/tmp/here/sealift"
done
bundle=$bare/media/usb/images.tar
cp "$work/ecdsa.pub" "$bare/root/team.pub"
expect 2 "they refuse another key" by_hand
cp "$work/ed25519.pub" "$bare/root/team.pub"
cp "$bundle" "$work/good.tar"
at=$(($(tar -tRvf "$bundle" 2>/dev/null | sed -n 's/^block \([0-9]*\): .*blobs.*/\1/p' | tail -n 1) * 512 + 600))
printf 'X' | dd of="$bundle" bs=1 seek="$at" conv=notrunc 2>/dev/null
expect 1 "they refuse a changed byte" by_hand
cp "$work/good.tar" "$bundle"


# What was left out of it is no reason to refuse a bundle; a link is.
platform=$(sealift list --json "$image" 2>/dev/null |
    grep -o '"platform":"linux/[^"]*"' | sed -n '1s/.*:"\(.*\)"/\1/p')
must sealift export -q --force --no-referrers --platform "${platform:-linux/amd64}" \
    --key "$work/ed25519.key" --include-tool "$program" -o "$bundle" "$image"
check "something is left out" sh -c 'tar -xOf "$1" SHA256SUMS | grep -q "^#"' - "$bundle"
expect 0 "they accept a bundle without some platforms" by_hand
sealift verify --explain --key "$work/ed25519.pub" "$bundle" >"$work/explained.sh"
expect 0 "so do those of --explain" sh "$work/explained.sh"
python3 - "$bundle" <<'PYTHON'
import io, sys, tarfile
link = tarfile.TarInfo("extra")
link.type, link.linkname = tarfile.SYMTYPE, "/etc/hosts"
with tarfile.open(sys.argv[1], "a") as bundle:
    bundle.addfile(link)
PYTHON
expect 1 "they refuse a link" by_hand
expect 1 "so do those of --explain" sh "$work/explained.sh"
cp "$work/good.tar" "$bundle"

# The rest of its way: what sealift does with it.
expect 0 "import leaves the program in the bundle" \
    sealift import --json --key "$work/ed25519.pub" "$bundle" "$(address_of target)/m"
check_equal "and says so" "1 1" "$(field "$out" '"%d %d" % (d["programsLeft"], len(d["images"]))')"
expect 0 "a second import is complete" \
    sealift import -q --key "$work/ed25519.pub" "$bundle" "$(address_of target)/m"
expect 0 "--with-tool pushes it" \
    sealift import --json --with-tool --key "$work/ed25519.pub" "$bundle" "$(address_of target)/m"
check_equal "as one more image" "0 2" "$(field "$out" '"%d %d" % (d["programsLeft"], len(d["images"]))')"
expect 0 "so does its name" sealift import --json --only 'sealift.local/tool:0.0.1-linux-amd64' \
    --key "$work/ed25519.pub" "$bundle" "$(address_of target)/n"
expect 0 "a bundle made of it does not have it" sealift export --json \
    --key "$work/ed25519.key" --source-key "$work/ed25519.pub" -o "$work/next.tar" "bundle:$bundle"
check_equal "only the image" 1 "$(field "$out" 'len(d["images"])')"
expect 0 "inspect shows it" sealift inspect --json "$bundle"
check_equal "as a program" "program" \
    "$(field "$out" '[i["kind"] for i in d["images"] if "tool" in i["name"]][0]')"
mkdir "$work/taken"
expect 0 "verify takes it out" sealift verify --key "$work/ed25519.pub" --extract-self "$work/taken" "$bundle"
check "it is the program" cmp "$program" "$work/taken/sealift"
check "it can be run" "$work/taken/sealift"
expect 12 "nothing is replaced" sealift verify -q --key "$work/ed25519.pub" \
    --extract-self "$work/taken" "$bundle"
rm "$work/taken/sealift"
expect 7 "not without a trusted signature" \
    sealift verify -q --key "$work/ecdsa.pub" --extract-self "$work/taken" "$bundle"
expect 2 "nor with the check left out" \
    sealift verify -q --insecure-skip-verify --extract-self "$work/taken" "$bundle"
check "nothing was written" test ! -e "$work/taken/sealift"
expect 9 "a bundle without it is an error" sealift verify -q --key "$work/ed25519.pub" \
    --extract-self "$work/taken" "$work/next.tar"
expect 0 "a bundle can have nothing else" sealift export --json --unsigned \
    --include-tool "$program" -o "$work/again.tar"
check_equal "the same program has the same digest" "$(field "$out" 'd["images"][0]["digest"]')" \
    "$(tar -xOf "$bundle" index.json | tr '{' '\n' |
        sed -n 's/.*sealift.tool.v1.*"digest":"\([^"]*\)".*/\1/p')"

done_testing
