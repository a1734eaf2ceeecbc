#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# images.sh - which images do these files name?  All of them, no others, without a network.

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

# pod KIND: an object of the kind with one container below the path that the kind has.
pod() {
    python3 - "$1" <<'END'
import json, sys
kind = sys.argv[1]
spec = {"containers": [{"name": "c", "image": "quay.io/k/%s:1" % kind.lower()}]}
template = {"template": {"spec": spec}}
objects = {
    "Pod": {"spec": spec},
    "PodTemplate": template,
    "CronJob": {"spec": {"jobTemplate": {"spec": template}}},
    "List": {"items": [{"apiVersion": "v1", "kind": "Pod", "spec": spec}]},
    "DeploymentList": {"items": [{"spec": template}]},
    "Embedding": {"spec": {"deep": {"er": [{"podSpec": spec}]}}},
}
print(json.dumps(dict({"apiVersion": "v1", "kind": kind, "metadata": {"name": "n"}},
                      **objects.get(kind, {"spec": template}))))
END
}

need python3
for kind in Pod Deployment StatefulSet DaemonSet ReplicaSet ReplicationController Job CronJob \
    PodTemplate List DeploymentList Embedding; do
    pod "$kind" >"$kind.json"
    finds "$kind" "quay.io/k/$(echo "$kind" | tr '[:upper:]' '[:lower:]'):1" -f "$kind.json"
done

cat >pod.yaml <<END
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    example.com/mirror: see https://quay.io/web/page:1 and admin@quay.io/x:1
    kubectl.kubernetes.io/last-applied-configuration: '{"image":"quay.io/old/old:1"}'
spec:
  initContainers: [{image: busybox}]
  ephemeralContainers: [{image: "ghcr.io/e/e:3"}]
  containers:
  - image: quay.io/c/c:1.10@$digest
    args: [--sidecar=quay.io/s/s:1, --other-image=other:1, -shell, 'quay.io/t/t:1']
    env:
    - {name: RELATED_IMAGE_A, value: "quay.io/a/a@$digest"}
    - name: VERSIONS
      value: |
        1.0=quay.io/v/v:1.0
        2.0=quay.io/v/v:2.0
    - {name: ENDPOINT, value: "http://registry.apps.svc:5000/path:1"}
    - {name: OTHER, value: "db.apps.svc:5432/name:1"}
    - {name: RULE, value: "apiserver_request:burnrate1h"}
    - {name: SIDE_IMAGE, value: "side:1"}
  volumes:
  - image: {reference: quay.io/m/model:7}
status:
  containerStatuses: [{image: "quay.io/status/s:1"}]
END
finds "a pod" "docker.io/library/busybox:latest ghcr.io/e/e:3 quay.io/a/a@$digest \
quay.io/c/c:1.10@$digest quay.io/m/model:7 quay.io/s/s:1 quay.io/t/t:1 quay.io/v/v:1.0 \
quay.io/v/v:2.0" -f pod.yaml
check "what it was taken for is on stderr" grep -q 'pod.yaml: Kubernetes manifests: 9 new names' "$err"
check "names that get a tag are noted" grep -q 'no tag is given: docker.io/library/busybox:latest' "$err"
check "short names in variables, too" grep -q 'not taken, maybe: docker.io/library/side:1' "$err"
check "what is not taken is noted" grep -q 'not taken, maybe: docker.io/library/other:1' "$err"
finds "only what is sure" "docker.io/library/busybox:latest ghcr.io/e/e:3 \
quay.io/c/c:1.10@$digest quay.io/m/model:7" -f pod.yaml --confidence sure
finds "names left out" "ghcr.io/e/e:3" -f pod.yaml --confidence sure --ignore '^quay' \
    --ignore busybox
expect 2 "no tag is given" sealift images -f pod.yaml --no-latest
expect 0 "a JSON result" sealift images -f pod.yaml --json
cp "$out" result.json
check_equal "has each name with its places" \
    "ghcr.io/e/e:3 sure False 1 pod.yaml 10 33 1 Pod web spec.ephemeralContainers[0].image" \
    "$(python3 -c 'import json
