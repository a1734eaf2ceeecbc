/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_export.h"

#include "base/text.h"
#include "images/image_kind.h"
#include "images/image_tree.h"
#include "io/json/json_write.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "render/render_omitted.h"
#include "render/table.h"

#include <inttypes.h>
#include <string.h>

/* Selected platforms that the image does not have. */
static void
put_lacks(struct result *r, struct jsout *image, const struct choice *choice,
          uint64_t lacks, const char *name)
{
    CLEANUP(buf_release)
    struct buf line = BUF_INIT(CHOICE_PLATFORMS_MAX * PLATFORM_TEXT_MAX);
    struct jsout *list = jsout_array();

    for (size_t i = 0; i < choice->count; i++) {
        if (lacks >> i & 1)
            jsout_append_text(list, choice->platforms[i]);
    }
    jsout_put(image, "lacks", list);
    choice_list(choice, lacks, &line);
    result_say(r, "lacks     %s of %s\n", line.data, name);
}

static void
put_export_images(struct result *r, const struct plan *plan, const struct choice *choice)
{
    const struct image_set *set = &plan->set;
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);
    struct jsout *images = jsout_array();

    for (size_t i = 0; i < plan->set.count; i++) {
        const struct image_entry *e = &plan->set.entries[i];
        struct jsout *obj = result_entry(set, e);

        if (plan->names[i].is_attached)
            result_put_digest(obj, "subject", &plan->names[i].subject);
        result_rebuilt(r, obj, e);
        if (plan->names[i].lacks)
            put_lacks(r, obj, choice, plan->names[i].lacks, e->name);
        result_omitted(r, obj, set, walk, e);
        jsout_append(images, obj);
    }
    jsout_put(r->json, "images", images);
}

/* Images with none of the selected platforms. */
static void
put_skipped(struct result *r, const struct skipped_list *skipped)
{
    struct jsout *list;

    if (skipped->count == 0)
        return;
    list = jsout_array();
    for (size_t i = 0; i < skipped->count; i++) {
        const struct skipped_name *name = &skipped->items[i];
        struct jsout *obj = jsout_object(), *platforms = jsout_array();

        for (size_t k = 0; k < name->offer.count; k++)
            jsout_append_text(platforms, name->offer.items[k]);
        jsout_put_text(obj, "name", name->name);
        jsout_put(obj, "platforms", platforms);
        jsout_append(list, obj);
        result_say(r, "skipped   %s\n", name->name);
    }
    jsout_put(r->json, "skipped", list);
}

static void
say_images(struct result *r, const struct plan *plan)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;
    CLEANUP(graph_size_release)
    struct graph_size *sizes = graph_size_new(plan->set.graph);

    image_tree_make(&tree, &plan->set);
    table_add(&t, (const char *const[]){"IMAGE", "KIND", "DIGEST", "SIZE"});
    for (size_t i = 0; i < tree.count; i++) {
        const struct image_entry *e = &plan->set.entries[tree.rows[i].entry];
        char digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

        digest_text(&e->digest, digest);
        text_human(size, graph_size_add(sizes, e->object));
        table_add_below(
            &t, tree.rows[i].depth,
            (const char *const[]){e->name, image_kind(&plan->set, e), digest, size});
    }
    table_say(&t, r);
}

static const char *
gap_word(const struct failure *gap)
{
    static const char *const words[] = {[FAILURE_NAME] = "name",
                                        [FAILURE_DOCUMENT] = "manifest",
                                        [FAILURE_BLOB] = "blob"};

    return words[gap->what];
}

static struct jsout *
gap_json(const struct failure *gap)
{
    struct jsout *obj = jsout_object(), *error = jsout_object();
    char name[REFERENCE_TEXT_MAX];

    reference_name(&gap->ref, name);
    jsout_put_text(obj, "image", name);
    if (gap->what == FAILURE_BLOB && gap->has_needer)
        result_put_digest(obj, "manifest", &gap->needer);
    if (gap->what != FAILURE_NAME)
        result_put_digest(obj, gap_word(gap), &gap->digest);
    jsout_put_kind(error, gap->kind, gap->reason);
    jsout_put_text(error, "message", gap->message);
    jsout_put(obj, "error", error);
    return obj;
}

