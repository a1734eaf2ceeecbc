/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/settings.h"

#include "base/mask.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "cli/settings_file.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/file/secure_dir.h"
#include "io/file/user_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ONLY_ON_LINE "may only be given on the command line"

/* ---- collecting ---- */

static struct setting *
add_setting(struct settings *s, enum opt_source source, const struct command *c,
            char *place, const char *name, char *value)
{
    s->items = mem_grow(s->items, s->count, &s->cap, sizeof(*s->items));
    s->items[s->count] = (struct setting){.source = source,
                                          .command = c,
                                          .place = place,
                                          .name = xstrdup(name),
                                          .value = value};
    return &s->items[s->count++];
}

void
settings_release(struct settings *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->items[i].place);
        free(s->items[i].name);
        free(s->items[i].value);
    }
    free(s->items);
    free(s->user_file);
    *s = (struct settings)SETTINGS_INIT;
}

/* ---- checking a line of a file ---- */

/* A file that is read. */
struct settings_source {
    struct settings *settings;
    enum opt_source source;
    const char *path;
    const struct command *command; /* of the current section; NULL: before the first */
};

/* These are not options, but users may try them in a file. */
static int
refuse_secret(const char *name, struct err *err)
{
    static const char *const names[] = {"passphrase", "new-passphrase", "password",
                                        "creds",      "credentials",    "token",
                                        "pin"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i], name) == 0) {
            err_set(err, ERR_USAGE, "'%s': settings must not contain secrets", name);
            return err_hint(err, "passphrase-file names a file with a passphrase, and "
                                 "authfile one with credentials");
        }
    }
    return 0;
}

static int
check_secrets_in(const char *name, const char *value, struct err *err)
{
    CLEANUP(buf_release) struct buf shown = BUF_INIT(MASK_TEXT_MAX);
    bool is_url = strstr(value, "://") != NULL;

    if (strstr(value, "pin-value=") ||
        (is_url && mask_text(value, strlen(value), false, &shown)))
        return err_set(err, ERR_USAGE, "'%s' contains a secret, which settings must not",
                       name);
    return 0;
}

/* Who starts the program in which folder is not up to a file. */
static int
check_setting_path(const struct opt *o, const char *value, struct err *err)
{
    if (o->file == OPT_NO_FILE || value[0] == '/' || strcmp(value, "-") == 0 ||
        pki_is_token(value))
        return 0;
    return err_set(err, ERR_USAGE, "'%s' requires an absolute path", o->name);
}

/* c: the command that it is for; NULL: all of them. */
static int
check_setting_source(const struct opt *o, enum opt_source source, const struct command *c,
                     struct err *err)
{
    if (opt_may_come_from(o, source))
        return 0;
    if (o->from == OPT_FROM_SYSTEM)
        return err_set(err, ERR_USAGE, "'%s'%s%s " ONLY_ON_LINE " or in " SETTINGS_SYSTEM,
                       o->name, c ? " of " : "", c ? c->name : "");
    return err_set(err, ERR_USAGE, "'%s' " ONLY_ON_LINE, o->name);
}

static int
check_setting(const struct settings_source *f, const struct opt *o, const char *value,
              struct err *err)
{
    return check_setting_source(o, f->source, f->command, err) < 0 ||
                   check_secrets_in(o->name, value, err) < 0 ||
                   opt_check(o, value, err) < 0 || check_setting_path(o, value, err) < 0
               ? -1
               : 0;
}

static int
unknown_setting(const struct settings_source *f, const char *name, struct err *err)
{
    struct nearest n = {.typed = name};
    char safe[TEXT_SAFE_MAX];

    if (refuse_secret(name, err) < 0)
        return -1;
    text_safe(safe, name, strlen(name));
    if (f->command)
        err_set(err, ERR_USAGE, "'%s' is not an option of %s", safe, f->command->name);
    else
        err_set(err, ERR_USAGE, "'%s' is not an option", safe);
    for (const struct command *const *c = commands; *c; c++) {
        if (!f->command || *c == f->command)
            opt_offer((*c)->table, f->source, &n);
    }
    nearest_hint(&n, "", err);
    return -1;
}

/* Whether one value can have the same meaning for both. */
static bool
is_same_option(const struct opt *a, const struct opt *b)
{
    return a->kind == b->kind && a->max == b->max &&
           (a->arg ? b->arg && strcmp(a->arg, b->arg) == 0 : !b->arg);
}

/* Outside of sections, a name must mean the same to all commands that have it; it is for
 * those that may take it from here. */
static int
check_for_all(const struct settings_source *f, const struct settings_line *line,
              struct err *err)
{
    const struct opt *first = NULL, *usable = NULL;

