/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/finder.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names that are left out ---- */

int
name_filter_add(struct name_filter *filter, const char *pattern, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    filter->items =
        mem_grow(filter->items, filter->count, &filter->cap, sizeof(*filter->items));
    if (pattern[0] != '\0' && strlen(pattern) <= 1000 &&
        regcomp(&filter->items[filter->count], pattern, REG_EXTENDED | REG_NOSUB) == 0) {
        filter->count++;
        return 0;
    }
    text_safe(safe, pattern, strlen(pattern));
    return err_set(err, ERR_USAGE, "'%s' is not an extended regular expression", safe);
}

bool
name_filter_matches(const struct name_filter *filter, const char *text)
{
    for (size_t i = 0; filter && i < filter->count; i++) {
        if (regexec(&filter->items[i], text, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

void
name_filter_release(struct name_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        regfree(&filter->items[i]);
    free(filter->items);
}

/* ---- where it is ---- */

void
finder_enter_key(struct finder *f, const struct yml *key)
{
    f->steps[f->depth++] = (struct finder_step){.key = key};
}

void
finder_enter_item(struct finder *f, size_t index)
{
    f->steps[f->depth++] = (struct finder_step){.index = index};
}

void
finder_leave(struct finder *f)
{
    f->depth--;
}

void
finder_path(const struct finder *f, char out[FOUND_PATH_MAX])
{
    CLEANUP(buf_release) struct buf path = BUF_INIT(FOUND_PATH_MAX - 1);
    bool fits = true;

    for (size_t i = 0; fits && i < f->depth; i++) {
        const struct yml *key = f->steps[i].key;

        if (!key)
            fits = buf_addf(&path, "[%zu]", f->steps[i].index) == 0;
        else
            fits = buf_addf(&path, "%s%s", i > 0 ? "." : "",
                            key->kind == YML_TEXT ? key->of.text : "?") == 0;
    }
    memcpy(out, path.data ? path.data : "", path.len);
    out[path.len] = '\0';
}

void
finder_go_inside(struct finder *f, const struct yml *at, struct finder_place *outside)
{
    *outside = (struct finder_place){f->depth, f->line_before, f->kind, f->object};
    f->is_inside = true;
    f->line_before += at->line - (at->is_block ? 0 : 1);
}

void
finder_come_back(struct finder *f, const struct finder_place *outside)
{
    f->is_inside = false;
    f->depth = outside->depth;
    f->line_before = outside->line_before;
    f->kind = outside->kind;
    f->object = outside->object;
}

static size_t
line_of(const struct finder *f, const struct yml *at)
{
    return f->line_before + at->line;
}

void
finder_refuse(struct finder *f, const struct yml *at, struct err *why)
{
    err_wrap(why, "%s:%zu", f->file, line_of(f, at));
    err_list_add(f->bad, why);
}

void
finder_note(const struct finder *f, const struct yml *at, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    events_note(f->events, "%s:%zu: %s", f->file, line_of(f, at), text);
}

/* ---- names ---- */

bool
finder_is_template(const char *text)
{
    return strstr(text, "{{") != NULL;
}

static int
add_found(struct finder *f, const struct yml *at, const struct reference *ref,
          enum confidence confidence, struct err *err)
{
    char path[FOUND_PATH_MAX], name[FOUND_NAME_MAX];

    found_name(ref, name);
    if (name_filter_matches(f->ignore, name))
        return 0;
    finder_path(f, path);
    return found_list_add(f->found, ref,
                          &(struct found_place){
                              .file = f->file,
                              .line = line_of(f, at),
                              .column = f->is_inside ? 0 : at->column,
                              .document = f->document,
                              .confidence = confidence,
                              .kind = f->kind ? f->kind : "",
                              .object = f->object ? f->object : "",
                              .path = path,
                          },
                          err);
}

static bool
is_unbuilt(const char *text)
{
    return text_starts(text, "ko://");
}

static void
refuse_unbuilt(struct finder *f, const struct yml *at, const char *text, size_t len)
{
    CLEANUP(mem_free_string) char *word = xstrndup(text, len);
    struct err why = ERR_INIT;
    char safe[TEXT_SAFE_MAX];

    if (name_filter_matches(f->ignore, word))
        return;
    text_safe(safe, word, len);
    err_because(&why, ERR_USAGE, REASON_UNBUILT, "'%s' is source code, not an image",
                safe);
    err_hint(&why, "use the manifests of a release, or those that ko resolve writes");
    finder_refuse(f, at, &why);
}

int
finder_sure(struct finder *f, const struct yml *at, const char *text, struct err *err)
{
    struct reference ref;
    struct err why = ERR_INIT;
    char safe[TEXT_SAFE_MAX];

    if (text[0] == '\0' || yml_is_null(at) || name_filter_matches(f->ignore, text))
        return 0;
    if (is_unbuilt(text)) {
        refuse_unbuilt(f, at, text, strlen(text));
        return 0;
    }
    if (finder_is_template(text)) {
        text_safe(safe, text, strlen(text));
        err_because(&why, ERR_USAGE, REASON_TEMPLATE, "'%s' is a template", safe);
        finder_refuse(f, at, &why);
        return 0;
    }
    if (reference_parse(&ref, text, strlen(text), &why) < 0) {
        finder_refuse(f, at, &why);
        return 0;
    }
    return add_found(f, at, &ref, CONFIDENCE_SURE, err);
}

/* A service of a cluster: "db.apps.svc", "db.apps.svc.cluster.local". */
static bool
is_service_host(const char *host)
{
    const char *svc = strstr(host, ".svc");

    return svc && (svc[4] == '\0' || svc[4] == '.' || svc[4] == ':');
}

/* A label: "kubernetes.io/os:linux". */
static bool
is_label_host(const char *host)
{
    static const char domain[] = ".kubernetes.io";
    size_t len = strlen(host), n = strlen(domain);

    return strcmp(host, domain + 1) == 0 || strcmp(host, "k8s.io") == 0 ||
           (len > n && strcmp(host + len - n, domain) == 0);
}

/* "node.example.com/reserved:NoSchedule" */
static bool
is_taint_effect(const char *tag)
{
    return strcmp(tag, "NoSchedule") == 0 || strcmp(tag, "PreferNoSchedule") == 0 ||
           strcmp(tag, "NoExecute") == 0;
}

bool
finder_is_complete(struct reference *out, const char *text, size_t len)
{
    size_t scheme = reference_scheme(text, len);
    const char *slash = memchr(text + scheme, '/', len - scheme);
    const char *host = text + scheme;

    if (!slash || memmem(host, len - scheme, "://", 3))
        return false;
    if (!memchr(host, '.', (size_t)(slash - host)) &&
        !memchr(host, ':', (size_t)(slash - host)))
        return false;
    return reference_parse(out, text, len, err_ignored()) == 0 && !out->is_default &&
           !is_service_host(out->host) && !is_label_host(out->host) &&
           !is_taint_effect(out->tag);
}

/* A word, or what is behind a '=' in it: "--image=quay.io/a/b:1". */
static int
find_in_word(struct finder *f, const struct yml *at, const char *word, size_t len,
             struct err *err)
{
    struct reference ref;

    while (len > 0 && strchr(".:)", word[len - 1])) /* the end of a sentence */
        len--;
    for (;;) {
        const char *equals = len > 0 ? memchr(word, '=', len) : NULL;

        if (len > strlen("ko://") && memcmp(word, "ko://", strlen("ko://")) == 0)
            refuse_unbuilt(f, at, word, len);
        if (len < FOUND_NAME_MAX && finder_is_complete(&ref, word, len))
            return add_found(f, at, &ref, CONFIDENCE_LIKELY, err) < 0 ? -1 : 1;
        if (!equals)
            return 0;
        len -= (size_t)(equals + 1 - word);
        word = equals + 1;
    }
}

int
finder_likely(struct finder *f, const struct yml *at, const char *text, struct err *err)
{
    static const char ends[] = " \t\r\n,;\"'`";
    int count = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, ends);
        int rc = len > 0 ? find_in_word(f, at, text, len, err) : 0;

        if (rc < 0)
            return -1;
        count |= rc;
        text += len;
        text += strspn(text, ends);
    }
    return count;
}

/* Words that a name could be, and that mean something else. */
static bool
is_value_word(const char *text)
{
    static const char *const words[] = {"true", "false", "null", "yes",
                                        "no",   "on",    "off"};
    size_t digits = strspn(text, "0123456789.");

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text_same_nocase(text, strlen(text), words[i]))
            return true;
    }
    return text[digits] == '\0';
}

int
finder_maybe(struct finder *f, const struct yml *at, const char *text, struct err *err)
{
    struct reference ref;

    if (is_value_word(text) || strstr(text, "://") ||
        reference_parse(&ref, text, strlen(text), err_ignored()) < 0)
        return 0;
    return add_found(f, at, &ref, CONFIDENCE_MAYBE, err);
}