i = next(i for i in json.load(open("result.json"))["images"] if "/e:3" in i["name"])
p = i["places"][0]
print(i["name"], i["confidence"], i["impliedTag"], i["placeCount"], p["file"], p["line"],
      p["column"], p["document"], p["kind"], p["object"], p["path"])')"
check_equal "has what was not taken" "docker.io/library/other:1 docker.io/library/side:1" \
    "$(python3 -c 'import json
print(*[i["name"] for i in json.load(open("result.json"))["notTaken"]])')"
expect 0 "a place" sealift images -f pod.yaml --why quay.io/v/v:2.0
check "has file, line, object and path" \
    grep -q 'pod.yaml:17: Pod/web spec.containers\[0\].env\[1\].value (likely)' "$out"
expect 9 "no place" sealift images -f pod.yaml --why quay.io/no/no:1

printf 'kind: Pod\nspec: {containers: [{image: }, {image: ~}, {image: null}, {image: ""}, {image: "a:1"}]}\n' >null.yaml
finds "containers without an image" docker.io/library/a:1 -f null.yaml
text='{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"quay.io/j/j:%d"}]}}\n'
# shellcheck disable=SC2059 # two objects
printf "$text$text" 1 2 >stream.json
finds "JSON texts one after the other" "quay.io/j/j:1 quay.io/j/j:2" -f stream.json

cat >crd.yaml <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec: {description: "such as quay.io/example/example:1.5"}
---
apiVersion: v1
kind: Pod
metadata: {name: check, annotations: {"helm.sh/hook": test-success}}
spec: {containers: [{image: quay.io/test/test:1}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: template}
data:
  pod.yaml: |
    # A document within a value.
    apiVersion: v1
    kind: Pod
    metadata: {name: inner}
    spec:
      containers:
      - image: inner:1
END
finds "schemas, tests of charts and documents in values" "docker.io/library/inner:1" -f crd.yaml
finds "tests of charts on request" "docker.io/library/inner:1 quay.io/test/test:1" -f crd.yaml \
    --helm-tests
expect 0 "a place within a value" sealift images -f crd.yaml --why inner:1
check "has the line of the file" grep -q 'crd.yaml:21: Pod/inner data.pod.yaml.spec' "$out"

printf 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "%s"}]}\n' ko://example.com/cmd >ko.yaml
expect 2 "source code is no image" sealift images -f ko.yaml
check "it is named" grep -q "ko.yaml:3: 'ko://example.com/cmd'" "$err"
# shellcheck disable=SC2016
for value in '"{{ .Values.image }}"' '{{ .Values.image }}'; do
    printf 'kind: Pod\nspec:\n  containers:\n  - image: %s\n' "$value" >template.yaml
    expect 2 "a template that is not rendered" sealift images -f template.yaml
    check "the hint renders it" grep -q 'helm template' "$err"
done

mkdir -p tree/below tree/.git
cp pod.yaml tree/below
cp Job.json tree
echo 'a: [' >tree/.git/broken.yaml
echo text >tree/README
finds "a folder" "docker.io/library/busybox:latest ghcr.io/e/e:3 quay.io/c/c:1.10@$digest \
quay.io/k/job:1 quay.io/m/model:7" -f tree --confidence sure
printf '\357\273\277# a list\r\nnginx:1\r\ndocker://quay.io/a/b:1 # why\r\n' >list
finds "a list" "docker.io/library/nginx:1 quay.io/a/b:1" -f list
check "it is taken for one" grep -q 'list: a list: 2 new names' "$err"
expect 0 "standard input" sh -c '"$SEALIFT" images -f - <list'
check_equal "gives the same names" 2 "$(wc -l <"$out")"
expect 2 "nothing to read" sealift images

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=socket,connect -o trace \
        "$SEALIFT" images -f tree -f pod.yaml >/dev/null 2>&1
    check "no socket is opened" sh -c 'test -f trace && ! grep -q "socket(" trace'
else
    skip "no socket is opened" "strace may not trace here"
fi
done_testing
