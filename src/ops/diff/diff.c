/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/diff/diff.h"

#include "base/mem.h"
#include "base/text.h"
#include "ops/diff/diff_bytes.h"
#include "ops/diff/diff_registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- comparing two lists of names ---- */

static int
by_key(const void *left, const void *right)
{
    const struct diff_name *a = *(const struct diff_name *const *)left;
    const struct diff_name *b = *(const struct diff_name *const *)right;

    return strcmp(a->key, b->key);
}

/* The names in the order of their keys, each key once. */
static const struct diff_name **
sorted_names(const struct diff_names *names, size_t *count)
{
    const struct diff_name **sorted = xcalloc(names->count + 1, sizeof(*sorted));
    size_t kept = 0;

    for (size_t i = 0; i < names->count; i++)
        sorted[i] = &names->items[i];
    qsort(sorted, names->count, sizeof(*sorted), by_key);
    for (size_t i = 0; i < names->count; i++) {
        if (kept == 0 || by_key(&sorted[kept - 1], &sorted[i]) != 0)
            sorted[kept++] = sorted[i];
    }
    *count = kept;
    return sorted;
}

/* Pairs with equal keys, in order; at most one of a pair is NULL. */
struct pairing {
    const struct diff_name **sorted[2];
    size_t count[2], at[2];
};

static struct pairing
pairing_begin(const struct diff_names *a, const struct diff_names *b)
{
    struct pairing p = {.at = {0, 0}};

    p.sorted[0] = sorted_names(a, &p.count[0]);
    p.sorted[1] = sorted_names(b, &p.count[1]);
    return p;
}

static void
pairing_end(struct pairing *p)
{
    free(p->sorted[0]);
    free(p->sorted[1]);
}

static bool
pairing_next(struct pairing *p, const struct diff_name *pair[2])
{
    int order = 0;

    for (size_t i = 0; i < 2; i++)
        pair[i] = p->at[i] < p->count[i] ? p->sorted[i][p->at[i]] : NULL;
    if (!pair[0] && !pair[1])
        return false;
    if (pair[0] && pair[1])
        order = strcmp(pair[0]->key, pair[1]->key);
    if (order < 0)
        pair[1] = NULL;
    if (order > 0)
        pair[0] = NULL;
    for (size_t i = 0; i < 2; i++)
        p->at[i] += pair[i] != NULL;
    return true;
}

static void
add_row(struct diff_result *r, const struct diff_name *const pair[2])
{
    struct diff_row *row;

    if (pair[0] && pair[1] && pair[0]->has_digest && pair[1]->has_digest &&
        digest_equal(&pair[0]->digest, &pair[1]->digest)) {
        r->same++;
        return;
    }
    r->rows = mem_grow(r->rows, r->count, &r->cap, sizeof(*r->rows));
    row = &r->rows[r->count++];
    *row = (struct diff_row){.ref = pair[0] ? &pair[0]->ref : NULL};
    for (size_t i = 0; i < 2; i++) {
        row->names[i] = pair[i] ? pair[i]->name : NULL;
        row->has_digest[i] = pair[i] && pair[i]->has_digest;
        if (row->has_digest[i])
            row->digests[i] = pair[i]->digest;
        r->only[i] += pair[i] && !pair[1 - i];
    }
}

static void
compare_sides(struct diff_result *r)
{
    struct pairing p = pairing_begin(&r->sides[0].names, &r->sides[1].names);
    const struct diff_name *pair[2];

    while (pairing_next(&p, pair))
        add_row(r, pair);
    pairing_end(&p);
}

/* ---- the registry's digests ---- */

/* Remove the names that were looked up, and that the registry does not have. */
static void
drop_absent(struct diff_names *names, const bool *wanted)
{
    size_t kept = 0;

    for (size_t i = 0; i < names->count; i++) {
        struct diff_name *n = &names->items[i];

        if (!wanted[i] || n->has_digest) {
            names->items[kept++] = *n;
            continue;
        }
        free(n->key);
        free(n->name);
    }
    names->count = kept;
}

/* Only names that both sides have are looked up: one request for each. */
static int
look_up_shared(struct diff_result *r, size_t side, const struct diff_options *o,
               struct err *err)
{
    struct diff_names *names = &r->sides[side].names;
    struct pairing p = pairing_begin(&r->sides[0].names, &r->sides[1].names);
    bool *wanted = xcalloc(names->count + 1, sizeof(*wanted));
    const struct diff_name *pair[2];
    int rc;

    while (pairing_next(&p, pair)) {
        if (pair[0] && pair[1])
            wanted[pair[side] - names->items] = true;
    }
    pairing_end(&p);
    rc = diff_look_up(names, wanted, o, err);
    if (rc == 0)
        drop_absent(names, wanted);
    free(wanted);
    return rc;
}

