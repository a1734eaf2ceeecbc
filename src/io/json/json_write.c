/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/json/json_write.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/json/json_internal.h"

#include <stdlib.h>
#include <string.h>

static json_t *
tree(struct jsout *out)
{
    return (json_t *)(void *)out;
}

static struct jsout *
building(json_t *value)
{
    if (!value)
        mem_exhausted();
    return (struct jsout *)(void *)value;
}

static json_t *
string_of(const char *text)
{
    json_t *value = text ? json_string(text) : json_null();
    size_t len;
    char *clean;

    if (value)
        return value;
    len = strlen(text); /* not UTF-8 */
    clean = xmalloc(4 * len + 4);
    text_line(clean, 4 * len + 4, text, len);
    value = json_string(clean);
    free(clean);
    return value;
}

static void
put_json_value(struct jsout *obj, const char *key, json_t *value)
{
    if (json_object_set_new(tree(obj), key, value) != 0)
        mem_exhausted();
}

struct jsout *
jsout_object(void)
{
    js_prepare();
    return building(json_object());
}

struct jsout *
jsout_array(void)
{
    js_prepare();
    return building(json_array());
}

struct jsout *
jsout_copy(const struct js *value)
{
    js_prepare();
    return building(json_deep_copy(js_node(value)));
}

void
jsout_drop(struct jsout *obj, const char *key)
{
    json_object_del(tree(obj), key);
}

void
jsout_put_text(struct jsout *obj, const char *key, const char *text)
{
    put_json_value(obj, key, string_of(text));
}

void
jsout_put_u64(struct jsout *obj, const char *key, uint64_t number)
{
    put_json_value(obj, key, json_integer((json_int_t)number));
}

void
jsout_put_bool(struct jsout *obj, const char *key, bool value)
{
    put_json_value(obj, key, json_boolean(value));
}

void
jsout_put_kind(struct jsout *obj, enum err_kind kind, enum err_reason reason)
{
    const char *word = err_reason_word(reason), *name = err_kind_name(kind);
    char id[64];

    snprintf(id, sizeof(id), "%s%s%s", name, word ? "." : "", word ? word : "");
    jsout_put_text(obj, "kind", name);
    if (word)
        jsout_put_text(obj, "reason", word);
    jsout_put_text(obj, "id", id);
}

void
jsout_put(struct jsout *obj, const char *key, struct jsout *child)
{
    put_json_value(obj, key, tree(child));
}

void
jsout_append(struct jsout *array, struct jsout *child)
{
    if (json_array_append_new(tree(array), tree(child)) != 0)
        mem_exhausted();
}

void
jsout_append_text(struct jsout *array, const char *text)
{
    if (json_array_append_new(tree(array), string_of(text)) != 0)
        mem_exhausted();
}

static int
add_to_buf(const char *bytes, size_t len, void *ctx)
{
    return buf_add(ctx, bytes, len);
}

/* DEL is the one byte that terminals may act on and JSON does not escape. */
static int
add_plain(const char *bytes, size_t len, void *ctx)
{
    enum { DEL = 0x7f };
    const char *del;

    for (; (del = memchr(bytes, DEL, len)); bytes = del + 1) {
        if (buf_add(ctx, bytes, (size_t)(del - bytes)) < 0 ||
            buf_add_text(ctx, "\\u007F") < 0)
            return -1;
        len -= (size_t)(del - bytes) + 1;
    }
    return buf_add(ctx, bytes, len);
}

static int
dump(struct jsout *root, json_dump_callback_t add, size_t flags, struct buf *out,
     struct err *err)
{
    size_t start = out->len;
    int rc = json_dump_callback(tree(root), add, out, flags);

    jsout_free(root);
    if (rc == 0)
        return 0;
    if (buf_resize(out, start) < 0)
        return err_set(err, ERR_INTERNAL, "cannot shrink a buffer");
    return err_set(err, ERR_LIMIT, "JSON output is longer than %zu bytes", out->max);
}

int
jsout_write(struct jsout *root, struct buf *out, struct err *err)
{
    return dump(root, add_to_buf, JSON_COMPACT, out, err);
}

int
jsout_write_indented(struct jsout *root, struct buf *out, struct err *err)
{
    return dump(root, add_to_buf, JSON_INDENT(4), out, err);
}

int
jsout_print(struct jsout *root, struct buf *out, struct err *err)
{
    return dump(root, add_plain, JSON_COMPACT | JSON_ENSURE_ASCII, out, err);
}

void
jsout_free(struct jsout *root)
{
    json_decref(tree(root));
}
