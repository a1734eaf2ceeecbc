/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/settings_report.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "cli/settings.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/file/file.h"
#include "io/json/json_write.h"
#include "trust/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern char **environ;

#define VARIABLE_PREFIX "SEALIFT_"

/* ---- trying all commands ---- */

/* Whether any command uses a value from there: a line, or a variable. */
static bool
is_used(const struct settings *s, const char *place)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->items[i].is_used && strcmp(s->items[i].place, place) == 0)
            return true;
    }
    return false;
}

/* Whether an earlier value is the same for another command. */
static bool
is_repeated(const struct settings *s, size_t at)
{
    const struct setting *x = &s->items[at];

    for (size_t i = 0; i < at; i++) {
        const struct setting *other = &s->items[i];

        if (other->is_refused == x->is_refused && strcmp(other->place, x->place) == 0 &&
            strcmp(other->value, x->value) == 0)
            return true;
    }
    return false;
}

/* The values of files and variables as the command would use them. */
static void
try_command(struct settings *s, const struct command *c, struct findings *refusals)
{
    void *options = xcalloc(1, c->options_size);
    unsigned char *sources = opt_sources_new(c->table);
    struct err why = ERR_INIT;

    if (settings_add_variables(s, c, &why) < 0)
        findings_add(refusals, c->name, FINDING_ERROR, &why);
    while (settings_apply(s, c, options, sources, &why) < 0)
        findings_add(refusals, c->name, FINDING_ERROR, &why);
    opt_release(c->table, options);
    free(options);
    free(sources);
}

/* Whether two messages begin with the same variable. */
static bool
is_same_variable(const char *a, const char *b)
{
    size_t len = strcspn(a, ":");

    return strncmp(a, b, len) == 0 && b[len] == ':';
}

/* The first message about each variable.  It is an error for one command at least. */
static void
report_refusals(struct findings *f, const struct settings *s,
                const struct findings *refusals)
{
    for (size_t i = 0; i < refusals->count; i++) {
        const struct err *e = &refusals->items[i].err;
        CLEANUP(mem_free_string)
        char *variable = xstrndup(e->msg, strcspn(e->msg, ":"));
        bool is_known = false;

        for (size_t k = 0; k < i; k++)
            is_known |= is_same_variable(e->msg, refusals->items[k].err.msg);
        if (!is_known)
            findings_add(f, "settings",
                         is_used(s, variable) ? FINDING_WARNING : FINDING_ERROR, e);
    }
}

/* ---- single values ---- */

static const struct opt *
option_of(const struct setting *x)
{
    for (const struct command *const *c = commands; *c; c++) {
        const struct opt *o = opt_find((*c)->table, x->name, strlen(x->name));

        if (o && (!x->command || x->command == *c))
            return o;
    }
    return NULL;
}

static void
check_private_key(struct findings *f, const struct setting *x)
{
    struct err why = ERR_INIT;
    struct stat st;

    if (stat(x->value, &st) < 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return;
    err_set(&why, ERR_NONE, "%s: other users have access to the private key '%s'",
            x->place, x->value);
    err_hint(&why, "chmod 600 '%s'", x->value);
    findings_add(f, "keys", FINDING_WARNING, &why);
}

/* A file that a value names. */
static void
check_named_file(struct findings *f, const struct setting *x)
{
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    const struct opt *o = option_of(x);
    struct err why = ERR_INIT;
    bool is_public = o && o->arg && strcmp(o->arg, "PUB") == 0;
    struct stat st;
    int rc;

    if (!o || o->file != OPT_READS || strcmp(x->value, "-") == 0 ||
        pki_is_token(x->value))
        return;
    rc = is_public ? trust_keys_add(&keys, x->value, &why) : stat(x->value, &st);
    if (rc < 0 && !is_public)
        err_errno(&why, "cannot read '%s'", x->value);
    if (rc < 0) {
        err_wrap(&why, "%s", x->place);
        findings_add(f, is_public ? "keys" : "settings", FINDING_ERROR, &why);
    } else if (is_public) {
        findings_say(f, "keys", FINDING_OK, "'%s' is a public key", x->value);
    } else if (strcmp(o->arg, "KEY") == 0) {
        check_private_key(f, x);
    }
}

static struct jsout *
setting_object(const struct setting *x, bool prevails)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "option", x->name);
    jsout_put_text(obj, "command",
                   x->command && x->source != OPT_ENVIRONMENT ? x->command->name : NULL);
    jsout_put_text(obj, "value", x->value);
    jsout_put_text(obj, "place", x->place);
    jsout_put_bool(obj, "used", prevails);
    return obj;
}