    for (const struct command *const *c = commands; *c; c++) {
        const struct opt *o = opt_find((*c)->table, line->name, strlen(line->name));

        if (!o)
            continue;
        if (first && !is_same_option(first, o))
            return err_set(err, ERR_USAGE,
                           "'%s' means different things to different commands: it must "
                           "be in the section of one",
                           line->name);
        first = first ? first : o;
        usable = !usable && opt_may_come_from(o, f->source) ? o : usable;
    }
    if (!first)
        return unknown_setting(f, line->name, err);
    return check_setting(f, usable ? usable : first, line->value, err);
}

static int
check_for_one(const struct settings_source *f, const struct settings_line *line,
              struct err *err)
{
    const struct opt *o = opt_find(f->command->table, line->name, strlen(line->name));

    return o ? check_setting(f, o, line->value, err)
             : unknown_setting(f, line->name, err);
}

/* Only lists may have several lines in a section. */
static int
check_twice(const struct settings_source *f, const char *name, struct err *err)
{
    for (const struct command *const *c = commands; *c; c++) {
        const struct opt *o = opt_find((*c)->table, name, strlen(name));

        if (o && (!f->command || f->command == *c) && o->kind == OPT_LIST)
            return 0;
    }
    for (size_t i = 0; i < f->settings->count; i++) {
        const struct setting *other = &f->settings->items[i];

        if (other->source == f->source && other->command == f->command &&
            strcmp(other->name, name) == 0)
            return err_set(err, ERR_USAGE, "'%s' is given twice, first at %s", name,
                           other->place);
    }
    return 0;
}

/* ---- files ---- */

static int
enter_section(void *ctx, const char *section, struct err *err)
{
    struct settings_source *f = ctx;

    f->command = command_find(section);
    return f->command ? 0 : command_unknown(section, err);
}

static int
take_line(void *ctx, const struct settings_line *line, struct err *err)
{
    struct settings_source *f = ctx;

    if ((f->command ? check_for_one(f, line, err) : check_for_all(f, line, err)) < 0 ||
        check_twice(f, line->name, err) < 0)
        return -1;
    add_setting(f->settings, f->source, f->command,
                xasprintf("%s:%zu", f->path, line->number), line->name,
                xstrdup(line->value));
    return 0;
}

int
settings_add_file(struct settings *s, enum opt_source source, const char *path,
                  const char *text, size_t len, struct err *err)
{
    struct settings_source f = {.settings = s, .source = source, .path = path};

    return settings_file_read(path, text, len, enter_section, take_line, &f, err);
}

static int
load_settings_file(struct settings *s, enum opt_source source, const char *path,
                   struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(SETTINGS_FILE_MAX);
    struct err why = ERR_INIT;

    if (secure_dir_slurp(path, &text, &why) == 0)
        return settings_add_file(s, source, path, text.data ? text.data : "", text.len,
                                 err);
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* With sudo, HOME may be that of another user. */
static bool
belongs_to_root(const char *path)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(mem_free_string) char *folder = xstrndup(path, (size_t)(slash - path));
    struct stat file, dir;

    return stat(path, &file) < 0 ||
           (file.st_uid == 0 && stat(folder, &dir) == 0 && dir.st_uid == 0);
}

int
settings_load_system(struct settings *s, struct err *err)
{
    return load_settings_file(s, OPT_SYSTEM, SETTINGS_SYSTEM, err);
}

int
settings_load_user(struct settings *s, struct err *err)
{
    s->user_file = user_folder_path(getenv("XDG_CONFIG_HOME"), getenv("HOME"), ".config",
                                    "sealift/sealift.conf");
    if (!s->user_file)
        return 0;
    s->ignores_user = geteuid() == 0 && !belongs_to_root(s->user_file);
    return s->ignores_user ? 0 : load_settings_file(s, OPT_USER, s->user_file, err);
}

/* ---- variables ---- */

char *
settings_variable(const char *option)
{
    char *name = xasprintf("SEALIFT_%s", option);

    for (char *c = name; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
        else if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    }
    return name;
}

/* Each line of the variable of a list is an item. */
static void
add_items(struct settings *s, const struct command *c, const struct opt *o,
          const char *variable, const char *value)
{
    for (const char *at = value; *at != '\0';) {
        size_t len = o->kind == OPT_LIST ? strcspn(at, "\n") : strlen(at);

        if (len > 0)
            add_setting(s, OPT_ENVIRONMENT, c, xstrdup(variable), o->name,
                        xstrndup(at, len));
        at += len + (at[len] == '\n');
    }
}

int
settings_add_variables(struct settings *s, const struct command *c, struct err *err)
{
    for (const struct opt *o = c->table; o->kind != OPT_END; o++) {
        CLEANUP(mem_free_string) char *variable = settings_variable(o->name);
        const char *value = o->kind == OPT_GROUP ? NULL : getenv(variable);

        if (!value)
            continue;
        if (strlen(value) > SETTINGS_VARIABLE_MAX)
            return err_set(err, ERR_LIMIT, "%s: longer than %u bytes", variable,
                           SETTINGS_VARIABLE_MAX);
        add_items(s, c, o, variable, value);
    }
    return 0;
}

