/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/json/json.h"

#include "base/libc_gaps.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json_internal.h"
#include "io/json/json_tame.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32 };
static const size_t BUDGET = 64U << 20; /* bytes, for all open documents together */
static const size_t LARGE = 4U << 20; /* bytes that are returned to the system at once */

/* Maximum memory of a document as a multiple of its length: "{}," takes 75 times. */
enum { COST_FACTOR = 80, COST_FIXED = 64 * 1024 };

/* What open documents have reserved; a thread that needs more than is left waits. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t closed = PTHREAD_COND_INITIALIZER;
static size_t reserved; /* guarded by lock */

static pthread_once_t hooked = PTHREAD_ONCE_INIT;

/* The document that this thread is parsing or has open. */
static __thread struct meter {
    bool is_parsing;
    size_t allowed;    /* bytes reserved for it */
    size_t spent;      /* bytes now, during parsing */
    size_t most;       /* maximum of spent */
    bool is_exhausted; /* it requested more than allowed */
} meter;

static struct js *
opaque(json_t *j)
{
    return (struct js *)(void *)j;
}

static void *
budget_alloc(size_t size)
{
    void *p;

    if (meter.is_parsing && size > meter.allowed - meter.spent) {
        meter.is_exhausted = true; /* the library does not always report why it failed */
        return NULL;
    }
    p = xmalloc(size); /* NULL would be reported as malformed JSON */
    if (meter.is_parsing) {
        size_t left = meter.allowed - meter.spent, got = malloc_usable_size(p);

        meter.spent += got < left ? got : left;
        meter.most = meter.spent > meter.most ? meter.spent : meter.most;
    }
    return p;
}

static void
budget_free(void *p)
{
    size_t size = p ? malloc_usable_size(p) : 0;

    if (meter.is_parsing)
        meter.spent -= size < meter.spent ? size : meter.spent;
    if (size > 0)
        explicit_bzero(p, size); /* some documents contain passwords */
    free(p);
}

static void
hook(void)
{
    json_set_alloc_funcs(budget_alloc, budget_free);
}

void
js_prepare(void)
{
    pthread_once(&hooked, hook);
}

/* Whether nesting is within DEPTH_MAX.  Malformed text is left to the parser. */
static bool
is_shallow(const char *text, size_t len)
{
    int depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < len; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = false;
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '{' || text[i] == '[') {
            if (++depth > DEPTH_MAX)
                return false;
        } else if (text[i] == '}' || text[i] == ']') {
            depth--;
        }
    }
    return true;
}

static int
syntax_error(const json_error_t *why, enum err_kind kind, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    if (meter.is_exhausted)
        return err_because(err, kind, REASON_JSON,
                           "JSON needs more than %zu MiB of memory", BUDGET >> 20);
    text_safe_in(safe, sizeof(safe), why->text, strlen(why->text));
    return err_because(err, kind, REASON_JSON, "not valid JSON: %s (line %d, column %d)",
                       safe, why->line, why->column);
}

/* Small documents may be open concurrently; large ones wait for each other. */
static void
reserve_memory(size_t len)
{
    size_t cost = len < (BUDGET - COST_FIXED) / COST_FACTOR
                      ? len * COST_FACTOR + COST_FIXED
                      : BUDGET;

    pthread_mutex_lock(&lock);
    while (cost > BUDGET - reserved)
        pthread_cond_wait(&closed, &lock);
    reserved += cost;
    pthread_mutex_unlock(&lock);
    meter = (struct meter){.allowed = cost};
}

/* Each thread has its own malloc arena, which keeps freed memory: a large document read
 * by every thread in turn would otherwise stay allocated once per thread. */
static void
close_document(json_t *root)
{
    json_decref(root);
    if (meter.most > LARGE)
        malloc_trim(0);
    pthread_mutex_lock(&lock);
    reserved -= meter.allowed;
    pthread_cond_broadcast(&closed);
    pthread_mutex_unlock(&lock);
}

static int
check_text(const void *bytes, size_t len, enum err_kind kind, struct err *err)
{
    if (len > 0 && memchr(bytes, '\0', len)) /* the library skips some NUL bytes */
        return err_because(err, kind, REASON_JSON,
                           "not valid JSON: it contains a NUL byte");
    if (!is_shallow(bytes, len))
        return err_because(err, kind, REASON_JSON,
                           "JSON is nested more than %d levels deep", DEPTH_MAX);
    return 0;
}

/* As js_parse(); tamed: as js_parse_foreign(). */
static struct js *
parse_text(const void *bytes, size_t len, bool tamed, json_type type, enum err_kind kind,
           struct err *err)
{
    CLEANUP(mem_free_string) char *tame = NULL;
    json_error_t why;
    json_t *root;