static int
look_up_all(struct diff_side *s, const struct diff_options *o, struct err *err)
{
    bool *wanted = xcalloc(s->names.count + 1, sizeof(*wanted));
    int rc;

    memset(wanted, true, s->names.count);
    rc = diff_look_up(&s->names, wanted, o, err);
    if (rc == 0)
        drop_absent(&s->names, wanted);
    free(wanted);
    return rc;
}

/* ---- pairs of kinds ---- */

static int
compare_places(struct diff_result *r, const struct diff_options *o, struct err *err)
{
    for (size_t i = 0; i < 2; i++) {
        if (diff_list_place(&r->sides[i].names, &r->sides[i].place, o, err) < 0)
            return -1;
    }
    return look_up_shared(r, 0, o, err) < 0 ? -1 : look_up_shared(r, 1, o, err);
}

/* Whether a receipt is of an import to that place: then it has the names there. */
static bool
is_receipt_of(const struct diff_side *s, const struct mapping *map)
{
    char place[REFERENCE_TEXT_MAX];

    snprintf(place, sizeof(place), "%s%s%s", map->target.host,
             map->target.prefix[0] != '\0' ? "/" : "", map->target.prefix);
    return s->pushed_to && strcmp(s->pushed_to, place) == 0;
}

/* The keys of a side become its names at a place, one each in places. */
static int
map_names(struct diff_side *s, const struct mapping *map, struct reference *places,
          struct err *err)
{
    bool is_known = is_receipt_of(s, map);

    for (size_t i = 0; i < s->names.count; i++) {
        struct diff_name *n = &s->names.items[i];
        char key[REFERENCE_TEXT_MAX];

        if (is_known)
            places[i] = s->targets[i];
        else if (mapping_apply(map, &n->ref, &places[i], err) < 0)
            return err_wrap(err, "%s", n->name);
        reference_name(&places[i], key);
        free(n->key);
        n->key = xstrdup(key);
    }
    return 0;
}

/* place: which of the sides is one. */
static int
compare_with_place(struct diff_result *r, size_t place, const struct diff_options *o,
                   struct err *err)
{
    struct diff_side *names = &r->sides[1 - place], *at = &r->sides[place];
    const struct mapping map = diff_mapping(o, at);
    struct reference *places;
    int rc;

    if (names->kind == DIFF_NAME && look_up_all(names, o, err) < 0)
        return -1;
    places = xcalloc(names->names.count + 1, sizeof(*places));
    rc = map_names(names, &map, places, err);
    if (rc == 0)
        rc = diff_list_like(&at->names, &names->names, places, o, err);
    free(places);
    return rc < 0 ? -1 : look_up_shared(r, place, o, err);
}

/* Keep one name only, with an empty key. */
static void
keep_single(struct diff_names *names, const struct diff_name *single)
{
    struct diff_name kept = *single;

    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i].key);
        if (&names->items[i] != single)
            free(names->items[i].name);
    }
    kept.key = xstrdup("");
    names->items[0] = kept;
    names->count = 1;
}

/*
 * A name in a registry is compared with the one image of the other side, whatever that is
 * called there; what is attached to the image is left out, as the name has no list of it.
 */
static void
equate_singles(struct diff_result *r)
{
    const struct diff_name *singles[2];

    for (size_t i = 0; i < 2; i++)
        singles[i] = diff_side_single(&r->sides[i]);
    if (!singles[0] || !singles[1] ||
        (r->sides[0].kind != DIFF_NAME && r->sides[1].kind != DIFF_NAME))
        return;
    for (size_t i = 0; i < 2; i++)
        keep_single(&r->sides[i].names, singles[i]);
}

static int
compare_names(struct diff_result *r, const struct diff_options *o, struct err *err)
{
    equate_singles(r);
    for (size_t i = 0; i < 2; i++) {
        if (r->sides[i].kind == DIFF_NAME && look_up_all(&r->sides[i], o, err) < 0)
            return -1;
    }
    return 0;
}

static int
fill_names(struct diff_result *r, const struct diff_options *o, struct err *err)
{
    bool is_place[2];

    for (size_t i = 0; i < 2; i++)
        is_place[i] = r->sides[i].kind == DIFF_PLACE;
    if (is_place[0] && is_place[1])
        return compare_places(r, o, err);
    if (is_place[0] || is_place[1])
        return compare_with_place(r, is_place[1], o, err);
    return compare_names(r, o, err);
}

int
diff_run(struct diff_result *out, const struct diff_options *o, struct err *err)
{
    char text[TEXT_COUNT_MAX];

    for (size_t i = 0; i < 2; i++) {
        if (diff_side_open(&out->sides[i], o->texts[i], o, err) < 0)
            return -1;
    }
    if (fill_names(out, o, err) < 0)
        return -1;
    compare_sides(out);
    if (out->same == 0 && out->count == 0)
        return err_set(err, ERR_NOT_FOUND, "there is nothing to compare");
    if (diff_count_bytes(out, o, err) < 0)
        return -1;
    if (out->count == 0)
        return 0;
    return err_set(err, ERR_DIFFER, "%s",
                   text_count(text, out->count, "name differs", "names differ"));
}
