/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/sync_lists.h"

#include "base/digest.h"
#include "base/mem.h"

#include <string.h>

struct sync_walk {
    struct finder *finder;
    const char *registry, *repository;
    struct err *err;
};

/* ---- skopeo sync ---- */

static int
take_sync_tag(const struct sync_walk *w, const struct yml *tag)
{
    struct digest digest;
    CLEANUP(mem_free_string) char *name = NULL;

    if (tag->kind != YML_TEXT)
        return 0;
    name = xasprintf(
        "%s/%s%s%s", w->registry, w->repository,
        digest_parse(&digest, tag->of.text, tag->count, ERR_USAGE, err_ignored()) == 0
            ? "@"
            : ":",
        tag->of.text);
    return finder_sure(w->finder, tag, name, w->err);
}

/* A repository and its tags; none means all. */
static int
take_sync_repository(void *ctx, const struct yml *key, const struct yml *value)
{
    struct sync_walk w = *(const struct sync_walk *)ctx;
    int rc = 0;

    if (key->kind != YML_TEXT)
        return 0;
    w.repository = key->of.text;
    finder_enter_key(w.finder, key);
    for (size_t i = 0; rc == 0 && value->kind == YML_LIST && i < value->count; i++) {
        finder_enter_item(w.finder, i);
        rc = take_sync_tag(&w, value->of.items[i]);
        finder_leave(w.finder);
    }
    if (value->kind != YML_LIST || value->count == 0)
        finder_note(w.finder, key, "%s/%s: all tags: not taken", w.registry,
                    w.repository);
    finder_leave(w.finder);
    return rc;
}

static int
note_sync_expression(void *ctx, const struct yml *key, const struct yml *value)
{
    const struct sync_walk *w = ctx;

    if (key->kind == YML_TEXT && value->kind == YML_TEXT)
        finder_note(w->finder, key, "%s/%s: tags by an expression: not taken",
                    w->registry, key->of.text);
    return 0;
}

static int
take_sync_registry(void *ctx, const struct yml *key, const struct yml *value)
{
    struct sync_walk w = *(const struct sync_walk *)ctx;
    int rc;

    if (key->kind != YML_TEXT)
        return 0;
    w.registry = key->of.text;
    if (yml_get(value, "credentials"))
        finder_note(w.finder, key, "the credentials for %s are not used", w.registry);
    finder_enter_key(w.finder, key);
    rc =
        yml_each(yml_get(value, "images"), take_sync_repository, &w) < 0 ||
                yml_each(yml_get(value, "images-by-tag-regex"), note_sync_expression,
                         &w) < 0 ||
                yml_each(yml_get(value, "images-by-semver"), note_sync_expression, &w) < 0
            ? -1
            : 0;
    finder_leave(w.finder);
    return rc;
}

int
skopeo_sync_read(struct finder *f, const struct yml *document, struct err *err)
{
    struct sync_walk w = {.finder = f, .err = err};

    return yml_each(document, take_sync_registry, &w);
}

/* ---- regsync ---- */

static int
take_regsync_entry(struct finder *f, const struct yml *entry, struct err *err)
{
    const struct yml *source = yml_get(entry, "source");

    if (!source || source->kind != YML_TEXT)
        return 0;
    if (!yml_get(entry, "type") || yml_is(yml_get(entry, "type"), "image"))
        return finder_sure(f, source, source->of.text, err);
    finder_note(f, source, "%s: all tags or repositories: not taken", source->of.text);
    return 0;
}

int
regsync_read(struct finder *f, const struct yml *document, struct err *err)
{
    const struct yml *sync = yml_get(document, "sync"),
                     *creds = yml_get(document, "creds");

    if (creds)
        finder_note(f, creds, "credentials are not used");
    for (size_t i = 0; i < sync->count; i++) {
        int rc;

        finder_enter_item(f, i);
        rc = take_regsync_entry(f, sync->of.items[i], err);
        finder_leave(f);
        if (rc < 0)
            return -1;
    }
    return 0;
}
