/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/list_format.h"

#include "base/text.h"

#include <string.h>

/* ---- lines or YAML ---- */

static size_t
skip_blanks(const char *text, size_t i, size_t len)
{
    while (i < len && (text[i] == ' ' || text[i] == '\t'))
        i++;
    return i;
}

/* "key: value", "key:", "'a key': value" */
static bool
is_key_line(const char *line, size_t len)
{
    char quote = line[0] == '"' || line[0] == '\'' ? line[0] : '\0';
    const char *end = quote ? memchr(line + 1, quote, len - 1) : line;

    if (!end)
        return false;
    for (size_t i = (size_t)(end - line); i < len; i++) {
        if (line[i] == ':' && (i + 1 == len || line[i + 1] == ' ' || line[i + 1] == '\t'))
            return i > 0;
        if (!quote && line[i] == '=')
            return false;
        if (!quote && line[i] == ' ' && line[skip_blanks(line, i, len)] != ':')
            return false;
    }
    return false;
}

static bool
is_yaml_line(const char *line, size_t len)
{
    return strchr("{[%?&!", line[0]) ||
           (line[0] == '-' && (len == 1 || line[1] == ' ' || line[1] == '-')) ||
           is_key_line(line, len);
}

bool
list_format_is_yaml(const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t i = 0;

    if (len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
        i = strlen(mark);
    while (i < len) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t next = end ? (size_t)(end - text) : len, stop = next;

        while (stop > i && strchr(" \t\r", text[stop - 1]))
            stop--;
        i = skip_blanks(text, i, stop);
        if (i < stop && text[i] != '#')
            return is_yaml_line(text + i, stop - i);
        i = next + 1;
    }
    return false;
}

/* ---- documents ---- */

static bool
is_kind(const struct yml *document, const char *group, const char *kind)
{
    const char *version = yml_get_text(document, "apiVersion");

    return yml_is(yml_get(document, "kind"), kind) &&
           (!version || text_starts(version, group));
}

static bool
is_node(const struct yml *node, enum yml_kind kind)
{
    return node && node->kind == kind;
}

/* {resources: [a.yaml]}, or {images: [{newTag: 1.2}]}; both without a kind, too. */
static bool
is_kustomization(const struct yml *document)
{
    const struct yml *images = yml_get(document, "images"),
                     *resources = yml_get(document, "resources");

    if (is_kind(document, "kustomize.config.k8s.io/", "Kustomization") ||
        is_kind(document, "kustomize.config.k8s.io/", "Component"))
        return true;
    if (yml_get(document, "kind"))
        return false;
    if (is_node(images, YML_LIST) && images->count > 0) {
        const struct yml *first = images->of.items[0];

        return yml_get(first, "newTag") || yml_get(first, "newName") ||
               (yml_get(first, "digest") && yml_get(first, "name"));
    }
    return is_node(resources, YML_LIST) && resources->count > 0 &&
           resources->of.items[0]->kind == YML_TEXT;
}

static bool
is_chart(const struct yml *document)
{
    const struct yml *version = yml_get(document, "apiVersion");

    return (yml_is(version, "v1") || yml_is(version, "v2")) &&
           !yml_get(document, "kind") && yml_get_text(document, "name") &&
           yml_get_text(document, "version");
}

static bool
is_compose(const struct yml *document)
{
    const struct yml *services = yml_get(document, "services");

    if (yml_get(document, "apiVersion") || yml_get(document, "kind") ||
        !is_node(services, YML_MAP))
        return false;
    for (size_t i = 0; i < services->count; i++) {
        if (services->of.pairs[i].value->kind != YML_MAP)
            return false;
    }
    return services->count > 0;
}

static bool
is_regsync(const struct yml *document)
{
    const struct yml *sync = yml_get(document, "sync");

    return is_node(sync, YML_LIST) && sync->count > 0 &&
           yml_get_text(sync->of.items[0], "source");
}

/* Each key is a registry, with images. */
static bool
is_skopeo_sync(const struct yml *document)
{
    static const char *const keys[] = {"images", "images-by-tag-regex",
                                       "images-by-semver"};

    for (size_t i = 0; document->kind == YML_MAP && i < document->count; i++) {
        bool found = false;

        for (size_t k = 0; k < COUNT_OF(keys); k++)
            found |= is_node(yml_get(document->of.pairs[i].value, keys[k]), YML_MAP);
        if (!found)
            return false;
    }
    return document->kind == YML_MAP && document->count > 0;
}

static bool
is_list_of_texts(const struct yml *document)
{
    for (size_t i = 0; document->kind == YML_LIST && i < document->count; i++) {
        if (document->of.items[i]->kind != YML_TEXT)
            return false;
    }
    return document->kind == YML_LIST;
}

enum list_format
list_format_of(const struct yml *document)
{
    if (is_kind(document, "imgpkg.carvel.dev/", "ImagesLock"))
        return LIST_IMAGES_LOCK;
    if (is_kind(document, "content.hauler.cattle.io/", "Images") ||
        is_kind(document, "content.hauler.cattle.io/", "Charts") ||
        is_kind(document, "content.hauler.cattle.io/", "Files"))
        return LIST_HAULER;
    if (is_kind(document, "mirror.openshift.io/", "ImageSetConfiguration"))
        return LIST_OC_MIRROR;
    if (is_kind(document, "zarf.dev/", "ZarfPackageConfig") ||
        is_kind(document, "zarf.dev/", "ZarfInitConfig"))
        return LIST_ZARF;
    if (is_kustomization(document))
        return LIST_KUSTOMIZATION;
    if (yml_get_text(document, "apiVersion") && yml_get_text(document, "kind"))
        return LIST_KUBERNETES;
    if (is_chart(document))
        return LIST_CHART;
    if (is_compose(document))
        return LIST_COMPOSE;
    if (is_regsync(document))
        return LIST_REGSYNC;
    if (is_skopeo_sync(document))
        return LIST_SKOPEO_SYNC;
    return is_list_of_texts(document) ? LIST_NAMES : LIST_YAML;
}

const char *
list_format_name(enum list_format format)
{
    static const char *const names[] = {
        [LIST_LINES] = "a list",
        [LIST_KUBERNETES] = "Kubernetes manifests",
        [LIST_KUSTOMIZATION] = "a kustomization",
        [LIST_CHART] = "annotations of a Helm chart",
        [LIST_COMPOSE] = "a compose file",
        [LIST_IMAGES_LOCK] = "an ImagesLock",
        [LIST_HAULER] = "a hauler manifest",
        [LIST_OC_MIRROR] = "an oc-mirror configuration",
        [LIST_ZARF] = "a zarf package",
        [LIST_REGSYNC] = "a regsync configuration",
        [LIST_SKOPEO_SYNC] = "a skopeo sync file",
        [LIST_NAMES] = "a list in YAML",
        [LIST_YAML] = "YAML of an unknown kind",
        [LIST_FORMATS] = "",
    };

    return names[format];
}
