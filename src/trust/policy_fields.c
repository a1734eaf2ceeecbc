/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/policy_fields.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists of strings ---- */

void
policy_texts_release(struct policy_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->items[i]);
    free(t->items);
}

bool
policy_is_name(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > POLICY_NAME_MAX || text[0] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(text[i]) && !strchr("._-", text[i]))
            return false;
    }
    return true;
}

bool
policy_is_pattern(const char *text, size_t max)
{
    const char *star = strchr(text, '*');

    if (text[0] == '\0' || strlen(text) > max || (star && star[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~')
            return false;
    }
    return true;
}

bool
policy_is_text(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= POLICY_PATTERN_MAX;
}

/* ---- members of an object ---- */

int
policy_check_keys(const struct js *obj, const char *const *known, struct err *err)
{
    const char *key = js_unknown_key(obj, known);
    char safe[TEXT_SAFE_MAX];

    if (!key)
        return 0;
    text_safe(safe, key, strlen(key));
    return policy_error(err, "unknown key '%s'", safe);
}

int
policy_read_word(const struct js *obj, const char *key, const char *const *words,
                 int fallback, int *out, struct err *err)
{
    const char *text;
    int rc = js_string(obj, key, &text);

    *out = fallback;
    if (rc == 0)
        return 0;
    for (int i = 0; rc == 1 && words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return 0;
        }
    }
    return policy_error(err, "\"%s\" has an unknown value", key);
}

int
policy_read_number(const struct js *obj, const char *key, uint64_t min, uint64_t max,
                   uint64_t *out, struct err *err)
{
    int rc = js_u64(obj, key, out);

    if (rc == 0 || (rc == 1 && *out >= min && *out <= max))
        return rc;
    return policy_error(err, "\"%s\" is not a number from %llu to %llu", key,
                        (unsigned long long)min, (unsigned long long)max);
}

int
policy_read_texts(const struct js *obj, const char *key,
                  bool (*is_good)(const char *text), struct policy_texts *out,
                  struct err *err)
{
    const struct js *array;
    int rc = js_array(obj, key, &array);
    size_t count;

    if (rc == 0)
        return 0;
    count = rc == 1 ? js_length(array) : 0;
    if (count == 0 || count > POLICY_LIST_MAX)
        return policy_error(err, "\"%s\" is not a list of 1 to %d strings", key,
                            POLICY_LIST_MAX);
    out->items = xcalloc(count, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        const char *text = js_text(js_at(array, i));

        if (!text || !is_good(text))
            return policy_error(err, "invalid value in \"%s\"", key);
        for (size_t j = 0; j < out->count; j++) {
            if (strcmp(out->items[j], text) == 0)
                return policy_error(err, "\"%s\" contains a duplicate", key);
        }
        out->items[out->count++] = xstrdup(text);
    }
    return 0;
}
