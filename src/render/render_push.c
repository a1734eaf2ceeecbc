/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_push.h"

#include "base/mem.h"
#include "base/text.h"
#include "images/image_kind.h"
#include "images/image_tree.h"
#include "io/json/json_write.h"
#include "oci/graph_size.h"
#include "render/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
image_state_label(enum image_state state, const char *to_push)
{
    switch (state) {
    case IMAGE_PRESENT:
        return "present";
    case IMAGE_SKIPPED:
        return "skipped";
    case IMAGE_FAILED:
        return "failed";
    case IMAGE_PUSHED:
        break;
    }
    return to_push;
}

void
render_push_hint(char hint[PUSH_HINT_MAX], const struct push_failure *failure,
                 const struct push_hints *hints)
{
    snprintf(hint, PUSH_HINT_MAX, "%s", failure->hint);
    hints->complete(hints->ctx, failure->reason, failure->subject, hint);
}

struct jsout *
render_push_failure(const struct push_failure *s, const struct push_hints *hints)
{
    struct jsout *obj = jsout_object();
    char hint[PUSH_HINT_MAX];

    jsout_put_kind(obj, s->kind, s->reason);
    jsout_put_text(obj, "message", s->message);
    render_push_hint(hint, s, hints);
    if (hint[0] != '\0')
        jsout_put_text(obj, "hint", hint);
    return obj;
}

static struct jsout *
push_image_json(struct result *r, const struct push_result *x, size_t name,
                const char *to_push, const struct push_hints *hints)
{
    const struct push_plan *plan = &x->plan;
    struct jsout *obj = result_entry(plan->set, &plan->set->entries[name]);
    const struct push_failure *cause = push_failure_of(x, name);
    char target[REFERENCE_TEXT_MAX];

    result_rebuilt(r, obj, &plan->set->entries[name]);
    reference_name(&plan->names[name].to, target);
    jsout_put_text(obj, "target", target);
    jsout_put_text(obj, "state", image_state_label(x->states[name], to_push));
    if (cause)
        jsout_put(obj, "error", render_push_failure(cause, hints));
    return obj;
}

static void
say_push_images(struct result *r, const struct push_result *x, const char *to_push)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;
    const struct image_set *set = x->plan.set;
    CLEANUP(graph_size_release) struct graph_size *sizes = graph_size_new(set->graph);

    image_tree_make(&tree, set);
    table_add(&t, (const char *const[]){"IMAGE", "STATE", "DIGEST", "SIZE"});
    for (size_t i = 0; i < tree.count; i++) {
        size_t name = tree.rows[i].entry;
        const struct image_entry *e = &set->entries[name];
        CLEANUP(mem_free_string) char *label = NULL;
        char target[REFERENCE_TEXT_MAX], digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

        reference_name(&x->plan.names[name].to, target);
        label = e->is_image ? xstrdup(target)
                            : xasprintf("%s (%s)", target, image_kind(set, e));
        digest_text(&e->digest, digest);
        text_human(size, graph_size_add(sizes, e->object));
        table_add_below(&t, tree.rows[i].depth,
                        (const char *const[]){label,
                                              image_state_label(x->states[name], to_push),
                                              digest, size});
    }
    table_say(&t, r);
}

void
render_push(struct result *r, const struct push_result *pushes, size_t count,
            const char *to_push, bool done, const struct push_hints *hints)
{
    struct jsout *images = jsout_array();

    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; pushes[k].states && i < pushes[k].plan.name_count; i++)
            jsout_append(images, push_image_json(r, &pushes[k], i, to_push, hints));
        if (pushes[k].states && done)
            say_push_images(r, &pushes[k], to_push);
    }
    if (count > 0 && pushes[0].states && done)
        result_made_here(r, pushes[0].plan.set);
    jsout_put(r->json, "images", images);
}

/* The error printed at the end is not repeated here, nor is the same hint in a row. */
static void
say_failed_images(struct result *r, const struct push_result *x,
                  const struct push_hints *hints, const char *message,
                  char last[PUSH_HINT_MAX])
{
    for (size_t i = 0; x->states && i < x->plan.name_count; i++) {
        const struct push_failure *cause = push_failure_of(x, i);
        char target[REFERENCE_TEXT_MAX], hint[PUSH_HINT_MAX];

        if (!cause || strstr(message, cause->message))
            continue;
        reference_name(&x->plan.names[i].to, target);
        result_say_state(r, RESULT_BAD, "failed");
        result_say(r, "    %s%s%s\n", text_starts(cause->message, target) ? "" : target,
                   text_starts(cause->message, target) ? "" : ": ", cause->message);
        render_push_hint(hint, cause, hints);
        if (hint[0] != '\0' && strcmp(hint, last) != 0)
            result_say(r, "          hint: %s\n", hint);
        memcpy(last, hint, sizeof(hint));
    }
}

void
render_push_failed(struct result *r, const struct push_result *pushes, size_t count,
                   const struct push_hints *hints, const struct err *err)
{
    char last[PUSH_HINT_MAX] = "";

    hints->complete(hints->ctx, err->reason, err->subject, last);
    for (size_t i = 0; i < count; i++)
        say_failed_images(r, &pushes[i], hints, err->msg, last);
}

static void
put_push_counts(struct result *r, const struct push_counts *n)
{
    struct jsout *counts = push_counts_json(n);

    jsout_put_u64(counts, "blobsReadBack", n->blobs_read_back);
    jsout_put_u64(counts, "referrerListsUpdated", n->lists_updated);
    jsout_put_u64(counts, "referrerListsPresent", n->lists_present);
    jsout_put_u64(counts, "referrerListsRefused", n->lists_refused);
    jsout_put(r->json, "counts", counts);
}

static void
say_push_counts(struct result *r, const struct push_counts *n, bool dry_run)
{
    const char *push = dry_run ? "to push" : "pushed";
    char size[TEXT_HUMAN_MAX], lists[TEXT_COUNT_MAX];

    result_say(r, "blobs     %zu %s (%s), %zu %s, %zu present\n", n->blobs_uploaded,
               dry_run ? "to upload" : "uploaded", text_human(size, n->bytes_uploaded),
               n->blobs_mounted, dry_run ? "to mount" : "mounted", n->blobs_present);
    if (n->blobs_read_back > 0)
        result_say(r, "          %zu read back\n", n->blobs_read_back);
    result_say(r, "manifests %zu %s, %zu present\n", n->documents_pushed, push,
               n->documents_present);
    result_say(r, "tags      %zu %s, %zu present\n", n->tags_pushed, push,
               n->tags_present);
    if (n->lists_updated + n->lists_present > 0)
        result_say(r, "referrers %s %s, %zu present\n",
                   text_count(lists, n->lists_updated, "list", "lists"),
                   dry_run ? "to update" : "updated", n->lists_present);
    if (n->referrers_left_out > 0)
        result_say(r, "referrers %zu of rebuilt indexes left out\n",
                   n->referrers_left_out);
    if (n->lists_refused > 0)
        result_say(r, "          %s refused by the registry\n",
                   text_count(lists, n->lists_refused, "list", "lists"));
}

void
render_push_counts(struct result *r, const struct push_counts *n, bool dry_run, bool done)
{
    put_push_counts(r, n);
    if (done || n->documents_pushed + n->blobs_uploaded > 0)
        say_push_counts(r, n, dry_run);
}