/* A message without the name that it begins with, and that was just said. */
static const char *
message_after(const char *name, const char *message)
{
    size_t len = strlen(name);

    return text_starts(message, name) && text_starts(message + len, ": ")
               ? message + len + strlen(": ")
               : message;
}

/* Print the message and the object, which some messages name and some do not. */
static void
say_gap(struct result *r, const struct failure *gap)
{
    char name[REFERENCE_TEXT_MAX], digest[DIGEST_TEXT_MAX];

    reference_name(&gap->ref, name);
    if (gap->what == FAILURE_NAME) {
        result_say(r, "failed    %s: %s\n", name, message_after(name, gap->message));
        return;
    }
    result_say(r, "failed    %s\n", name);
    if (gap->what == FAILURE_BLOB && gap->has_needer) {
        digest_text(&gap->needer, digest);
        result_say(r, "          manifest %s\n", digest);
    }
    digest_text(&gap->digest, digest);
    result_say(r, "          %s %s\n", gap_word(gap), digest);
    result_say(r, "          %s\n", message_after(name, gap->message));
}

/* Names that could not be resolved are missing, of course. */
static bool
is_said(const struct failure *failures, size_t count, const char *missing)
{
    char name[REFERENCE_TEXT_MAX];

    for (size_t i = 0; i < count; i++) {
        reference_name(&failures[i].ref, name);
        if (failures[i].what == FAILURE_NAME && strcmp(name, missing) == 0)
            return true;
    }
    return false;
}

/* Print the causes, then the images that are incomplete because of them. */
static void
put_gaps(struct result *r, const struct plan *plan)
{
    struct jsout *list = jsout_array();
    size_t count;
    const struct failure *failures = failures_items(plan->failures, &count);

    for (size_t i = 0; i < count; i++) {
        jsout_append(list, gap_json(&failures[i]));
        say_gap(r, &failures[i]);
    }
    jsout_put(r->json, "failures", list);
    result_put_missing(r, &plan->set.missing);
    for (size_t i = 0; i < plan->set.missing.count; i++) {
        const char *name = plan->set.missing.items[i].name;

        if (!is_said(failures, count, name))
            result_say(r, "missing   %s\n", name);
    }
}

static void
put_plan(struct result *r, const struct export_options *o, const struct export_result *x)
{
    const struct plan *plan = &x->plan;
    char size[TEXT_HUMAN_MAX], shared[TEXT_HUMAN_MAX];
    char names[TEXT_COUNT_MAX], images[TEXT_COUNT_MAX], objects[TEXT_COUNT_MAX];

    if (o->output)
        jsout_put_text(r->json, "bundle", o->output);
    jsout_put_bool(r->json, "dryRun", o->dry_run);
    if (plan->set.count > 0)
        say_images(r, plan);
    result_made_here(r, &plan->set);
    put_export_images(r, plan, o->plan.choice);
    put_skipped(r, &plan->skipped);
    jsout_put_u64(r->json, "platforms", plan->totals.platforms);
    jsout_put_u64(r->json, "objects", x->layout.member_count);
    jsout_put_u64(r->json, "objectBytes", plan->totals.bytes);
    jsout_put_u64(r->json, "sharedBytes", plan->totals.bytes_shared);
    jsout_put_u64(r->json, "bundleBytes", x->layout.total);
    result_put_digest(r->json, "index", &x->index);
    result_put_meta(r->json, &x->meta);
    if (plan->set.count == 0)
        return;
    if (!o->plan.referrers)
        result_no_referrers(r, plan->set.count);
    text_human(shared, plan->totals.bytes_shared);
    result_say(
        r, "contents  %s, %s, %s, %s (%s saved by sharing)\n",
        text_count(names, plan->set.count, "name", "names"),
        text_count(images, plan->totals.platforms, "platform image", "platform images"),
        text_count(objects, x->layout.member_count, "object", "objects"),
        text_human(size, plan->totals.bytes), shared);
}