static void
report_value(struct findings *f, struct jsout *list, const struct setting *x,
             bool prevails)
{
    bool has_section = x->command && x->source != OPT_ENVIRONMENT;

    jsout_append(list, setting_object(x, prevails));
    findings_say(f, "settings", prevails ? FINDING_OK : FINDING_NOTE,
                 "%s%s%s = %s, from %s%s", has_section ? x->command->name : "",
                 has_section ? "." : "", x->name, x->value, x->place,
                 prevails ? "" : "; another value prevails");
    if (prevails)
        check_named_file(f, x);
}

/* ---- variables of no option ---- */

static bool
is_passphrase_variable(const char *name)
{
    return strcmp(name, VARIABLE_PREFIX "PASSPHRASE") == 0 ||
           strcmp(name, VARIABLE_PREFIX "NEW_PASSPHRASE") == 0;
}

/* Whether it is one of an option; else the nearest is found. */
static bool
is_setting(const char *name, struct nearest *n, char found[64])
{
    for (const struct command *const *c = commands; *c; c++) {
        for (const struct opt *o = (*c)->table; o->kind != OPT_END; o++) {
            CLEANUP(mem_free_string) char *variable = settings_variable(o->name);
            const char *before = n->found;

            if (strcmp(variable, name) == 0)
                return true;
            nearest_offer(n, variable);
            if (n->found != before) {
                snprintf(found, 64, "%s", variable);
                n->found = found;
            }
        }
    }
    return false;
}

static void
report_variable(struct findings *f, const char *entry)
{
    size_t len = strcspn(entry, "=");
    CLEANUP(mem_free_string) char *name = xstrndup(entry, len);
    struct nearest n = {.typed = name};
    struct err why = ERR_INIT;
    char safe[TEXT_SAFE_MAX], found[64];

    if (!text_starts(name, VARIABLE_PREFIX))
        return;
    if (is_passphrase_variable(name)) {
        findings_say(f, "settings", FINDING_OK, "%s is set", name);
        return;
    }
    if (is_setting(name, &n, found))
        return;
    text_safe(safe, name, len);
    err_set(&why, ERR_NONE, "the variable %s is not a setting", safe);
    nearest_hint(&n, "", &why);
    findings_add(f, "settings", FINDING_WARNING, &why);
}

/* ---- all of it ---- */

static void
report_files(struct findings *f, struct settings *s)
{
    struct err why = ERR_INIT;

    if (settings_load_system(s, &why) < 0)
        findings_add(f, "settings", FINDING_ERROR, &why);
    why = (struct err)ERR_INIT;
    if (settings_load_user(s, &why) < 0)
        findings_add(f, "settings", FINDING_ERROR, &why);
    if (s->ignores_user)
        findings_say(f, "settings", FINDING_NOTE,
                     "'%s' belongs to another user: root does not use it", s->user_file);
}

void
settings_report(struct findings *f, struct result *r)
{
    CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
    CLEANUP(findings_release) struct findings refusals = FINDINGS_INIT;
    struct jsout *list = jsout_array();

    report_files(f, &s);
    for (const struct command *const *c = commands; *c; c++)
        try_command(&s, *c, &refusals);
    for (size_t i = 0; i < s.count; i++) {
        const struct setting *x = &s.items[i];

        if (!x->is_refused && !is_repeated(&s, i))
            report_value(f, list, x, is_used(&s, x->place));
    }
    report_refusals(f, &s, &refusals);
    for (char **entry = environ; entry && *entry; entry++)
        report_variable(f, *entry);
    jsout_put(r->json, "settings", list);
}
