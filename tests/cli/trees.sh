#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trees.sh - folders with the shapes of five well-known projects, in small: every image that
# they name, and none of what only looks like one.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
cd "$work" || exit 99

sealift() {
    "$SEALIFT" "$@"
}
digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a

# names STATUS TREE ARGUMENT...: the names on standard input are those of the tree, sorted.
names() {
    names_status=$1 names_tree=$2
    shift 2
    expect "$names_status" "$names_tree" sealift images -f "$names_tree" "$@"
    check_equal "$names_tree: the names" "$(cat)" "$(cat "$out")"
}

# --- a storage operator: images in a ConfigMap and in custom resources --------------------

mkdir -p storage/csi
cat >storage/operator.yaml <<'END'
kind: ConfigMap
apiVersion: v1
metadata:
  name: storage-operator-config
data:
  LOG_LEVEL: "INFO"
  CSI_ENABLE: "true"
  CSI_PROVISIONER_TOLERATIONS: |
    - effect: NoSchedule
      key: node.example.com/storage
  TAINT: node.example.com/storage:NoSchedule
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: storage-operator}
spec:
  template:
    spec:
      containers:
        - name: operator
          image: docker.io/example/storage:v1.2.3
          env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: DISCOVERY_ARGS, value: "--use=storage.example.com/lun"}
END
cat >storage/csi/images.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: csi-images}
data:
  attacher: registry.k8s.io/sig-storage/csi-attacher:v4.8.1
  plugin: "quay.io/example/csi:v3.14.0"
  snapshotter: registry.k8s.io/sig-storage/csi-snapshotter:v8.2.1
END
cat >storage/cluster.yaml <<'END'
apiVersion: storage.example.com/v1
kind: StorageCluster
metadata: {name: main}
spec:
  version: {image: "quay.io/example/server:v19.2.2", allowUnsupported: false}
  dataDirHostPath: /var/lib/storage
---
apiVersion: storage.example.com/v1
kind: BucketTopic
spec:
  events: ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"]
  endpoint: {http: {uri: "http://notify.example.com:8080/hook:1"}}
  persistent: "arn:aws:sns:us-east-1::topic/name:1"
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
provisioner: storage.rbd.csi.example.com
parameters: {pool: replica, imageFormat: "2", imageFeatures: layering}
END
cat >storage/crds.yaml <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  versions:
    - schema:
        openAPIV3Schema:
          properties:
            image:
              description: The image of the gateway, such as quay.io/example/gateway:1.5
              default: quay.io/example/gateway:1.4
            containers: {items: {properties: {image: {type: string}}}}
END
names 0 storage <<'END'
docker.io/example/storage:v1.2.3
quay.io/example/csi:v3.14.0
quay.io/example/server:v19.2.2
registry.k8s.io/sig-storage/csi-attacher:v4.8.1
registry.k8s.io/sig-storage/csi-snapshotter:v8.2.1
END
check "images in no file are noted" \
    grep -q 'storage: defines custom resources: images that are built into an operator' "$err"
# What is built into the operator is in no manifest: the project's own list has it.
printf '%s\n' quay.io/example/csi:v3.14.0 quay.io/example/built-in:v0.12.0 >storage/images.txt
names 0 storage <<'END'
docker.io/example/storage:v1.2.3
quay.io/example/built-in:v0.12.0
quay.io/example/csi:v3.14.0
quay.io/example/server:v19.2.2
registry.k8s.io/sig-storage/csi-attacher:v4.8.1
registry.k8s.io/sig-storage/csi-snapshotter:v8.2.1
END

# --- a broker operator: maps of versions in variables, a target to push to ----------------

mkdir broker
cat >broker/060-Deployment.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: cluster-operator, labels: {app: broker}}
spec:
  template:
    spec:
      containers:
        - name: operator
          image: quay.io/example/operator:0.46.0
          args: [/opt/broker/bin/operator_run.sh]
          env:
            - name: OPERATOR_FULL_RECONCILIATION_INTERVAL_MS
              value: "120000"
            - name: DEFAULT_BRIDGE_IMAGE
              value: quay.io/example/bridge:0.32.0
            - name: BROKER_IMAGES
              value: |
                3.9.0=quay.io/example/broker:0.46.0-3.9.0
                4.0.0=quay.io/example/broker:0.46.0-4.0.0
            - name: FEATURE_GATES
              value: "+UseServerSideApply,-UseOther"
          livenessProbe: {httpGet: {path: /healthy, port: http}}
END
cat >broker/connect.yaml <<'END'
apiVersion: broker.example.com/v1
kind: Connect
metadata: {name: connect}
spec:
  bootstrapServers: cluster-bootstrap.broker.svc:9093
  build:
    output: {type: docker, image: "ttl.sh/connect-example-4.0.0:24h"}
    plugins:
      - name: file
        artifacts: [{type: maven, group: com.example, artifact: "file:4.0.0"}]
END
names 0 broker --ignore '^ttl\.sh/' <<'END'
quay.io/example/bridge:0.32.0
quay.io/example/broker:0.46.0-3.9.0
quay.io/example/broker:0.46.0-4.0.0
quay.io/example/operator:0.46.0
END
expect 0 "without --ignore" sealift images -f broker
check "the target of a build is printed" grep -qx ttl.sh/connect-example-4.0.0:24h "$out"

# --- a monitoring stack: flags, custom resources, rules and dashboards --------------------