/* "wrote     b.tar.001 and on, 3 volumes: 1.2 GiB (1234567 bytes)" */
static void
say_bundle(struct result *r, const char *verb, const struct export_options *o,
           const struct export_result *x)
{
    char size[TEXT_HUMAN_MAX], number[TEXT_COUNT_MAX];
    const char *path = o->output ? o->output : "a bundle";

    text_human(size, x->layout.total);
    if (o->volume_size > 0)
        result_say(r, "%s %s%s, %s: %s (%" PRIu64 " bytes)\n", verb, path,
                   o->output ? ".001 and on" : "",
                   text_count(number, x->volumes, "volume", "volumes"), size,
                   x->layout.total);
    else
        result_say(r, "%s %s: %s (%" PRIu64 " bytes)\n", verb, path, size,
                   x->layout.total);
}

static void
put_bundle_info(struct result *r, const struct export_options *o,
                const struct export_result *x)
{
    say_bundle(r, "wrote    ", o, x);
    result_say(r, "synced    safe to unmount%s\n",
               o->verify_after ? ", read back and compared" : "");
}

static void
put_signature(struct result *r, const struct export_options *o, const char *key_name)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    jsout_put_bool(r->json, "signed", o->key != NULL);
    if (!o->key) {
        result_say(r, "unsigned  import requires --insecure-skip-verify\n");
        return;
    }
    digest_hex(pki_id(o->key), hex);
    jsout_put_text(r->json, "keyId", hex);
    if (o->sig_out)
        jsout_put_text(r->json, "signature", o->sig_out);
    result_say(r, "signed by %s (%s)%s%s\n", hex, key_name, o->sig_out ? ", in " : "",
               o->sig_out ? o->sig_out : "");
}

static void
put_paths(struct result *r, const char *key, const struct secure_dir_names *paths)
{
    struct jsout *array;

    if (paths->count == 0)
        return;
    array = jsout_array();
    for (size_t i = 0; i < paths->count; i++)
        jsout_append_text(array, paths->items[i]);
    jsout_put(r->json, key, array);
}

void
result_removed(struct result *r, const struct export_result *x)
{
    put_paths(r, "removed", &x->removed);
    for (size_t i = 0; i < x->removed.count; i++)
        result_say(r, "removed   %s\n", x->removed.items[i]);
    put_paths(r, "left", &x->left);
}

static void
say_fetched(struct result *r, const struct export_options *o,
            const struct export_result *x)
{
    char size[TEXT_HUMAN_MAX], reused[TEXT_HUMAN_MAX];

    result_say(r, "%s %s of layers and configs", o->dry_run ? "would fetch" : "fetched  ",
               text_human(size, x->fetched));
    result_say(r, x->reused > 0 ? "; %s is here already\n" : "\n",
               text_human(reused, x->reused));
    if (o->dry_run)
        say_bundle(r, "would write", o, x);
}

void
result_export(struct result *r, const struct export_options *o,
              const struct export_result *x, const char *key_name)
{
    put_plan(r, o, x);
    if (o->volume_size > 0)
        jsout_put_u64(r->json, "volumes", x->volumes);
    jsout_put_u64(r->json, o->dry_run ? "wouldFetchBytes" : "fetchedBytes", x->fetched);
    jsout_put_u64(r->json, o->dry_run ? "wouldReuseBytes" : "reusedBytes", x->reused);
    if (x->plan.set.count > 0)
        say_fetched(r, o, x);
    if (x->is_published) {
        put_bundle_info(r, o, x);
        put_signature(r, o, key_name);
    }
    put_gaps(r, &x->plan);
}
