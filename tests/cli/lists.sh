#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lists.sh - files of other tools that name images: what they are taken for, and the names.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
cd "$work" || exit 99

sealift() {
    "$SEALIFT" "$@"
}
digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a

# finds NAME "REFERENCE..." ARGUMENT...: exactly these names, sorted; nothing else on stdout.
finds() {
    finds_name=$1 finds_expected=$2
    shift 2
    expect 0 "$finds_name" sealift images "$@"
    check_equal "$finds_name: the names" "$finds_expected" "$(tr '\n' ' ' <"$out" | sed 's/ $//')"
}

# taken FILE FORMAT "REFERENCE..." [WORDS]: standard input is the file; WORDS are noted.
taken() {
    cat >"$1"
    finds "$1" "$3" -f "$1"
    check "$1 is taken for $2" grep -q "^sealift: images: $1: $2: " "$err"
    [ $# -lt 4 ] || check "$1: noted: $4" grep -qF -- "$4" "$err"
}

taken lock.yaml "an ImagesLock" "docker.io/library/nginx@$digest" <<END
apiVersion: imgpkg.carvel.dev/v1alpha1
kind: ImagesLock
images:
- image: index.docker.io/library/nginx@$digest
  annotations: {kbld.carvel.dev/id: "quay.io/other/name:1"}
END
taken hauler.yaml "a hauler manifest" "docker.io/library/nginx:1 ghcr.io/a/b@$digest" \
    "hauler.yaml:13: spec.charts is not read" <<END
apiVersion: content.hauler.cattle.io/v1
kind: Images
metadata: {name: more}
spec:
  images:
  - {name: "nginx:1", platform: linux/amd64}
  - name: ghcr.io/a/b@$digest
---
apiVersion: content.hauler.cattle.io/v1
kind: Charts
spec:
  charts:
  - {name: rancher, repoURL: "https://charts.example.com/latest:1"}
END
taken mirror.yaml "an oc-mirror configuration" "registry.example.com/ubi9/ubi:1" \
    "mirror.operators is not read" <<END
kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  operators: [{catalog: "registry.example.com/index:v4"}]
  blockedImages: [{name: "registry.example.com/bad:1"}]
  additionalImages: [{name: "registry.example.com/ubi9/ubi:1"}]
END
taken zarf.yaml "a zarf package" "docker.io/library/alpine:3 ghcr.io/z/z:1" \
    "components[0].charts is not read" <<END
kind: ZarfPackageConfig
metadata: {name: p}
components:
- name: one
  charts: [{name: c, url: "oci://ghcr.io/charts/c", version: 1.0.0}]
  images: ["ghcr.io/z/z:1", "alpine:3"]
END
taken kustomization.yaml "a kustomization" \
    "quay.io/new/app:2 quay.io/patched/side:1 registry.example.com/db@$digest" \
    "app3 has no new tag" <<END
resources: [base.yaml, "https://example.com/x/deploy?ref=v1"]
images:
- {name: app, newName: quay.io/new/app, newTag: "2"}
- {name: db, newName: registry.example.com/db, digest: "$digest"}
- {name: app3, newName: quay.io/new/app3}
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec: {template: {spec: {containers: [{image: "quay.io/patched/side:1"}]}}}
END
check "resources elsewhere are noted" grep -q 'deploy?ref=v1 is elsewhere: not read' "$err"
check "app3 is quoted under its new name" grep -q 'quay.io/new/app3 has no new tag' "$err"
taken regsync.yml "a regsync configuration" "ghcr.io/r/one:1" "credentials are not used" <<END
version: 1
creds: [{registry: ghcr.io, user: me, pass: s3cret}]
sync:
- {source: "ghcr.io/r/one:1", target: "reg.corp/one:1", type: image}
- {source: ghcr.io/r/all, target: reg.corp/all, type: repository, tags: {allow: ["v.*"]}}
END
check "a repository is noted" grep -q 'ghcr.io/r/all: all tags or repositories: not taken' "$err"
check "no secret is shown" sh -c '! grep -q s3cret "$1"' - "$err"
taken sync.yaml "a skopeo sync file" \
    "docker.io/library/redis:1.0 docker.io/library/redis@$digest" \
    "the credentials for quay.io are not used" <<END
docker.io:
  images: {redis: ["1.0", "$digest"]}
quay.io:
  credentials: {username: me, password: s3cret}
  images: {coreos/etcd: []}
  images-by-tag-regex: {x/y: ^v1}
END
check "a repository is noted" grep -q 'quay.io/coreos/etcd: all tags: not taken' "$err"
check "an expression is noted" grep -q 'quay.io/x/y: tags by an expression: not taken' "$err"
check "no secret is shown" sh -c '! grep -q s3cret "$1"' - "$err"
taken names.json "a list in YAML" "docker.io/library/nginx:1 quay.io/a/b:2" <<END
["nginx:1","quay.io/a/b:2"]
END
taken mapping.txt "a list" "quay.io/a/b@$digest quay.io/a/c:1" <<END
quay.io/a/b@$digest=reg.corp/a/b:1
docker://quay.io/a/c:1=docker://reg.corp/a/c:1
END
taken kubeadm.txt "a list" "registry.k8s.io/kube-apiserver:v1.33.0 registry.k8s.io/pause:3.10" \
    "the pause image that containerd uses is in its configuration" <<END
registry.k8s.io/kube-apiserver:v1.33.0
registry.k8s.io/pause:3.10
END
taken values.yaml "YAML of an unknown kind" "quay.io/v/full:1" \
    "not taken, maybe: quay.io/v/app:1.10" <<END
image: {registry: quay.io, repository: v/app, tag: 1.10}
sidecar: {image: "quay.io/v/full:1"}
other: {image: busybox, pullPolicy: Always, enabledImage: true}
END

# --- compose -------------------------------------------------------------------------------

unset TAG
mkdir app
cat >app/compose.yaml <<END
x-base: &base {restart: always, image: "quay.io/base/base:\${BASE:-1}"}
services:
  web: {image: "quay.io/app/web:\${TAG:?}", build: .}
  plain: {<<: *base}
  own: {<<: *base, image: 'quay.io/own/own:\$TAG'}
  built: {build: ./src}
  local: {build: ./local, image: local-name}
  never: {image: "quay.io/app/never:1", pull_policy: never}
  debug: {image: "quay.io/app/debug:1", profiles: [debug, test]}
  mounts:
    image: busybox:1
    volumes: [{type: image, source: "quay.io/app/data:\$TAG", target: /data}, "./a:/a"]
    environment: {OTHER: "quay.io/not/this:1"}
END
expect 2 "a variable that is not set" sealift images -f app/compose.yaml
check "is named, with its place" \
    grep -q 'app/compose.yaml:3: the variable TAG is not set' "$err"
echo 'TAG=2' >app/.env
services="docker.io/library/busybox:1 quay.io/app/data:2 quay.io/app/web:2 \
quay.io/base/base:1 quay.io/own/own:2"
finds "a compose file" "$services" -f app/compose.yaml
check "it is taken for one" grep -q 'compose.yaml: a compose file: 5 new names' "$err"
check "what is never pulled is noted" grep -q 'service never is never pulled' "$err"
check "names of what is built are noted" grep -q 'not taken, maybe: docker.io/library/local-name' "$err"
check "other profiles are noted" grep -q 'service debug has another profile' "$err"
check "services without an image are noted" grep -q 'service built is built' "$err"
for profile in debug '*'; do
    finds "profile $profile" "$(echo "$services" | sed 's/app.data:2/& quay.io\/app\/debug:1/')" \
        -f app/compose.yaml --profile "$profile"
done
printf 'TAG=3\nBASE=4\n' >other.env
finds "a file of variables" "docker.io/library/busybox:1 quay.io/app/data:3 quay.io/app/web:3 \
quay.io/base/base:4 quay.io/own/own:3" -f app/compose.yaml --env-file other.env
check_equal "the environment comes first" "quay.io/app/web:5" \
    "$(TAG=5 sealift images -q -f app/compose.yaml --json | grep -oE 'quay.io/app/web:[0-9]' | head -n 1)"
for part in 'include: [other.yaml]' 'x: y'; do
    printf '%s\nservices:\n  a: {extends: {file: b.yaml, service: c}}\n' "$part" >parts.yaml
    expect 2 "parts in other files" sealift images -f parts.yaml
    check "the hint resolves them" grep -q 'docker compose config' "$err"
done

# --- charts --------------------------------------------------------------------------------

mkdir -p web/templates web/charts/db
cat >web/Chart.yaml <<END
apiVersion: v2
name: web
version: 1.0.0
annotations:
  artifacthub.io/images: |
    - name: web
      image: quay.io/chart/web:1
      platforms: [linux/amd64]
    - {name: db, image: "postgres:16", whitelisted: true}
  helm.sh/images: |
    - {name: cache, condition: cache.enabled, image: "quay.io/chart/cache:1"}
  images: "- image: quay.io/chart/hauled:1"
END
echo 'image: {{ .Values.image }}' >web/templates/web.yaml
mkdir web/tests # of helm unittest
echo 'asserts: [{equal: {value: "quay.io/chart/test:1"}}]' >web/tests/web_test.yaml
printf 'apiVersion: v2\nname: db\nversion: 1\n' >web/charts/db/Chart.yaml
echo 'image: {repository: web, tag: 1}' >web/values.yaml
chart="docker.io/library/postgres:16 quay.io/chart/cache:1 quay.io/chart/hauled:1 \
quay.io/chart/web:1"
finds "a chart" "$chart" -f web
check "its annotations were read" grep -q 'web: 3 files, annotations of a Helm chart' "$err"
check "its templates were not" grep -q '1 templates of charts are not rendered' "$err"
expect 0 "a place" sealift images -f web --why quay.io/chart/web:1
check "is in the annotation" \
    grep -q 'web/Chart.yaml:7: Chart/web artifacthub.io/images\[0\]' "$out"
tar -czf web.tgz web
finds "a packed chart" "$chart" -f web.tgz
check "members are named" grep -q 'web.tgz: 3 files, annotations' "$err"
sed -i '/^annotations/,$d' web/Chart.yaml
expect 2 "a chart without a list" sealift images -f web
check "the hint renders it" grep -q 'helm template' "$err"

# --- folders -------------------------------------------------------------------------------

mkdir mixed
echo 'quay.io/list/a:1' >mixed/images.txt
echo 'read this first' >mixed/README.txt
cp lock.yaml mixed
finds "text files in a folder" "docker.io/library/nginx@$digest quay.io/list/a:1" -f mixed
printf 'log_level : info\n' >mixed/blank.yaml
printf '/* for a compiler */\n{"include": ["src"]}\n' >mixed/tsconfig.json
finds "files that are not YAML" "docker.io/library/nginx@$digest quay.io/list/a:1" -f mixed
check "are noted where they name no image" grep -q 'mixed/tsconfig.json:2: left out: invalid YAML' "$err"
echo 'image: [' >mixed/broken.yaml
expect 2 "a broken file in a folder" sealift images -f mixed
check "is named" grep -q 'mixed/broken.yaml:2: invalid YAML' "$err"
check "the other names are printed" grep -q 'quay.io/list/a:1' "$out"
expect 9 "no such file" sealift images -f nowhere
done_testing
