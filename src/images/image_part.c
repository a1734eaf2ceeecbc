/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_part.h"

#include "base/mem.h"
#include "base/text.h"
#include "images/tool_image.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

/* graph_walk_root(): what the chosen entries reach. */
static void
mark_reached(void *ctx, uint32_t id, bool as_document)
{
    bool *is_reached = ctx;

    is_reached[id] |= as_document;
}

/* Choose referrers of what is reached; true if there were more. */
static bool
choose_referrers(const struct image_set *set, const bool *is_reached, bool *is_chosen)
{
    bool found = false;

    for (size_t i = 0; i < set->count; i++) {
        uint32_t subject = image_set_subject(set, &set->entries[i]);

        if (is_chosen[i] || subject == GRAPH_NONE || !is_reached[subject])
            continue;
        is_chosen[i] = found = true;
    }
    return found;
}

static void
choose_attached(const struct image_set *set, bool *is_chosen)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);
    bool *is_reached = xcalloc(graph_count(set->graph), sizeof(*is_reached));

    do {
        for (size_t i = 0; i < set->count; i++) {
            if (is_chosen[i])
                graph_walk_root(walk, set->entries[i].object, mark_reached, is_reached);
        }
    } while (choose_referrers(set, is_reached, is_chosen));
    free(is_reached);
}

/* Choose the names that match; false if there are none. */
static bool
choose_matching(const struct image_set *set, const char *pattern, bool with_programs,
                bool *is_chosen)
{
    bool is_name = !strchr(pattern, '*'), found = false;

    for (size_t i = 0; i < set->count; i++) {
        if (text_matches(set->entries[i].name, pattern) &&
            (with_programs || is_name || !tool_image_is(&set->entries[i])))
            is_chosen[i] = found = true;
    }
    return found;
}

static void
keep_chosen(struct image_part *out, const struct image_set *from, const bool *is_chosen)
{
    out->set = *from;
    out->set.count = 0;
    out->set.entries = xcalloc(from->count, sizeof(*out->set.entries));
    for (size_t i = 0; i < from->count; i++) {
        if (is_chosen[i])
            out->set.entries[out->set.count++] = from->entries[i];
        else if (tool_image_is(&from->entries[i]))
            out->programs++;
        else
            out->left++;
    }
}

void
image_part_make(struct image_part *out, const struct image_set *from,
                const struct image_part_choice *choice)
{
    bool *is_chosen = xcalloc(from->count, sizeof(*is_chosen));

    if (!choice->patterns)
        choose_matching(from, "*", choice->with_programs, is_chosen);
    for (size_t i = 0; i < choice->count; i++) {
        if (!choose_matching(from, choice->patterns[i], choice->with_programs,
                             is_chosen) &&
            !out->unmatched)
            out->unmatched = choice->patterns[i];
    }
    choose_attached(from, is_chosen);
    keep_chosen(out, from, is_chosen);
    free(is_chosen);
}

void
image_part_release(struct image_part *p)
{
    free(p->set.entries);
    *p = (struct image_part)IMAGE_PART_INIT;
}
