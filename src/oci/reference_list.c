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

/* The slot where r stands, or the free one where it belongs. */
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

/* A name that is there already: only the digest the user insists on can be news. */
static int
merge_reference(struct reference *there, const struct reference *r, struct err *err)
{
    char name[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];

    if (!r->has_digest)
        return 0;
    if (there->has_digest && !digest_equal(&there->digest, &r->digest)) {
        reference_name(r, name);
        text_safe(safe, name, strlen(name));
        return err_set(err, ERR_USAGE, "'%s' is asked for with two different digests",
                       safe);
    }
    there->has_digest = true;
    there->digest = r->digest;
    return 0;
}

int
reference_list_add(struct reference_list *list, const char *text, size_t len,
                   struct err *err)
{
    struct reference r;

    if (reference_parse(&r, text, len, err) < 0)
        return -1;
    if (list->takes_repositories && r.is_default)
        r.tag[0] = '\0';
    return reference_list_add_parsed(list, &r, err);
}

int
reference_list_add_parsed(struct reference_list *list, const struct reference *ref,
                          struct err *err)
{
    uint32_t *slot;

    grow_slots(list);
    slot = find_slot(list, ref);
    if (*slot != 0)
        return merge_reference(&list->items[*slot - 1], ref, err);
    if (list->count == REFERENCE_LIST_MAX)
        return err_set(err, ERR_LIMIT, "more than %d images", REFERENCE_LIST_MAX);
    list->items = mem_grow(list->items, list->count, &list->cap, sizeof(*list->items));
    list->items[list->count++] = *ref;
    *slot = (uint32_t)list->count;
    return 0;
}

static bool
is_list_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int
add_list_line(struct reference_list *list, const char *line, size_t len, struct err *err)
{
    size_t begin = 0, end;

    if (len > 0 && memchr(line, '\0', len))
        return err_set(err, ERR_USAGE, "there is a NUL byte in it");
    while (begin < len && is_list_blank(line[begin]))
        begin++;
    for (end = begin; end < len; end++) {
        if (line[end] == '#' && (end == begin || is_list_blank(line[end - 1])))
            break;
    }
    while (end > begin && is_list_blank(line[end - 1]))
        end--;
    return end == begin ? 0 : reference_list_add(list, line + begin, end - begin, err);
}

int
reference_list_add_lines(struct reference_list *list, const char *text, size_t len,
                         const char *name, struct err *err)
{
    size_t number = 1;

    for (size_t i = 0; i < len; number++) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t n = end ? (size_t)(end - text) - i : len - i;

        if (add_list_line(list, text + i, n, err) < 0)
            return err_wrap(err, "%s:%zu", name, number);
        i += n + 1;
    }
    return 0;
}

void
reference_list_release(struct reference_list *list)
{
    free(list->items);
    free(list->slots);
    *list = (struct reference_list)REFERENCE_LIST_INIT;
}
