/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/kubernetes.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

enum { EMBEDDED_MIN = 64 }; /* bytes of a value that may hold a document */

/* What a node is, by the keys above it. */
enum node_role {
    ROLE_ANY,
    ROLE_CONTAINERS,
    ROLE_CONTAINER,
    ROLE_VOLUMES,
    ROLE_VOLUME,
    ROLE_IMAGE_VOLUME,
    ROLE_IMAGE, /* text is the name of an image */
    ROLE_MAYBE, /* the key ends in "image" */
    ROLE_ANNOTATIONS,
    ROLE_SKIPPED, /* holds no image that is needed */
};

struct object_walk {
    struct finder *finder;
    const struct kubernetes_options *options;
    enum node_role role; /* of the map whose pairs are visited */
    bool is_object;      /* it has kind and apiVersion */
    bool names_image;    /* it is a variable whose name ends in "image" */
    struct err *err;
};

static int walk_node(const struct object_walk *w, const struct yml *node,
                     enum node_role role);

static bool
ends_in_image(const char *text, size_t len)
{
    static const char word[] = "image";
    size_t n = strlen(word);

    return len >= n && text_same_nocase(text + len - n, n, word);
}

/* ---- values ---- */

/* Whether a document within a value is a Kubernetes object. */
static bool
is_object(const struct yml *node)
{
    return yml_get_text(node, "kind") && yml_get_text(node, "apiVersion");
}

/* Objects in a value are read.  Returns 1 when the value consists of nothing else. */
static int
walk_embedded(const struct object_walk *w, const struct yml *at)
{
    CLEANUP(yml_release) struct yml_stream *s = NULL;
    struct finder *f = w->finder;
    struct finder_place outside;
    const struct yml *root;
    int rc = 0, more = 0;
    bool is_complete = true;

    if (f->is_inside || at->count < EMBEDDED_MIN ||
        !memchr(at->of.text, '\n', at->count) || !strstr(at->of.text, "kind"))
        return 0;
    s = yml_open(at->of.text, at->count);
    finder_go_inside(f, at, &outside);
    while (rc == 0 && (more = yml_next(s, &root, err_ignored())) == 1) {
        if (is_object(root))
            rc = walk_node(w, root, ROLE_ANY);
        else
            is_complete = false;
    }
    finder_come_back(f, &outside);
    return rc < 0 ? -1 : is_complete && more == 0;
}

/* "--sidecar-image=busybox:1", a short name. */
static int
walk_flag(const struct object_walk *w, const struct yml *at)
{
    const char *equals = memchr(at->of.text, '=', at->count);

    if (!equals || !ends_in_image(at->of.text, (size_t)(equals - at->of.text)) ||
        memchr(at->of.text, '\n', at->count))
        return 0;
    return finder_maybe(w->finder, at, equals + 1, w->err);
}

static int
walk_text(const struct object_walk *w, const struct yml *at, enum node_role role)
{
    int rc;

    if (role == ROLE_IMAGE)
        return finder_sure(w->finder, at, at->of.text, w->err);
    rc = walk_embedded(w, at);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    rc = finder_likely(w->finder, at, at->of.text, w->err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (role == ROLE_MAYBE)
        return finder_maybe(w->finder, at, at->of.text, w->err);
    return walk_flag(w, at);
}

/* ---- keys ---- */

static bool
is_one_of(const struct yml *key, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (yml_is(key, words[i]))
            return true;
    }
    return false;
}

/* The role of a value by its key. */
static enum node_role
role_below(const struct object_walk *w, const struct yml *key, const struct yml *value)
{
    static const char *const containers[] = {"containers", "initContainers",
                                             "ephemeralContainers"};

    if (key->kind != YML_TEXT)
        return ROLE_ANY;
    if (w->is_object && yml_is(key, "status"))
        return ROLE_SKIPPED;
    if (w->role == ROLE_ANNOTATIONS)
        return yml_is(key, "kubectl.kubernetes.io/last-applied-configuration")
                   ? ROLE_SKIPPED
                   : ROLE_ANY;
    if (yml_is(key, "annotations"))
        return ROLE_ANNOTATIONS;
    if (value->kind == YML_LIST && is_one_of(key, containers, COUNT_OF(containers)))
        return ROLE_CONTAINERS;
    if (value->kind == YML_LIST && yml_is(key, "volumes"))
        return ROLE_VOLUMES;
    if (w->role == ROLE_CONTAINER && yml_is(key, "image"))
        return ROLE_IMAGE;
    if (w->role == ROLE_VOLUME && yml_is(key, "image"))
        return ROLE_IMAGE_VOLUME;
    if (w->role == ROLE_IMAGE_VOLUME && yml_is(key, "reference"))
        return ROLE_IMAGE;
    return ends_in_image(key->of.text, key->count) ||
                   (w->names_image && yml_is(key, "value"))
               ? ROLE_MAYBE
               : ROLE_ANY;
}

