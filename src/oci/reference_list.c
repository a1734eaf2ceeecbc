/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/reference_list.h"

#include "base/mem.h"
#include "base/text_safe.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a of the canonical name. */
static uint64_t
name_hash(const struct reference *r)
{
    char name[REFERENCE_TEXT_MAX];
    uint64_t h = 0xcbf29ce484222325U;

    reference_name(r, name);
    for (const char *p = name; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3U;
    return h;
}

/* The slot of r, or the free slot to insert it at. */
static uint32_t *
find_slot(const struct reference_list *list, const struct reference *r)
{
    size_t mask = list->slot_count - 1;
    size_t i = name_hash(r) & mask;

    while (list->slots[i] != 0 &&
           !reference_same_name(&list->items[list->slots[i] - 1], r))
        i = (i + 1) & mask;
    return &list->slots[i];
}

/* Keep at least half of the slots free. */
static void
grow_slots(struct reference_list *list)
{
    if (2 * (list->count + 1) <= list->slot_count)
        return;
    list->slot_count = list->slot_count == 0 ? 64 : 2 * list->slot_count;
    free(list->slots);
    list->slots = xcalloc(list->slot_count, sizeof(*list->slots));
    for (uint32_t i = 0; i < list->count; i++)
        *find_slot(list, &list->items[i]) = i + 1;
}

/* Its index + 1, or 0. */
static uint32_t
find_number(const struct reference_list *list, const struct reference *r)
{
    return list->slot_count == 0 ? 0 : *find_slot(list, r);
}

/* Merge a duplicate name: only its digest may be new. */
static int
merge_reference(struct reference_list *list, size_t i, const struct reference *r,
                const struct reference_place *place, struct err *err)
{
    struct reference *there = &list->items[i];
    char name[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];
    bool is_pinned = there->has_digest;

    if (is_pinned && r->has_digest && !digest_equal(&there->digest, &r->digest)) {
        reference_name(r, name);
        text_safe(safe, name, strlen(name));
        err_set(err, ERR_USAGE, "'%s' is given with two different digests", safe);
        if (list->places[i].file)
            err_hint(err, "the other one is at %s:%zu", list->places[i].file,
                     list->places[i].line);
        return -1;
    }
    if (r->has_digest && !is_pinned) {
        there->has_digest = true;
        there->digest = r->digest;
        list->places[i] = *place;
    }
    if (r->has_digest != is_pinned)
        list->places[i].has_bare = true;
    return 0;
}

int
reference_list_add(struct reference_list *list, const char *text, size_t len,
                   const struct reference_place *place, struct err *err)
{
    struct reference r;
    int rc = list->take ? list->take(list->take_ctx, text, len, place, err) : 0;

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (reference_parse(&r, text, len, err) < 0)
        return -1;
    if (list->takes_repositories && r.is_default)
        r.tag[0] = '\0';
    return reference_list_add_parsed(list, &r, place, err);
}

int
reference_list_add_parsed(struct reference_list *list, const struct reference *ref,
                          const struct reference_place *place, struct err *err)
{
    const struct reference_place command_line = {.file = NULL};
    uint32_t *slot;

    if (!place)
        place = &command_line;
    grow_slots(list);
    slot = find_slot(list, ref);
    if (*slot != 0)
        return merge_reference(list, *slot - 1, ref, place, err);
    if (list->count == REFERENCE_LIST_MAX)
        return err_set(err, ERR_LIMIT, "more than %d images", REFERENCE_LIST_MAX);
    list->items = mem_grow(list->items, list->count, &list->cap, sizeof(*list->items));
    list->places =
        mem_grow(list->places, list->count, &list->place_cap, sizeof(*list->places));
    list->items[list->count] = *ref;
    list->places[list->count++] = *place;
    *slot = (uint32_t)list->count;
    return 0;
}

const struct reference_place *
reference_list_place(const struct reference_list *list, const struct reference *ref)
{
    struct reference repository = *ref;
    uint32_t number = find_number(list, ref);

    repository.tag[0] = '\0';
    repository.has_digest = false;
    if (number == 0)
        number = find_number(list, &repository);
    return number > 0 ? &list->places[number - 1] : NULL;
}

int
reference_place_wrap(struct err *err, const struct reference_place *place)
{
    if (!place || !place->file)
        return -1;
    return err_wrap(err, "%s:%zu", place->file, place->line);
}

void
reference_list_release(struct reference_list *list)
{
    free(list->items);
    free(list->places);
    free(list->slots);
    *list = (struct reference_list)REFERENCE_LIST_INIT;
}
