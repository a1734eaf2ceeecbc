/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/settings_file.h"

#include "base/mem.h"
#include "base/text_safe.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct settings_reading {
    settings_section_fn *section;
    settings_line_fn *fn;
    void *ctx;
    char heading[SETTINGS_LINE_MAX]; /* of the current section */
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Cut blanks off both ends. */
static char *
trim(char *text)
{
    size_t len;

    while (is_blank(*text))
        text++;
    len = strlen(text);
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

static int
check_characters(const char *line, size_t len, struct err *err)
{
    if (len >= SETTINGS_LINE_MAX)
        return err_set(err, ERR_LIMIT, "the line is longer than %d bytes",
                       SETTINGS_LINE_MAX - 1);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];

        if ((c < ' ' && c != '\t') || c == 0x7f)
            return err_set(err, ERR_USAGE, "the line has a control character");
    }
    return 0;
}

static int
read_heading(struct settings_reading *r, char *line, struct err *err)
{
    size_t len = strlen(line);

    if (line[len - 1] != ']')
        return err_set(err, ERR_USAGE, "a section is [COMMAND]");
    line[len - 1] = '\0';
    snprintf(r->heading, sizeof(r->heading), "%s", trim(line + 1));
    return r->section(r->ctx, r->heading, err);
}

static int
read_value(struct settings_reading *r, char *line, size_t number, struct err *err)
{
    char *equals = strchr(line, '=');
    struct settings_line out = {.number = number, .section = r->heading};
    char safe[TEXT_SAFE_MAX];

    if (!equals || equals == line)
        return err_set(err, ERR_USAGE, "expected OPTION = VALUE");
    *equals = '\0';
    out.name = trim(line);
    out.value = trim(equals + 1);
    if (out.value[0] != '\0')
        return r->fn(r->ctx, &out, err);
    text_safe(safe, out.name, strlen(out.name));
    return err_set(err, ERR_USAGE, "'%s' has no value", safe);
}

static int
read_line(struct settings_reading *r, const char *line, size_t len, size_t number,
          struct err *err)
{
    CLEANUP(mem_free_string) char *copy = NULL;
    char *text;

    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (check_characters(line, len, err) < 0)
        return -1;
    copy = xstrndup(line, len);
    text = trim(copy);
    if (text[0] == '\0' || text[0] == '#')
        return 0;
    return text[0] == '[' ? read_heading(r, text, err) : read_value(r, text, number, err);
}

int
settings_file_read(const char *path, const char *text, size_t len,
                   settings_section_fn *section, settings_line_fn *fn, void *ctx,
                   struct err *err)
{
    struct settings_reading r = {.section = section, .fn = fn, .ctx = ctx};
    size_t number = 0;

    for (const char *at = text, *end = text + len; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((newline ? newline : end) - at);

        number++;
        if (read_line(&r, at, line, number, err) < 0)
            return err_wrap(err, "%s:%zu", path, number);
        at += line + (newline ? 1 : 0);
    }
    return 0;
}
