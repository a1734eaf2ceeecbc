/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_diff.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "render/table.h"

#include <string.h>

static const char *const side_labels[2] = {"A", "B"};

/* The name in A, or else in B. */
static const char *
row_name(const struct diff_row *row)
{
    return row->names[0] ? row->names[0] : row->names[1];
}

static const char *
row_state(const struct diff_row *row)
{
    return !row->names[1] ? "only in A" : !row->names[0] ? "only in B" : "different";
}

static void
put_diff_row(const struct diff_row *row, struct jsout *only[2], struct jsout *different)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "name", row_name(row));
    if (row->names[0] && row->names[1]) {
        jsout_put_text(obj, "nameB", row->names[1]);
        result_put_digest(obj, "a", &row->digests[0]);
        result_put_digest(obj, "b", &row->digests[1]);
        jsout_append(different, obj);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (row->has_digest[i])
            result_put_digest(obj, "digest", &row->digests[i]);
    }
    jsout_append(only[row->names[0] ? 0 : 1], obj);
}

static void
add_diff_row(struct table *t, const struct diff_row *row)
{
    char digests[2][DIGEST_TEXT_MAX];

    for (size_t i = 0; i < 2; i++) {
        /* Tags that only one registry has are listed, and not requested. */
        memcpy(digests[i], row->names[i] ? "yes" : "-", row->names[i] ? 4 : 2);
        if (row->has_digest[i])
            digest_text(&row->digests[i], digests[i]);
    }
    table_add(
        t, (const char *const[]){row_name(row), digests[0], digests[1], row_state(row)});
}

void
render_diff(struct result *r, const struct diff_result *d)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    struct jsout *only[2] = {jsout_array(), jsout_array()}, *different = jsout_array();
    char size[TEXT_HUMAN_MAX];

    for (size_t i = 0; i < 2; i++)
        jsout_put_text(r->json, i == 0 ? "a" : "b", d->sides[i].text);
    table_add(
        &t, (const char *const[]){"NAME", side_labels[0], side_labels[1], "DIFFERENCE"});
    for (size_t i = 0; i < d->count; i++) {
        put_diff_row(&d->rows[i], only, different);
        add_diff_row(&t, &d->rows[i]);
    }
    jsout_put(r->json, "onlyA", only[0]);
    jsout_put(r->json, "onlyB", only[1]);
    jsout_put(r->json, "different", different);
    jsout_put_u64(r->json, "same", d->same);
    if (d->has_bytes)
        jsout_put_u64(r->json, "bytes", d->bytes);
    if (d->count > 0) {
        table_say(&t, r);
        result_say(r, "\n");
    }
    result_say(r, "names     %zu the same, %zu different, %zu only in A, %zu only in B\n",
               d->same, d->count - d->only[0] - d->only[1], d->only[0], d->only[1]);
    if (d->has_bytes)
        result_say(r, "bytes     %s would travel from A to B\n",
                   text_human(size, d->bytes));
}
