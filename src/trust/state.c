/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/state.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/file/secure_dir.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "trust/trusted_time.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#define ENDING ".json"

static const uint64_t EPOCH_MAX = UINT32_MAX;

/* ---- the file ---- */

static int
read_state_time(const struct js *obj, const char *key, uint64_t *out)
{
    const char *text;

    return js_string(obj, key, &text) == 1 ? clock_parse(text, out) : -1;
}

/* Files of versions without a floor: use the creation time. */
static int
read_floor(const struct js *obj, struct trust_last *last)
{
    if (js_has(obj, "floor"))
        return read_state_time(obj, "floor", &last->floor);
    last->floor = trust_floor(0, last->created, last->imported);
    return 0;
}

static int
read_serial(const struct js *obj, uint64_t *out)
{
    const char *text;

    if (js_string(obj, "serial", &text) != 1)
        return -1;
    return text_u64(text, strlen(text), INT64_MAX, out);
}

static int
read_index_digest_member(const struct js *obj, struct digest *out)
{
    const char *text;

    if (js_string(obj, "index", &text) != 1 ||
        digest_parse(out, text, strlen(text), ERR_USAGE, err_ignored()) < 0)
        return -1;
    return out->alg == DIGEST_SHA256 ? 0 : -1;
}

int
state_parse(struct trust_last *out, const char *text, size_t len, struct err *err)
{
    static const char *const known[] = {"stream",  "epoch", "serial",   "index",
                                        "created", "floor", "imported", "missing",
                                        "partial", NULL};
    CLEANUP(js_release) struct js *root = js_parse(text, len, ERR_USAGE, err);
    struct trust_last last = {.stream = ""};
    const char *stream;

    if (!root)
        return -1;
    if (js_unknown_key(root, known) || js_string(root, "stream", &stream) != 1 ||
        strlen(stream) > STATE_STREAM_MAX || js_u64(root, "epoch", &last.epoch) != 1 ||
        last.epoch > EPOCH_MAX || read_serial(root, &last.serial) < 0 ||
        read_index_digest_member(root, &last.index) < 0 ||
        read_state_time(root, "created", &last.created) < 0 ||
        read_state_time(root, "imported", &last.imported) < 0 ||
        read_floor(root, &last) < 0 || js_u64(root, "missing", &last.missing) < 0 ||
        js_bool(root, "partial", &last.is_partial) < 0)
        return err_set(err, ERR_USAGE, "not in the format that sealift writes");
    memcpy(last.stream, stream, strlen(stream) + 1);
    *out = last;
    return 0;
}

static int
render_state(const struct trust_last *last, struct buf *out, struct err *err)
{
    struct jsout *obj = jsout_object();
    char text[DIGEST_TEXT_MAX];

    jsout_put_text(obj, "stream", last->stream);
    jsout_put_u64(obj, "epoch", last->epoch);
    snprintf(text, sizeof(text), "%" PRIu64, last->serial);
    jsout_put_text(obj, "serial", text);
    digest_text(&last->index, text);
    jsout_put_text(obj, "index", text);
    clock_format(text, last->created);
    jsout_put_text(obj, "created", text);
    clock_format(text, last->floor);
    jsout_put_text(obj, "floor", text);
    clock_format(text, last->imported);
    jsout_put_text(obj, "imported", text);
    if (last->missing > 0)
        jsout_put_u64(obj, "missing", last->missing);
    if (last->is_partial)
        jsout_put_bool(obj, "partial", true);
    if (jsout_write(obj, out, err) < 0)
        return -1;
    return buf_add_text(out, "\n") < 0 ? err_set(err, ERR_LIMIT, "the state is too long")
                                       : 0;
}

/* ---- files in the folder ---- */

static int
read_state_file(const char *path, const char *stream, struct trust_last *out,
                struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(STATE_FILE_MAX);
    struct err why = ERR_INIT;
    struct trust_last last;

    if (secure_dir_slurp(path, &text, &why) < 0 && why.kind != ERR_LIMIT) {
        *err = why;
        return -1;
    }
    if (why.kind == ERR_NONE &&
        state_parse(&last, text.data ? text.data : "", text.len, &why) == 0 &&
        strcmp(last.stream, stream) != 0)
        err_set(&why, ERR_USAGE, "it belongs to another stream");
    if (why.kind != ERR_NONE)
        return err_because(err, ERR_TRUST, REASON_STATE, "'%s' is damaged: %s", path,
                           why.msg);
    *out = last;
    return 0;
}

int
state_read(const char *dir, const char *stream, struct trust_last *out, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s" ENDING, dir, stream);
    struct err why = ERR_INIT;

    if (secure_dir_check(dir, &why) == 0 && read_state_file(path, stream, out, &why) == 0)
        return 1;
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    if (err->kind == ERR_TRUST)
        err_hint(err, "it records the last import of this stream: move the file away, "
                      "and import reads the last receipt from the target instead");
    return -1;
}

int
state_lock(const char *dir, const char *stream, int *fd, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s.lock", dir, stream);
    CLEANUP(file_close) int lock = -1;

    if (secure_dir_make(dir, err) < 0)
        return -1;
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return err_errno(err, "cannot open '%s'", path);
    if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return err_errno(err, "cannot lock '%s'", path);
        return err_set(err, ERR_CONFLICT, "another import of stream '%s' is running",
                       stream);
    }
    *fd = lock;
    lock = -1;
    return 0;
}

int
state_write(const char *dir, const struct trust_last *last, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s" ENDING, dir, last->stream);
    CLEANUP(buf_release) struct buf text = BUF_INIT(STATE_FILE_MAX);

    if (render_state(last, &text, err) < 0)
        return -1;
    return file_put(path, text.data, text.len, 0644, false, err);
}

static void
add_file(struct state_list *list, const char *dir, const char *name)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", dir, name);
    CLEANUP(mem_free_string) char *stream = xstrdup(name);
    struct err why = ERR_INIT;

    stream[strlen(stream) - strlen(ENDING)] = '\0';
    if (read_state_file(path, stream, &list->streams[list->count], &why) == 0)
        list->count++;
    else
        list->damaged[list->damaged_count++] =
            (struct state_damage){.path = xstrdup(path), .why = xstrdup(why.msg)};
}

int
state_list(const char *dir, struct state_list *out, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    struct err why = ERR_INIT;

    if (secure_dir_list_hidden(&names, dir, ENDING, &why) < 0 &&
        why.kind != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    out->streams = xcalloc(names.count, sizeof(*out->streams));
    out->damaged = xcalloc(names.count, sizeof(*out->damaged));
    for (size_t i = 0; i < names.count; i++)
        add_file(out, dir, names.items[i]);
    return 0;
}

void
state_list_release(struct state_list *list)
{
    for (size_t i = 0; i < list->damaged_count; i++) {
        free(list->damaged[i].path);
        free(list->damaged[i].why);
    }
    free(list->damaged);
    free(list->streams);
    *list = (struct state_list)STATE_LIST_INIT;
}
