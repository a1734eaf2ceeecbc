/* SPDX-License-Identifier: Apache-2.0 */
/* kubernetes.h - the images in Kubernetes objects, and in YAML of unknown kinds.
 *
 * Pod specifications are found at any depth: in workloads, lists, custom resources, and
 * in documents that are the value of a ConfigMap.
 *
 * Layer: lists.
 * Source: Kubernetes API reference, "PodSpec", "Container", "ImageVolumeSource".
 */
#ifndef LISTS_KUBERNETES_H
#define LISTS_KUBERNETES_H

#include "lists/finder.h"

struct kubernetes_options {
    bool helm_tests; /* also objects that only "helm test" creates */
};

/*
 * sure: the image of a container, or of an image volume; likely: complete references in
 * any other text; maybe: other names at keys and flags that end in "image", and maps of
 * a repository and a tag.  CustomResourceDefinitions, status, and the configuration that
 * kubectl last applied are skipped.
 * Errors: ERR_LIMIT.
 */
MUST_USE int kubernetes_read(struct finder *f, const struct yml *document,
                             const struct kubernetes_options *options, struct err *err);

#endif
