#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# recipes.sh - every sealift command of docs/recipes.md, with docker-registry in the place of
# each registry.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need skopeo
page=$abs_top_srcdir/docs/recipes.md

# --- both sides ----------------------------------------------------------------------------

must start_registry source
must start_registry target locked
must fill source shapes --only index --only chart
source=$(address_of source)
target=$(address_of target)
index=$(references source index)
chart=$(references source chart)
cd "$work" || exit 99
must sealift copy -q "$index" --as "$source/library/nginx:1.27" --as "$source/vendor/agent:7" \
    --as "$source/vendor/operator:1" --as "$source/kube-proxy:v1.31.0" --as "$source/ai/smollm2:latest"
must sealift copy -q "$chart" --as "$source/aquasecurity/trivy-db:2" \
    --as "$source/aquasecurity/trivy-java-db:1" --as "$source/aquasecurity/trivy-checks:1" \
    --as "$source/vendor/charts/shop:0.1.0"
must skopeo copy -q --src-tls-verify=false "docker://$source/library/nginx:1.27" \
    oci-archive:built.tar:1
must skopeo copy -q --src-tls-verify=false "docker://$source/library/nginx:1.27" \
    docker-archive:saved.tar:docker.io/team/saved:1
for host in docker.io ghcr.io registry.k8s.io; do
    printf '[[registry]]\nprefix = "%s"\nlocation = "%s"\n' "$host" "$source"
done >"$HOME/.config/containers/registries.conf"
echo docker.io/library/nginx:1.27 >list
printf '%s' "$registry_password" >password
make_key team

# The accounts of the page; all have the same password.
sed -n "s/.*sealift login --username '\{0,1\}\([^ ']*\).*/\1/p" "$page" |
    sed "s|\$|:$registry_hash|" >"$work/registry/target/htpasswd"

# --- the commands --------------------------------------------------------------------------

# Other programs of the page, as far as their output is read.
aws() {
    cat password
}
kubeadm() {
    echo registry.k8s.io/kube-proxy:v1.31.0
}

hosts='registry\.corp|harbor\.corp|quay\.corp|artifactory\.corp|corp\.azurecr\.io'
hosts="$hosts|gitlab\.corp:5050|nexus\.corp:8082|[0-9]*\.dkr\.ecr\.[a-z0-9-]*\.amazonaws\.com"
sed -nE 's/^ {4,}(.*\| )?sealift /&/p' "$page" | sed -E 's/^ +//' >lines
check "the page has commands" test "$(wc -l <lines)" -gt 20

while IFS= read -r line; do
    case $line in *'login '*docker.io*) line=$(echo "$line" | sed "s/docker\.io/$target/") ;; esac
    eval "$(echo "$line" | sed -E "s/($hosts)/$target/g")" >out 2>err </dev/null
    check_equal "$line" 0 "$?"
    grep -E '^(sealift|hint):' err | sed 's/^/# /'
done <lines

done_testing
