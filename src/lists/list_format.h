/* SPDX-License-Identifier: Apache-2.0 */
/* list_format.h - what a file or a document is, by its content.
 *
 * Layer: lists.
 */
#ifndef LISTS_LIST_FORMAT_H
#define LISTS_LIST_FORMAT_H

#include "io/yaml/yml.h"

enum list_format {
    LIST_LINES, /* one reference a line */
    LIST_KUBERNETES,
    LIST_KUSTOMIZATION,
    LIST_CHART, /* Chart.yaml */
    LIST_COMPOSE,
    LIST_IMAGES_LOCK,
    LIST_HAULER,
    LIST_OC_MIRROR,
    LIST_ZARF,
    LIST_REGSYNC,
    LIST_SKOPEO_SYNC,
    LIST_NAMES, /* a sequence of names */
    LIST_YAML,  /* of an unknown kind */
    LIST_FORMATS
};

/* Whether a text is YAML or JSON, not a list of lines, by its first line that counts. */
bool list_format_is_yaml(const char *text, size_t len);

/* What a document is. */
enum list_format list_format_of(const struct yml *document);

/* "Kubernetes manifests" */
const char *list_format_name(enum list_format format);

#endif