static int
walk_pair(void *ctx, const struct yml *key, const struct yml *value)
{
    const struct object_walk *w = ctx;
    enum node_role role = role_below(w, key, value);
    int rc;

    if (role == ROLE_SKIPPED)
        return 0;
    finder_enter_key(w->finder, key);
    rc = walk_node(w, value, role);
    finder_leave(w->finder);
    return rc;
}

/* {name: SIDECAR_IMAGE, value: busybox:1} */
static bool
names_an_image(const struct yml *map)
{
    const char *name = yml_get_text(map, "name");

    return name && ends_in_image(name, strlen(name)) && yml_get_text(map, "value");
}

/* {registry: quay.io, repository: a/b, tag: 1.2}, as in values of charts. */
static int
walk_parts(const struct object_walk *w, const struct yml *map)
{
    const char *registry = yml_get_text(map, "registry"),
               *repository = yml_get_text(map, "repository"),
               *tag = yml_get_text(map, "tag"), *digest = yml_get_text(map, "digest");
    CLEANUP(mem_free_string) char *name = NULL;
    bool has_tag = tag && tag[0] != '\0', has_digest = digest && digest[0] != '\0';

    if (!repository || repository[0] == '\0' || (!has_tag && !has_digest))
        return 0;
    name = xasprintf("%s%s%s%s%s%s%s", registry ? registry : "",
                     registry && registry[0] != '\0' ? "/" : "", repository,
                     has_tag ? ":" : "", has_tag ? tag : "", has_digest ? "@" : "",
                     has_digest ? digest : "");
    return finder_maybe(w->finder, yml_get(map, "repository"), name, w->err);
}

/* ---- objects ---- */

/* Whether only "helm test" creates the object. */
static bool
is_helm_test(const struct yml *object)
{
    const char *hook =
        yml_get_text(yml_get(yml_get(object, "metadata"), "annotations"), "helm.sh/hook");

    return hook && text_starts(hook, "test");
}

static bool
is_skipped(const struct object_walk *w, const struct yml *object)
{
    if (yml_is(yml_get(object, "kind"), "CustomResourceDefinition")) {
        w->finder->defines_resources = true;
        return true;
    }
    if (w->options->helm_tests || !is_helm_test(object))
        return false;
    finder_note(w->finder, object, "%s/%s is only for helm test: left out",
                w->finder->kind, w->finder->object);
    return true;
}

static int
walk_map(const struct object_walk *above, const struct yml *map, enum node_role role)
{
    struct object_walk w = *above;
    struct finder *f = w.finder;
    const char *const kind = f->kind, *const object = f->object;
    int rc = 0;

    w.role = role;
    w.is_object = is_object(map);
    w.names_image = names_an_image(map);
    if (w.is_object) {
        const char *name = yml_get_text(yml_get(map, "metadata"), "name");

        f->kind = yml_get_text(map, "kind");
        f->object = name ? name : "";
    }
    if (!w.is_object || !is_skipped(&w, map)) {
        rc = walk_parts(&w, map) < 0 ? -1 : yml_each(map, walk_pair, &w);
    }
    f->kind = kind;
    f->object = object;
    return rc;
}

static int
walk_list(const struct object_walk *w, const struct yml *list, enum node_role role)
{
    enum node_role below = role == ROLE_CONTAINERS ? ROLE_CONTAINER
                           : role == ROLE_VOLUMES  ? ROLE_VOLUME
                                                   : ROLE_ANY;

    for (size_t i = 0; i < list->count; i++) {
        int rc;

        finder_enter_item(w->finder, i);
        rc = walk_node(w, list->of.items[i], below);
        finder_leave(w->finder);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int
walk_node(const struct object_walk *w, const struct yml *node, enum node_role role)
{
    struct err why = ERR_INIT;

    if (node->kind == YML_TEXT)
        return walk_text(w, node, role);
    if (role == ROLE_IMAGE) { /* {{ .Values.image }} without quotes is a map of a map */
        err_because(&why, ERR_USAGE, REASON_TEMPLATE, "the image is not text");
        finder_refuse(w->finder, node, &why);
        return 0;
    }
    return node->kind == YML_LIST ? walk_list(w, node, role) : walk_map(w, node, role);
}

int
kubernetes_read(struct finder *f, const struct yml *document,
                const struct kubernetes_options *options, struct err *err)
{
    const struct object_walk w = {.finder = f, .options = options, .err = err};

    return walk_node(&w, document, ROLE_ANY);
}