/* ---- applying ---- */

/* Whether it is a value of the option in this section, or outside of sections. */
static bool
is_for(const struct setting *x, const struct command *c, const struct opt *o,
       enum opt_source source)
{
    return x->source == source && x->command == c && !x->is_refused &&
           strcmp(x->name, o->name) == 0;
}

static int
use_setting(struct setting *x, const struct opt *o, void *options, struct err *err)
{
    bool is_variable = x->source == OPT_ENVIRONMENT;

    x->is_refused =
        (is_variable && (check_setting_source(o, x->source, x->command, err) < 0 ||
                         check_secrets_in(o->name, x->value, err) < 0)) ||
        opt_set(o, options, x->value, err) < 0;
    x->is_used = !x->is_refused;
    return x->is_refused ? err_wrap(err, "%s", x->place) : 0;
}

/* Values of one section.  Returns how many, or -1. */
static int
use_section(struct settings *s, enum opt_source source, const struct command *section,
            const struct opt *o, void *options, struct err *err)
{
    int used = 0;

    for (size_t i = 0; i < s->count; i++) {
        if (!is_for(&s->items[i], section, o, source))
            continue;
        if (use_setting(&s->items[i], o, options, err) < 0)
            return -1;
        used = 1;
    }
    return used;
}

static bool
is_overruled(const struct command *c, const struct opt *o, const unsigned char *sources,
             enum opt_source source)
{
    if (sources[o - c->table] != OPT_UNSET)
        return true;
    for (int greater = source + 1; greater <= OPT_LINE; greater++) {
        if (opt_has_kin(c->table, o, sources, (enum opt_source)greater))
            return true;
    }
    return false;
}

/* How many options it needs: at most NEEDS_MAX. */
enum { NEEDS_MAX = 2 };
static int
count_needs(const struct command *c, const struct opt *o)
{
    int count = 0;

    for (const struct opt *at = o; at && at->needs && count < NEEDS_MAX; count++)
        at = opt_find(c->table, at->needs, strlen(at->needs));
    return count;
}

/* Whether the option that it needs has a value. */
static bool
has_what_it_needs(const struct command *c, const struct opt *o,
                  const unsigned char *sources)
{
    const struct opt *needed =
        o->needs ? opt_find(c->table, o->needs, strlen(o->needs)) : NULL;

    return !o->needs || (needed && sources[needed - c->table] != OPT_UNSET);
}

/* For options that need so many others. */
static int
apply_source(struct settings *s, enum opt_source source, int needs,
             const struct command *c, void *options, unsigned char *sources,
             struct err *err)
{
    for (const struct opt *o = c->table; o->kind != OPT_END; o++) {
        bool is_skipped = o->kind == OPT_GROUP || count_needs(c, o) != needs ||
                          !has_what_it_needs(c, o, sources) ||
                          is_overruled(c, o, sources, source) ||
                          (source != OPT_ENVIRONMENT && !opt_may_come_from(o, source));
        int used = is_skipped ? 0 : use_section(s, source, c, o, options, err);

        if (used == 0 && !is_skipped)
            used = use_section(s, source, NULL, o, options, err);
        if (used < 0)
            return -1;
        if (used > 0)
            sources[o - c->table] = (unsigned char)source;
    }
    return 0;
}

int
settings_apply(struct settings *s, const struct command *c, void *options,
               unsigned char *sources, struct err *err)
{
    for (int needs = 0; needs <= NEEDS_MAX; needs++) {
        for (int source = OPT_ENVIRONMENT; source >= OPT_SYSTEM; source--) {
            if (apply_source(s, (enum opt_source)source, needs, c, options, sources,
                             err) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- errors ---- */

/* Whether a message names an option. */
static bool
names_option(const char *message, const char *name)
{
    CLEANUP(mem_free_string) char *word = xasprintf("--%s", name);
    size_t len = strlen(word);

    for (const char *at = message; (at = strstr(at, word)); at += len) {
        if (!text_is_alnum(at[len]) && at[len] != '-')
            return true;
    }
    return false;
}

void
settings_explain(const struct settings *s, struct err *err)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct setting *x = &s->items[i];
        char whole[sizeof(err->hint) + TEXT_SAFE_MAX];

        if (!x->is_used || !names_option(err->msg, x->name))
            continue;
        snprintf(whole, sizeof(whole), "%s is set by %s%s%s", x->name, x->place,
                 err->hint[0] != '\0' ? "; " : "", err->hint);
        text_line(err->hint, sizeof(err->hint), whole, strlen(whole));
        return;
    }
}
