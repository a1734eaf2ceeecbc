#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# other_tools.sh - every command of the manual's section for users of other tools, with
# docker-registry in the place of each registry.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry hub
must start_registry other locked
must start_registry target
must fill hub shapes --only index --only docker-single
hub=$(address_of hub)
other=$(address_of other)
target=$(address_of target)
index=$(references hub index)
tool=$(references hub docker-single)
digest=$(field "$work/hub.json" '[i["digest"] for i in d if i["shape"] == "index"][0]')
cd "$work" || exit 99
printf '[[registry]]\nprefix = "docker.io"\nlocation = "%s"\n' "$hub" \
    >"$HOME/.config/containers/registries.conf"
printf '%s' "$registry_password" >password
printf '%s:%s\n' puller "$registry_hash" "$registry_user" "$registry_hash" \
    >"$work/registry/other/htpasswd"
must sealift copy -q "$index" --as "$hub/library/hello-world:latest"
must sealift login -q --username puller --password-stdin "$other" <password
must sealift copy -q "$index" --as "$other/team/app:v1"
must sealift copy -q "$tool" --as "$other/team/app:v2"
must sealift logout -q "$other"

sed -n '/^# COMING FROM OTHER TOOLS/,/^# EXAMPLES/p' "$abs_top_srcdir/docs/man/sealift-copy.1.scd" |
    sed -n 's/^[[:blank:]]*\$ \(sealift .*\)$/\1/p' | sed 's/++$//' >lines
check "the section has commands" test "$(wc -l <lines)" -ge 12

# digest_at NAME: the digest of what the target has.
digest_at() {
    echo "sha256:$(sealift list --raw "$target/$1" 2>/dev/null | sha256sum | cut -d ' ' -f 1)"
}

# The source is locked until the line that logs in; what comes before runs with a password
# that is there for it alone.
must sealift login -q --username puller --password-stdin "$other" <password
while IFS= read -r line; do
    case $line in *'sealift login'*) must sealift logout -q "$other" ;; esac
    # shellcheck disable=SC2001 # a regular expression
    eval "$(echo "$line" | sed "s/corp\.azurecr\.io/$target/g; s/other\.azurecr\.io/$other/g
        s/sha256:0123/$digest/")" >out 2>err </dev/null
    check_equal "$line" 0 "$?"
    grep -E '^(sealift|hint):' err | sed 's/^/# /'
done <lines
check_equal "the image is there with its digest" "$digest" "$(digest_at hello-world:latest)"
check_equal "under both names" "$digest $digest" "$(digest_at one:a) $(digest_at two:b)"
check_equal "by its digest" "$digest" "$(digest_at "team/app@$digest")"
check_equal "under the tag of its digest" "$digest" \
    "$(digest_at "team/app:digest-sha256-${digest#sha256:}")"
check_not "the tag was replaced" test "$(digest_at team/app:v1)" = "$digest"
check_equal "all tags were copied" "$digest" "$(digest_at mirror/team/app:v1)"

done_testing
