/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - values of options from files and variables.
 *
 * An option NAME is also the variable SEALIFT_NAME, in capitals and with '_' for '-', and
 * a line "NAME = VALUE" of the user's or the system's file.  The tables of the commands
 * say which sources each may come from.  A list is several lines of a file, or the lines
 * of a variable.
 *
 * Layer:  cli.
 * Source: sealift(1), SETTINGS.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/commands/commands.h"

#define SETTINGS_SYSTEM       "/etc/sealift/sealift.conf"
#define SETTINGS_VARIABLE_MAX (64U << 10) /* bytes of a variable */

/* One value. */
struct setting {
    enum opt_source source;
    const struct command *command; /* NULL: each that has this option */
    char *place;                   /* "/etc/sealift/sealift.conf:3", "SEALIFT_JOBS" */
    char *name, *value;
    bool is_used;    /* by settings_apply() for its command, or one of all */
    bool is_refused; /* it was an error: settings_apply() then ignores it */
};

/* In the order of files and lines.  Options borrow the values. */
struct settings {
    struct setting *items;
    size_t count, cap;
    char *user_file;   /* where that of the user is or would be, or NULL */
    bool ignores_user; /* root does not use a file of another user */
};

#define SETTINGS_INIT                                                                    \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* The file of the system, and that of the user.  Errors: those of settings_add_file()
 * and secure_dir_slurp(). */
MUST_USE int settings_load_system(struct settings *s, struct err *err);
MUST_USE int settings_load_user(struct settings *s, struct err *err);

/*
 * Add the values in the text of a file.  All of them are checked, whichever command is
 * run.
 * Errors: ERR_USAGE, "PATH:LINE: " in front - no such option or command, one that may not
 *         come from this source, a malformed value, a secret, a relative path, an option
 *         given twice; ERR_LIMIT.
 */
MUST_USE int settings_add_file(struct settings *s, enum opt_source source,
                               const char *path, const char *text, size_t len,
                               struct err *err);

/* The variable of an option, "SEALIFT_LIMIT_RATE".  The caller frees it. */
char *settings_variable(const char *option);

/* Add the variables of the options of a command.  Errors: ERR_LIMIT. */
MUST_USE int settings_add_variables(struct settings *s, const struct command *c,
                                    struct err *err);

/*
 * Give values to the options that have none yet; sources says which have.
 * Errors: ERR_USAGE - a variable of an option that may not come from one, or malformed.
 */
MUST_USE int settings_apply(struct settings *s, const struct command *c, void *options,
                            unsigned char *sources, struct err *err);

/* If the error is about an option that came from a setting, add to the hint which. */
void settings_explain(const struct settings *s, struct err *err);

void settings_release(struct settings *s);

#endif
