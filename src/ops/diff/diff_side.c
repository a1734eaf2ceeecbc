/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/diff/diff_side.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"
#include "ops/receipt/receipt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- names ---- */

void
diff_names_release(struct diff_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i].key);
        free(names->items[i].name);
    }
    free(names->items);
    *names = (struct diff_names){.items = NULL};
}

int
diff_names_add(struct diff_names *names, const struct reference *ref, const char *key,
               struct diff_name **out, struct err *err)
{
    char text[REFERENCE_TEXT_MAX];

    if (names->count == DIFF_NAMES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d names", DIFF_NAMES_MAX);
    reference_name(ref, text);
    names->items =
        mem_grow(names->items, names->count, &names->cap, sizeof(*names->items));
    *out = &names->items[names->count++];
    **out = (struct diff_name){
        .key = xstrdup(key ? key : text), .name = xstrdup(text), .ref = *ref};
    return 0;
}

static int
add_with_digest(struct diff_names *names, const struct reference *ref,
                const struct digest *digest, struct err *err)
{
    struct diff_name *n;

    if (diff_names_add(names, ref, NULL, &n, err) < 0)
        return -1;
    n->has_digest = true;
    n->digest = *digest;
    return 0;
}

/* ---- what a text stands for ---- */

/* Receipts are JSON, bundles are tar files. */
static int
kind_of_file(const char *path, enum diff_kind *kind, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    uint64_t size;
    char first = '\0';

    fd = file_open_regular(path, &size, err);
    if (fd < 0 || (size > 0 && file_read_at(fd, &first, 1, 0, err) < 0))
        return -1;
    *kind = first == '{' ? DIFF_RECEIPT : DIFF_BUNDLE;
    return 0;
}

static bool
is_path(const char *text)
{
    return text_starts(text, "/") || text_starts(text, "./") || text_starts(text, "../");
}

/* The last component of a name has a tag or a digest. */
static bool
is_exact_name(const char *text)
{
    const char *slash = strrchr(text, '/');

    return slash ? strpbrk(slash, ":@") != NULL
                 : strpbrk(text, ":@") && !reference_is_host(text);
}

int
diff_kind_of(const char *text, enum diff_kind *kind, struct err *err)
{
    struct stat st;

    if (image_location_is_local(text, strlen(text))) {
        *kind = text_starts(text, "bundle:") ? DIFF_BUNDLE : DIFF_ARCHIVE;
        return 0;
    }
    if (file_is_regular(text))
        return kind_of_file(text, kind, err);
    if (is_path(text)) {
        if (stat(text, &st) == 0 && S_ISDIR(st.st_mode))
            return err_because(err, ERR_USAGE, REASON_TRANSPORT,
                               "'%s' is a folder: expected oci:FOLDER", text);
        return err_set(err, ERR_NOT_FOUND, "there is no file '%s'", text);
    }
    *kind = is_exact_name(text) ? DIFF_NAME : DIFF_PLACE;
    return 0;
}

/* ---- registries ---- */

/* "nginx" is a repository of Docker Hub, as everywhere else. */
static int
read_registry_place(struct diff_side *s, struct err *err)
{
    const char *rest = s->text + reference_scheme(s->text, strlen(s->text));
    size_t first = strcspn(rest, "/");
    struct reference ref;

    if (reference_looks_like_host(rest, first))
        return target_parse(&s->place, s->text, err);
    if (reference_parse(&ref, s->text, strlen(s->text), err) < 0)
        return -1;
    memcpy(s->place.host, ref.host, sizeof(ref.host));
    memcpy(s->place.prefix, ref.path, sizeof(ref.path));
    return 0;
}

static int
read_registry_name(struct diff_side *s, struct err *err)
{
    struct diff_name *n;

    if (reference_parse(&s->name, s->text, strlen(s->text), err) < 0)
        return -1;
    return diff_names_add(&s->names, &s->name, NULL, &n, err);
}

/* ---- bundles and archives ---- */

/* What an archive lacks is missing: it is not looked for elsewhere. */
static int
lacks_name(void *ctx, unsigned worker, const struct reference *name,
           struct image_document *out, struct err *err)
{
    (void)ctx, (void)worker, (void)name, (void)out;
    return err_set(err, ERR_NOT_FOUND, "not in the archive");
}

static int
lacks_referrers(void *ctx, unsigned worker, const struct reference *in,
                const struct digest *subject, struct referrers *out, struct err *err)
{
    (void)ctx, (void)worker, (void)in, (void)subject, (void)out, (void)err;
    return 0;
}

static int
lacks_document(void *ctx, unsigned worker, const struct image_object *what,
               struct image_document *out, struct err *err)
{
    (void)ctx, (void)worker, (void)what, (void)out;
    return err_set(err, ERR_NOT_FOUND, "not in the archive");
}

static const struct image_source nowhere = {.resolve = lacks_name,
                                            .list_referrers = lacks_referrers,
                                            .fetch_document = lacks_document};

static int
plan_archive(struct diff_side *s, const struct reference_list *names,
             const struct diff_options *o, struct err *err)
{
    const struct choice all = {.count = 0};
    const struct plan_options options = {.names = names,
                                         .choice = &all,
                                         .referrers = true,
                                         .keep_going = true,
                                         .source = &s->source,
                                         .run = o->run};

    if (plan_make(&s->plan, &options, err) < 0)
        return -1;
    for (size_t i = 0; i < s->plan.set.count; i++) {
        const struct image_entry *e = &s->plan.set.entries[i];

        if (add_with_digest(&s->names, &e->ref, &e->digest, err) < 0)
            return -1;
    }
    return 0;
}

static int
open_archive(struct diff_side *s, const struct diff_options *o, struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    bool has_transport = image_location_is_local(s->text, strlen(s->text));
    CLEANUP(mem_free_string)
    char *location = xasprintf("%s%s", has_transport ? "" : "bundle:", s->text);

    if (sources_take(&s->sources, location, strlen(location), NULL, err) < 0 ||
        sources_open(&s->sources, &o->sources, &names, err) < 0)
        return -1;
    s->sources.combined.remote = &nowhere;
    s->source = combined_source(&s->sources.combined);
    return plan_archive(s, &names, o, err);
}

/* ---- receipts ---- */

static int
slurp_receipt(const char *path, struct buf *json, char **pushed_to, struct err *err)
{
    struct receipt_summary summary = {.target = NULL};

    if (file_slurp(path, json, err) < 0 ||
        receipt_read(&summary, json->data ? json->data : "", json->len, err) < 0)
        return -1;
    *pushed_to = summary.target;
    return 0;
}

static int
judge_receipt(const char *path, const struct trust_store *store, struct buf *json,
              char **pushed_to, struct err *err)
{
    CLEANUP(verified_receipt_release) struct verified_receipt v = {.json = BUF_INIT(0)};

    if (verify_receipt(&v, path, store, err) < 0)
        return -1;
    *pushed_to = xstrdup(v.summary.target);
    *json = v.json;
    v.json = (struct buf)BUF_INIT(0);
    return 0;
}

static int
take_receipt_image(void *ctx, const struct receipt_image *image, struct err *err)
{
    struct diff_side *s = ctx;
    struct reference ref, target;

    if (!image->is_at_target)
        return 0;
    if (reference_parse_name(&ref, image->name, ERR_INTEGRITY, err) < 0 ||
        reference_parse_name(&target, image->target, ERR_INTEGRITY, err) < 0)
        return err_wrap(err, "not a receipt");
    s->targets =
        mem_grow(s->targets, s->names.count, &s->target_cap, sizeof(*s->targets));
    s->targets[s->names.count] = target;
    return add_with_digest(&s->names, &ref, &image->digest, err);
}

static int
open_receipt(struct diff_side *s, const struct diff_options *o, struct err *err)
{
    CLEANUP(buf_release) struct buf json = BUF_INIT(RECEIPT_MAX);
    const struct verify_options *judge = &o->sources.verify;
    int rc = judge->skip_signature
                 ? slurp_receipt(s->text, &json, &s->pushed_to, err)
                 : judge_receipt(s->text, judge->store, &json, &s->pushed_to, err);

    if (rc == 0)
        rc = receipt_images(json.data, json.len, take_receipt_image, s, err);
    return rc;
}

/* ---- both ---- */

int
diff_side_open(struct diff_side *out, const char *text, const struct diff_options *o,
               struct err *err)
{
    out->text = text;
    if (diff_kind_of(text, &out->kind, err) < 0)
        return -1;
    switch (out->kind) {
    case DIFF_PLACE:
        return read_registry_place(out, err);
    case DIFF_NAME:
        return read_registry_name(out, err);
    case DIFF_RECEIPT:
        return open_receipt(out, o, err);
    case DIFF_ARCHIVE:
    case DIFF_BUNDLE:
        break;
    }
    return open_archive(out, o, err);
}

bool
diff_side_is_local(const struct diff_side *s)
{
    return s->kind == DIFF_ARCHIVE || s->kind == DIFF_BUNDLE;
}

const struct diff_name *
diff_side_single(const struct diff_side *s)
{
    const struct image_entry *single =
        diff_side_is_local(s) ? image_set_single(&s->plan.set) : NULL;

    if (!single)
        return !diff_side_is_local(s) && s->names.count == 1 ? s->names.items : NULL;
    return &s->names.items[single - s->plan.set.entries];
}

void
diff_side_release(struct diff_side *s)
{
    plan_release(&s->plan);
    sources_release(&s->sources);
    diff_names_release(&s->names);
    free(s->pushed_to);
    free(s->targets);
    *s = (struct diff_side)DIFF_SIDE_INIT;
}
