/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/list_format.h"

#include "base/text.h"

#include <string.h>

/* ---- lines or YAML ---- */

static size_t
skip_blanks(const char *text, size_t i, size_t len)
{
    while (i < len && (text[i] == ' ' || text[i] == '\t'))
        i++;
    return i;
}

/* "key: value", "key:", "'a key': value" */
static bool
is_key_line(const char *line, size_t len)
{
    char quote = line[0] == '"' || line[0] == '\'' ? line[0] : '\0';
    const char *end = quote ? memchr(line + 1, quote, len - 1) : line;

    if (!end)
        return false;
    for (size_t i = (size_t)(end - line); i < len; i++) {
        if (line[i] == ':' && (i + 1 == len || line[i + 1] == ' ' || line[i + 1] == '\t'))
            return i > 0;
        if (!quote && (line[i] == ' ' || line[i] == '='))
            return false;
    }
    return false;
}

static bool
is_yaml_line(const char *line, size_t len)
{
    return line[0] == '{' || line[0] == '[' || line[0] == '%' || line[0] == '?' ||
           (line[0] == '-' && (len == 1 || line[1] == ' ' || line[1] == '-')) ||
           is_key_line(line, len);
}

bool
list_format_is_yaml(const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t i = 0;

    if (len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
        i = strlen(mark);
    while (i < len) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t next = end ? (size_t)(end - text) : len, stop = next;

        while (stop > i && strchr(" \t\r", text[stop - 1]))
            stop--;
        i = skip_blanks(text, i, stop);
        if (i < stop && text[i] != '#')
            return is_yaml_line(text + i, stop - i);
        i = next + 1;
    }
    return false;
}

/* ---- documents ---- */

enum list_format
list_format_of(const struct yml *document)
{
    if (yml_get_text(document, "apiVersion") && yml_get_text(document, "kind"))
        return LIST_KUBERNETES;
    return LIST_YAML;
}

const char *
list_format_name(enum list_format format)
{
    static const char *const names[] = {
        [LIST_LINES] = "a list",
        [LIST_KUBERNETES] = "Kubernetes manifests",
        [LIST_YAML] = "YAML",
        [LIST_FORMATS] = "",
    };

    return names[format];
}