mkdir monitor
cat >monitor/operator.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: monitor-operator}
spec:
  template:
    spec:
      containers:
      - args:
        - --kubelet-service=kube-system/kubelet
        - --config-reloader=quay.io/example/config-reloader:v0.81.0
        - --listen=0.0.0.0:8443
        image: quay.io/example/monitor-operator:v0.81.0
        name: operator
END
cat >monitor/server.yaml <<'END'
apiVersion: monitor.example.com/v1
kind: Server
metadata: {name: k8s}
spec:
  image: quay.io/example/server:v3.2.1
  version: 3.2.1
  externalUrl: http://server.monitor.svc:9090/graph:1
  alerting: {alertmanagers: [{apiVersion: v2, name: main, port: web}]}
END
cat >monitor/rules.yaml <<'END'
apiVersion: monitor.example.com/v1
kind: Rule
spec:
  groups:
  - rules:
    - alert: Burn
      annotations:
        description: 'The job {{ $labels.job }} is at {{ $value | humanize }}: see runbook.'
        runbook_url: https://runbooks.example.com/runbooks/burn:1
      expr: sum(apiserver_request:burnrate1h) > (14.40 * 0.01)
    - expr: sum by (cluster) (rate(requests_total{job="apiserver",verb=~"LIST|GET"}[1d]))
      record: cluster_quantile:apiserver_request:histogram_quantile
END
cat >monitor/dashboards.json <<'END'
{"apiVersion":"v1","kind":"ConfigMapList","items":[{"apiVersion":"v1","kind":"ConfigMap",
"metadata":{"name":"dashboard"},"data":{"a.json":"{\n  \"links\": [\"https://example.com/d/x:1\"],\n  \"expr\": \"node:cpu:rate5m\", \"kind\": \"graph\", \"padding\": \"................\"\n}"}}]}
END
names 0 monitor <<'END'
quay.io/example/config-reloader:v0.81.0
quay.io/example/monitor-operator:v0.81.0
quay.io/example/server:v3.2.1
END

# --- pipelines: source code instead of images, and images as arguments --------------------

mkdir pipelines
cat >pipelines/controller.yaml <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: ko://example.com/pipelines/cmd/controller
        args:
          - "-entrypoint-image"
          - "ko://example.com/pipelines/cmd/entrypoint"
          # Used to run scripts.
          - "-shell-image"
          - "cgr.dev/example/busybox@$digest"
          - "-shell-image-win"
          - "mcr.example.com/powershell:nano@$digest"
END
names 2 pipelines <<END
cgr.dev/example/busybox@$digest
mcr.example.com/powershell:nano@$digest
END
for part in controller entrypoint; do
    check "$part is refused by name" grep -q "'ko://example.com/pipelines/cmd/$part'" "$err"
done
names 0 pipelines --ignore '^ko:' <<END
cgr.dev/example/busybox@$digest
mcr.example.com/powershell:nano@$digest
END

# --- a delivery tool: bases, overlays, and all of it again in one file --------------------

mkdir -p delivery/base delivery/ha
cat >delivery/base/server.yaml <<'END'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: server}
spec:
  template:
    spec:
      initContainers: [{name: copy, image: "quay.io/example/delivery:latest"}]
      containers:
      - {name: server, image: "quay.io/example/delivery:latest"}
      - {name: cache, image: "redis:7.0.15-alpine"}
      volumes: [{name: tls, secret: {secretName: tls, items: [{key: tls.crt, path: tls.crt}]}}]
END
cat >delivery/base/kustomization.yaml <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
images: [{name: quay.io/example/delivery, newName: quay.io/example/delivery, newTag: v3.0.0}]
resources: [./server.yaml, "https://example.com/more/manifests:1"]
END
cat >delivery/ha/proxy.yaml <<'END'
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: proxy}
  spec: {template: {spec: {containers: [{image: "public.ecr.aws/docker/library/haproxy:3.0.8"}]}}}
END
cat delivery/base/server.yaml >delivery/install.yaml
names 0 delivery <<'END'
docker.io/library/redis:7.0.15-alpine
public.ecr.aws/docker/library/haproxy:3.0.8
quay.io/example/delivery:latest
quay.io/example/delivery:v3.0.0
END

# --- no network, and files that are made to hurt -------------------------------------------

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=%network -o trace \
        "$SEALIFT" images -f . >/dev/null 2>&1
    check_equal "no socket is opened" "" "$(grep -E '^[0-9]+ +[a-z]+\(' trace)"
else
    skip "no socket is opened" "strace may not trace here"
fi

# refused STATUS NAME MESSAGE: standard input is not read to its end.
refused() {
    cat >hostile.yaml
    expect "$1" "$2" sealift images -f hostile.yaml
    check "$2: the message" grep -q "hostile.yaml:[0-9]*: $3" "$err"
}
need python3
refused 11 "a tower of aliases" "more than 1000000 values" <<END
$(python3 -c 'print("a0: &a0 [x,x,x,x,x,x,x,x,x]")
for i in range(1, 12): print("a%d: &a%d [%s]" % (i, i, ",".join(["*a%d" % (i - 1)] * 9)))')
END
python3 -c 'print("[" * 200000)' >deep
refused 11 "200000 levels" "more than 128 levels" <deep
refused 2 "a value that contains itself" "invalid YAML: '\*a' refers to" <<END
&a [*a]
END
python3 -c 'print("a: " + "x" * 5000000)' >long
refused 11 "a value of 5 MB" "more than 1048576 bytes" <long
done_testing
