/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/revoked.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { HEX_LEN = 64 }; /* digits of SHA-256 */

/* ---- one line ---- */

static int
parse_id(struct digest *out, const char *text, size_t len)
{
    struct digest d = {.alg = DIGEST_SHA256};

    if (len != HEX_LEN)
        return -1;
    for (size_t i = 0; i < HEX_LEN; i += 2) {
        if (text_unhex(&d.raw[i / 2], text + i, 1) < 0)
            return -1;
    }
    *out = d;
    return 0;
}

static int
parse_serial(char out[REVOKED_SERIAL_MAX + 1], const char *text, size_t len)
{
    if (len == 0 || len > REVOKED_SERIAL_MAX || (text[0] == '0' && len > 1))
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_digit(text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
            return -1;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return 0;
}

static const struct {
    const char *prefix;
    enum revoked_kind kind;
} kinds[] = {
    {"key:", REVOKED_KEY},
    {"index:sha256:", REVOKED_INDEX},
    {"cert:", REVOKED_CERTIFICATE},
};

int
revoked_entry_parse(struct revoked_entry *out, const char *text, size_t len)
{
    struct revoked_entry e = {.serial = ""};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        size_t skip = strlen(kinds[i].prefix);

        if (len < skip + HEX_LEN || memcmp(text, kinds[i].prefix, skip) != 0)
            continue;
        e.kind = kinds[i].kind;
        text += skip;
        len -= skip;
        if (parse_id(&e.id, text, HEX_LEN) < 0)
            return -1;
        text += HEX_LEN;
        len -= HEX_LEN;
        if (e.kind == REVOKED_CERTIFICATE) {
            if (len < 1 || text[0] != ':' ||
                parse_serial(e.serial, text + 1, len - 1) < 0)
                return -1;
        } else if (len != 0) {
            return -1;
        }
        *out = e;
        return 0;
    }
    return -1;
}

/* ---- the set ---- */

static int
compare_entries(const void *a, const void *b)
{
    const struct revoked_entry *x = a, *y = b;
    int order;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    order = digest_compare(&x->id, &y->id);
    return order != 0 ? order : strcmp(x->serial, y->serial);
}

static void
put_entry(struct revoked *r, const struct revoked_entry *entry)
{
    r->items = mem_grow(r->items, r->count, &r->cap, sizeof(*r->items));
    r->items[r->count++] = *entry;
}

static void
make_set(struct revoked *r)
{
    size_t kept = 0;

    if (r->count == 0)
        return;
    qsort(r->items, r->count, sizeof(*r->items), compare_entries);
    for (size_t i = 0; i < r->count; i++) {
        if (kept == 0 || compare_entries(&r->items[kept - 1], &r->items[i]) != 0)
            r->items[kept++] = r->items[i];
    }
    r->count = kept;
}

static int
check_count(size_t count, struct err *err)
{
    if (count > REVOKED_ENTRIES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d entries", REVOKED_ENTRIES_MAX);
    return 0;
}

int
revoked_join(struct revoked *r, const struct revoked *other, struct err *err)
{
    struct revoked all = REVOKED_INIT;

    for (size_t i = 0; i < r->count; i++)
        put_entry(&all, &r->items[i]);
    for (size_t i = 0; i < other->count; i++)
        put_entry(&all, &other->items[i]);
    make_set(&all);
    if (check_count(all.count, err) < 0) {
        revoked_release(&all);
        return -1;
    }
    revoked_release(r);
    *r = all;
    return 0;
}

bool
revoked_has(const struct revoked *r, const struct revoked_entry *entry)
{
    return r->count > 0 &&
           bsearch(entry, r->items, r->count, sizeof(*r->items), compare_entries) != NULL;
}

/* ---- the file ---- */

static bool
is_revoked_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Remove the comment and surrounding blanks of a line. */
static size_t
trim_line(const char **line, size_t len)
{
    const char *hash = memchr(*line, '#', len);

    if (hash)
        len = (size_t)(hash - *line);
    while (len > 0 && is_revoked_blank((*line)[len - 1]))
        len--;
    while (len > 0 && is_revoked_blank(**line)) {
        (*line)++;
        len--;
    }
    return len;
}

static int
parse_line(struct revoked *r, const char *line, size_t len, size_t number,
           struct err *err)
{
    struct revoked_entry e;

    len = trim_line(&line, len);
    if (len == 0)
        return 0;
    if (revoked_entry_parse(&e, line, len) < 0)
        return err_set(err, ERR_USAGE,
                       "line %zu: expected key:HEX, index:sha256:HEX or cert:HEX:SERIAL",
                       number);
    put_entry(r, &e);
    return 0;
}

int
revoked_parse(struct revoked *out, const char *text, size_t len, struct err *err)
{
    struct revoked r = REVOKED_INIT;
    size_t number = 1;

    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len, step = end ? line + 1 : line;

        if (parse_line(&r, text, line, number++, err) < 0) {
            revoked_release(&r);
            return -1;
        }
        text += step;
        len -= step;
    }
    make_set(&r);
    if (check_count(r.count, err) < 0) {
        revoked_release(&r);
        return -1;
    }
    *out = r;
    return 0;
}

static int
append_line(struct buf *text, const struct revoked_entry *entry)
{
    char hex[2 * DIGEST_RAW_MAX + 1];
    size_t i = 0;

    while (i + 1 < COUNT_OF(kinds) && kinds[i].kind != entry->kind)
        i++;
    digest_hex(&entry->id, hex);
    return buf_addf(text, "%s%s%s%s\n", kinds[i].prefix, hex,
                    entry->kind == REVOKED_CERTIFICATE ? ":" : "", entry->serial);
}

int
revoked_append(struct buf *text, const struct revoked *present,
               const struct revoked *more, struct err *err)
{
    int added = 0;

    for (size_t i = 0; i < more->count; i++) {
        bool is_open = text->len > 0 && text->data[text->len - 1] != '\n';

        if (revoked_has(present, &more->items[i]))
            continue;
        if ((is_open && buf_add_text(text, "\n") < 0) ||
            append_line(text, &more->items[i]) < 0)
            return err_set(err, ERR_LIMIT, "more than %u bytes", REVOKED_MAX);
        added++;
    }
    return check_count(present->count + (size_t)added, err) < 0 ? -1 : added;
}

void
revoked_release(struct revoked *r)
{
    free(r->items);
    *r = (struct revoked)REVOKED_INIT;
}

bool
revoked_has_key(const struct revoked *r, const struct digest *key_id)
{
    const struct revoked_entry e = {.kind = REVOKED_KEY, .id = *key_id};

    return revoked_has(r, &e);
}

bool
revoked_has_index(const struct revoked *r, const struct digest *index)
{
    const struct revoked_entry e = {.kind = REVOKED_INDEX, .id = *index};

    return revoked_has(r, &e);
}