    js_prepare();
    if (check_text(bytes, len, kind, err) < 0)
        return NULL;
    reserve_memory(len);
    tame = json_tame(bytes, len);
    meter.is_parsing = true;
    root = json_loadb(tamed && tame ? tame : bytes, len, JSON_REJECT_DUPLICATES, &why);
    meter.is_parsing = false;
    if (root && json_typeof(root) == type)
        return opaque(root);
    if (root)
        err_because(err, kind, REASON_JSON, "JSON is not an %s",
                    type == JSON_ARRAY ? "array" : "object");
    else if (tame && !tamed && !meter.is_exhausted)
        err_because(err, kind, REASON_JSON,
                    "JSON with \\u0000, a lone surrogate or a number out of range is not "
                    "supported here");
    else
        syntax_error(&why, kind, err);
    close_document(root);
    return NULL;
}

struct js *
js_parse(const void *bytes, size_t len, enum err_kind kind, struct err *err)
{
    return parse_text(bytes, len, false, JSON_OBJECT, kind, err);
}

struct js *
js_parse_foreign(const void *bytes, size_t len, enum err_kind kind, struct err *err)
{
    return parse_text(bytes, len, true, JSON_OBJECT, kind, err);
}

struct js *
js_parse_foreign_array(const void *bytes, size_t len, enum err_kind kind, struct err *err)
{
    return parse_text(bytes, len, true, JSON_ARRAY, kind, err);
}

void
js_close(struct js *root)
{
    if (root)
        close_document(js_node(root));
}

void
js_release(struct js **root)
{
    js_close(*root);
    *root = NULL;
}

/* The member, or NULL; *rc becomes what the typed getters return without it. */
static json_t *
member(const struct js *obj, const char *key, int *rc)
{
    json_t *value = json_object_get(js_node(obj), key);

    *rc = js_is_object(obj) && !value ? 0 : -1;
    return value;
}

int
js_string(const struct js *obj, const char *key, const char **out)
{
    int rc;
    json_t *value = member(obj, key, &rc);

    if (!json_is_string(value))
        return rc;
    *out = json_string_value(value);
    return 1;
}

int
js_u64(const struct js *obj, const char *key, uint64_t *out)
{
    int rc;
    json_t *value = member(obj, key, &rc);

    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return rc;
    *out = (uint64_t)json_integer_value(value);
    return 1;
}

int
js_bool(const struct js *obj, const char *key, bool *out)
{
    int rc;
    json_t *value = member(obj, key, &rc);

    if (!json_is_boolean(value))
        return rc;
    *out = json_is_true(value);
    return 1;
}

int
js_object(const struct js *obj, const char *key, const struct js **out)
{
    int rc;
    json_t *value = member(obj, key, &rc);

    if (!json_is_object(value))
        return rc;
    *out = opaque(value);
    return 1;
}

int
js_array(const struct js *obj, const char *key, const struct js **out)
{
    int rc;
    json_t *value = member(obj, key, &rc);

    if (!json_is_array(value))
        return rc;
    *out = opaque(value);
    return 1;
}

bool
js_has(const struct js *obj, const char *key)
{
    return json_object_get(js_node(obj), key) != NULL;
}

bool
js_is_null(const struct js *obj, const char *key)
{
    return json_is_null(json_object_get(js_node(obj), key));
}

size_t
js_length(const struct js *array)
{
    return json_array_size(js_node(array));
}

const struct js *
js_at(const struct js *array, size_t index)
{
    return opaque(json_array_get(js_node(array), index));
}

bool
js_is_object(const struct js *j)
{
    return json_is_object(js_node(j));
}

const char *
js_text(const struct js *j)
{
    return json_string_value(js_node(j));
}

int
js_each(const struct js *obj,
        int (*fn)(const char *key, const struct js *value, void *ctx), void *ctx)
{
    const char *key;
    json_t *value;
    int rc;

    json_object_foreach(js_node(obj), key, value)
    {
        rc = fn(key, opaque(value), ctx);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* Fold one character as Go does: ASCII case, and the two others that fold to ASCII. */
static char
fold(const char **p)
{
    if (strncmp(*p, "\xc5\xbf", 2) == 0) { /* U+017F, long s */
        *p += 2;
        return 's';
    }
    if (strncmp(*p, "\xe2\x84\xaa", 3) == 0) { /* U+212A, Kelvin sign */
        *p += 3;
        return 'k';
    }
    return text_lower(*(*p)++);
}

static bool
same_when_folded(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        if (fold(&a) != fold(&b))
            return false;
    }
    return *a == *b;
}

const char *
js_ambiguous_key(const struct js *obj, const char *const *known)
{
    const char *key;
    json_t *value;

    json_object_foreach(js_node(obj), key, value)
    {
        for (const char *const *k = known; *k; k++) {
            if (strcmp(key, *k) != 0 && same_when_folded(key, *k))
                return key;
        }
    }
    return NULL;
}

const char *
js_unknown_key(const struct js *obj, const char *const *known)
{
    const char *key;
    json_t *value;

    json_object_foreach(js_node(obj), key, value)
    {
        const char *const *k = known;

        while (*k && strcmp(key, *k) != 0)
            k++;
        if (!*k)
            return key;
    }
    return NULL;
}

const char *
js_library_version(void)
{
    return jansson_version_str();
}
