/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/reference_lines.h"

#include <string.h>

static bool
is_list_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cut blanks at both ends, and a comment. */
static void
trim_line(const char **line, size_t *len)
{
    const char *text = *line;
    size_t begin = 0, end;

    while (begin < *len && is_list_blank(text[begin]))
        begin++;
    for (end = begin; end < *len; end++) {
        if (text[end] == '#' && (end == begin || is_list_blank(text[end - 1])))
            break;
    }
    while (end > begin && is_list_blank(text[end - 1]))
        end--;
    *line = text + begin;
    *len = end - begin;
}

/* Whether a line is one word without quotes, not a line of YAML, JSON or CSV. */
static bool
is_one_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_list_blank(text[i]) || strchr("\"'`,;{}", text[i]))
            return false;
    }
    return text[0] != '-' && text[len - 1] != ':';
}

/* Bytes before the "=TARGET" of a mapping, as oc-mirror writes it; else all: the path of
 * an archive may have a '='. */
static size_t
without_target(const char *text, size_t len)
{
    const char *target = memchr(text, '=', len);
    size_t source = target ? (size_t)(target - text) : len;
    struct reference ignored;

    return reference_parse(&ignored, text, source, err_ignored()) == 0 ? source : len;
}

static int
add_list_line(struct reference_list *list, const char *text, size_t len,
              const struct reference_place *place, struct err *err)
{
    trim_line(&text, &len);
    if (len == 0)
        return 0;
    if (!is_one_word(text, len)) {
        /* Not quoted: it may contain a password. */
        err_because(err, ERR_USAGE, REASON_LIST_LINE, "not a single reference");
        return err_hint(err, "a list has one reference a line, without quotes");
    }
    return reference_list_add(list, text, without_target(text, len), place, err);
}

static bool
is_utf16(const char *text, size_t len)
{
    return len >= 2 &&
           (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0 ||
            (text[0] == '\0') != (text[1] == '\0'));
}

static void
note_utf16(const char *name, struct err_list *bad)
{
    struct err why = ERR_INIT;

    err_set(&why, ERR_USAGE, "%s: UTF-16 text: expected UTF-8", name);
    err_hint(&why, "convert it with iconv -f UTF-16 -t UTF-8");
    err_list_add(bad, &why);
}

static void
note_bad_line(struct err *why, const struct reference_place *place, struct err_list *bad)
{
    reference_place_wrap(why, place);
    err_list_add(bad, why);
}

int
reference_lines_add(struct reference_list *list, const char *text, size_t len,
                    const char *name, struct err_list *bad, struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct reference_place place = {.file = name, .line = 1};
    size_t i = 0;

    if (is_utf16(text, len)) {
        note_utf16(name, bad);
        return 0;
    }
    if (len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
        i = strlen(mark);
    for (; i < len; place.line++) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t n = end ? (size_t)(end - text) - i : len - i;
        struct err why = ERR_INIT;

        if (n > 0 && memchr(text + i, '\0', n)) {
            err_set(&why, ERR_USAGE, "NUL byte: expected a text file");
            note_bad_line(&why, &place, bad);
            return 0;
        }
        if (add_list_line(list, text + i, n, &place, &why) < 0) {
            if (why.kind == ERR_LIMIT) {
                *err = why;
                return reference_place_wrap(err, &place);
            }
            note_bad_line(&why, &place, bad);
        }
        i += n + 1;
    }
    return 0;
}
