/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/clock.h"
#include "base/text.h"
#include "io/json/json_write.h"
#include "render/table.h"
#include "trust/state.h"
#include "trust/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, HOUR = 3600, AGE_MAX = TEXT_COUNT_MAX + 4 };

struct status_command {
    struct common_options common;
    const char *dir;
};

#define T struct status_command
static const struct opt table[] = {
    GROUP("Trust"),
    FILE_TEXT(T, dir, 0, "trust", "DIR", OPT_BY_COMMAND,
              "the trust store (default " STORE_DEFAULTS ")", .from = OPT_FROM_SYSTEM),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* "3 days ago" */
static void
age_text(char out[AGE_MAX], uint64_t seconds)
{
    char count[TEXT_COUNT_MAX];

    if (seconds >= 2 * DAY)
        text_count(count, seconds / DAY, "day", "days");
    else if (seconds >= 2 * HOUR)
        text_count(count, seconds / HOUR, "hour", "hours");
    else
        text_count(count, seconds / 60, "minute", "minutes");
    snprintf(out, AGE_MAX, "%s ago", count);
}

static struct jsout *
put_stream(const struct trust_last *last, uint64_t now, struct table *t)
{
    uint64_t age = now > last->imported ? now - last->imported : 0;
    char serial[24], created[CLOCK_TEXT_MAX], floor[CLOCK_TEXT_MAX];
    char imported[CLOCK_TEXT_MAX], text[AGE_MAX];
    char note[AGE_MAX + sizeof(", INCOMPLETE")];
    struct jsout *obj = jsout_object();

    snprintf(serial, sizeof(serial), "%" PRIu64, last->serial);
    clock_format(created, last->created);
    clock_format(floor, last->floor);
    clock_format(imported, last->imported);
    jsout_put_text(obj, "stream", last->stream);
    jsout_put_u64(obj, "serial", last->serial);
    result_put_digest(obj, "index", &last->index);
    jsout_put_text(obj, "created", created);
    jsout_put_text(obj, "floor", floor);
    jsout_put_text(obj, "imported", imported);
    jsout_put_u64(obj, "ageSeconds", age);
    jsout_put_u64(obj, "missing", last->missing);
    jsout_put_bool(obj, "partial", last->is_partial);
    age_text(text, age);
    snprintf(note, sizeof(note), "%s%s", text,
             last->missing > 0 || last->is_partial ? ", INCOMPLETE" : "");
    table_add(t, (const char *const[]){last->stream, serial, created, note});
    return obj;
}

static void
put_streams(struct result *r, const struct state_list *list)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    struct jsout *streams = jsout_array();
    uint64_t now = clock_now();

    table_add(&t, (const char *const[]){"STREAM", "SERIAL", "CREATED", "LAST IMPORT"});
    for (size_t i = 0; i < list->count; i++)
        jsout_append(streams, put_stream(&list->streams[i], now, &t));
    jsout_put(r->json, "streams", streams);
    if (list->count > 0)
        table_say(&t, r);
}

static void
put_damaged(struct result *r, const struct state_list *list)
{
    struct jsout *damaged = jsout_array();

    for (size_t i = 0; i < list->damaged_count; i++) {
        const struct state_damage *d = &list->damaged[i];
        struct jsout *obj = jsout_object();

        jsout_put_text(obj, "file", d->path);
        jsout_put_text(obj, "why", d->why);
        jsout_append(damaged, obj);
        result_say(r, "damaged: %s\n", d->why);
    }
    jsout_put(r->json, "damaged", damaged);
}

static int
run_status(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct status_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(state_list_release) struct state_list list = STATE_LIST_INIT;

    (void)operands;
    (void)count;
    if (trust_store_open(&store, o->dir, err) < 0)
        return -1;
    trust_store_warn(&store, clock_now(), &rt->run.events);
    if (state_list(store.state, &list, err) < 0)
        return -1;
    jsout_put_text(r->json, "store", store.dir);
    jsout_put_text(r->json, "state", store.state);
    result_say(r, "store     %s\n", store.dir);
    result_say(r, "state     %s\n", store.state);
    put_streams(r, &list);
    put_damaged(r, &list);
    if (list.count == 0 && list.damaged_count == 0)
        result_say(r, "nothing has been imported yet\n");
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct status_command *o = options;

    (void)operands;
    (void)count;
    files_add_store(f, o->dir);
}

const struct command cmd_status = {
    .name = "status",
    .group = COMMAND_TRUST,
    .operands = "",
    .summary = "show the last import of each stream, and its age",
    .about = "Show the last import of each stream: its serial, when the bundle was made, "
             "and\nhow long ago it was imported.  A stream without new imports may be "
             "one whose new\nbundles are withheld.  Damaged state files are listed.",
    .examples =
        {
            {"Show when each stream was last imported", "sealift status"},
            {"Print it as JSON for monitoring", "sealift status --json"},
        },
    .table = table,
    .options_size = sizeof(struct status_command),
    .files = files,
    .run = run_status,
};
