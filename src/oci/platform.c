/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/platform.h"

#include "base/text.h"
#include "base/text_safe.h"

#include <stdio.h>
#include <string.h>

enum { PARTS = 4 };

/* In output order. */
static const struct platform_part {
    const char *key;
    const char *before; /* its separator from the preceding parts */
} parts[PARTS] = {
    {"os", ""},
    {"architecture", "/"},
    {"variant", "/"},
    {"os.version", ":"},
};

static const char *const keys[] = {"os", "architecture", "variant", "os.version", NULL};

/* ---- the normal form ---- */

enum { WORD_MAX = 30 };

struct words {
    char os[WORD_MAX + 1], arch[WORD_MAX + 1], variant[WORD_MAX + 1];
    char
        version[WORD_MAX + 3]; /* with a ':' before it, and perhaps a '*' behind; or "" */
};

/* Convert to lower case; false when malformed. */
static bool
read_platform_word(char out[WORD_MAX + 1], const char *text, size_t len)
{
    if (len == 0 || len > WORD_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(text[i]) && (text[i] == '\0' || !strchr("_.-", text[i])))
            return false;
        out[i] = text_lower(text[i]);
    }
    out[len] = '\0';
    return true;
}

/* Aliases.  NULL: any or none; "": none. */
static const struct alias {
    const char *arch, *variant;       /* as given */
    const char *is_arch, *is_variant; /* as normalised */
} aliases[] = {
    {"i386", NULL, "386", ""},      {"x86_64", NULL, "amd64", ""},
    {"x86-64", NULL, "amd64", ""},  {"amd64", "v1", "amd64", ""},
    {"aarch64", "", "arm64", ""},   {"aarch64", "8", "arm64", ""},
    {"aarch64", "v8", "arm64", ""}, {"aarch64", NULL, "arm64", NULL},
    {"arm64", "8", "arm64", ""},    {"arm64", "v8", "arm64", ""},
    {"armhf", NULL, "arm", "v7"},   {"armel", NULL, "arm", "v6"},
    {"arm", "", "arm", "v7"},       {"arm", "5", "arm", "v5"},
    {"arm", "6", "arm", "v6"},      {"arm", "7", "arm", "v7"},
    {"arm", "8", "arm", "v8"},
};

static void
write_spec(char out[PLATFORM_TEXT_MAX], struct words *w)
{
    const char *os = strcmp(w->os, "macos") == 0 ? "darwin" : w->os;
    const char *arch = w->arch, *variant = w->variant;

    for (size_t i = 0; i < COUNT_OF(aliases); i++) {
        const struct alias *a = &aliases[i];

        if (strcmp(a->arch, w->arch) != 0 ||
            (a->variant && strcmp(a->variant, w->variant) != 0))
            continue;
        arch = a->is_arch;
        variant = a->is_variant ? a->is_variant : variant;
        break;
    }
    snprintf(out, PLATFORM_TEXT_MAX, "%s/%s%s%s%s", os, arch, variant[0] ? "/" : "",
             variant, w->version);
}

/* A version, in a descriptor or as typed. */
static bool
read_version(struct words *w, const char *text, size_t len)
{
    w->version[0] = ':';
    return read_platform_word(w->version + 1, text, len);
}

/* Normalise what a descriptor states, which may be malformed. */
static void
read_spec(char out[PLATFORM_TEXT_MAX], const char *const values[PARTS])
{
    struct words w = {.variant = "", .version = ""};

    out[0] = '\0';
    if (!read_platform_word(w.os, values[0], strlen(values[0])) ||
        !read_platform_word(w.arch, values[1], strlen(values[1])) ||
        (values[2][0] != '\0' &&
         !read_platform_word(w.variant, values[2], strlen(values[2]))) ||
        (strcmp(w.os, "unknown") == 0 && strcmp(w.arch, "unknown") == 0))
        return;
    if (!read_version(&w, values[3], strlen(values[3])))
        w.version[0] = '\0';
    write_spec(out, &w);
}

/* VERSION, also "10.0.*". */
static bool
read_typed_version(struct words *w, const char *text, size_t len)
{
    bool has_star = len > 0 && text[len - 1] == '*';

    if (!read_version(w, text, len - has_star))
        return false;
    if (has_star) { /* where the text had it, one further */
        w->version[len] = '*';
        w->version[len + 1] = '\0';
    }
    return true;
}

int
platform_parse(char out[PLATFORM_TEXT_MAX], const char *text, size_t len, struct err *err)
{
    const char *version = memchr(text, ':', len);
    const char *end = version ? version : text + len;
    const char *arch = memchr(text, '/', (size_t)(end - text));
    const char *variant = arch ? memchr(arch + 1, '/', (size_t)(end - arch) - 1) : NULL;
    struct words w = {.variant = "", .version = ""};
    char safe[TEXT_SAFE_MAX];

    if (arch && read_platform_word(w.os, text, (size_t)(arch - text)) &&
        read_platform_word(w.arch, arch + 1,
                           (size_t)((variant ? variant : end) - arch) - 1) &&
        (!variant ||
         read_platform_word(w.variant, variant + 1, (size_t)(end - variant) - 1)) &&
        (!version ||
         read_typed_version(&w, version + 1, len - (size_t)(version - text) - 1))) {
        write_spec(out, &w);
        return 0;
    }
    text_safe(safe, text, len);
    return err_set(err, ERR_USAGE,
                   "invalid platform '%s': expected OS/ARCH[/VARIANT][:VERSION], such as "
                   "linux/amd64",
                   safe);
}

bool
platform_matches(const char *typed, const char *spec)
{
    size_t len = strlen(typed);
    bool has_star = len > 0 && typed[len - 1] == '*';
    char next;

    len -= has_star;
    if (strncmp(typed, spec, len) != 0)
        return false;
    next = spec[len];
    if (has_star || next == '\0')
        return true;
    return next == (strchr(typed, ':') ? '.' : ':');
}

/* ---- platforms in documents ---- */

int
platform_read(struct platform *out, const struct js *obj)
{
    const char *values[PARTS] = {"", "", "", ""};
    char text[PLATFORM_TEXT_MAX] = "", safe[TEXT_SAFE_MAX];
    size_t len = 0;

    if (js_ambiguous_key(obj, keys))
        return -1;
    for (size_t i = 0; i < PARTS; i++) {
        const char *key = parts[i].key;

        if (js_string(obj, key, &values[i]) < 0 && !js_is_null(obj, key))
            return -1;
    }
    if (values[0][0] == '\0' && values[1][0] == '\0')
        return 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (values[i][0] == '\0' || len >= sizeof(text))
            continue;
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
                                len > 0 ? parts[i].before : "", values[i]);
    }
    text_safe(safe, text, strlen(text));
    safe[sizeof(out->text) - 1] = '\0';
    memcpy(out->text, safe, strlen(safe) + 1);
    read_spec(out->spec, values);
    return 1;
}
