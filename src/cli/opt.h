/* SPDX-License-Identifier: Apache-2.0 */
/* opt.h - option parsing, help and completion from one table per command.
 *
 * Layer: cli.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include "base/buf.h"
#include "cli/nearest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that may be absent. */
struct opt_number {
    bool is_set;
    uint64_t value;
};

/* Values of an option that may be given several times; borrowed from argv. */
struct opt_list {
    const char **items;
    size_t count, cap;
};

enum opt_kind {
    OPT_END = 0,
    OPT_FLAG,   /* bool */
    OPT_COUNT,  /* unsigned: how often it was given */
    OPT_TEXT,   /* const char *, once */
    OPT_NUMBER, /* struct opt_number, once */
    OPT_LIST,   /* struct opt_list, any number of times */
    OPT_GROUP,  /* not an option: a heading in help */
};

/* Whether the value is a file name.  See files.h. */
enum opt_file {
    OPT_NO_FILE = 0,
    OPT_READS,      /* one that is read; "-" and tokens are not files */
    OPT_WRITES,     /* one that is written */
    OPT_BY_COMMAND, /* depends: struct command reports it */
};

/* The sources of values.  A greater one prevails. */
enum opt_source {
    OPT_UNSET = 0,
    OPT_SYSTEM,      /* settings of this machine */
    OPT_USER,        /* settings of the user */
    OPT_ENVIRONMENT, /* a variable */
    OPT_LINE,        /* the command line */
};

/* The sources that an option may come from. */
enum opt_from {
    OPT_FROM_ANY = 0,
    OPT_FROM_SYSTEM,   /* the line or the machine: it decides about trust, or replaces */
    OPT_FROM_LINE,     /* only the line: it lowers a check, or replaces a file */
    OPT_FROM_SETTINGS, /* all but the line: it stands for an operand */
};

struct opt {
    enum opt_kind kind;
    char letter;                   /* 0: no short form */
    const char *name, *arg, *help; /* OPT_GROUP: only help, the heading */
    size_t at;    /* offset of the member in the command's options struct */
    uint64_t max; /* OPT_NUMBER, OPT_COUNT: largest value */
    enum opt_file file;
    enum opt_from from;
    /* Words.  Options that share one are chosen together: where a source gives one of
     * them, lesser sources give none. */
    const char *family;
    const char *choices; /* words that are values, with blanks between; for completion */
    const char *needs;   /* the option without which a setting of this one is not used */
};

/* The offset of a member, which must have that type: else it does not compile. */
#define OPT_AT(T, m, type) _Generic(((T *)0)->m, type : offsetof(T, m))

enum { OPT_COUNT_MAX = 9 };

/* The last argument of each is the help; further members may follow it:
 * FLAG(T, force, 0, "force", "replace FILE", .from = OPT_FROM_LINE). */
#define OPT_OF(k, T, m, type, l, n, a, most, f, ...)                                     \
    {                                                                                    \
        .kind = k, .letter = l, .name = n, .arg = a, .at = OPT_AT(T, m, type),           \
        .max = most, .file = f, .help = __VA_ARGS__                                      \
    }
#define FLAG(T, m, l, n, ...)                                                            \
    OPT_OF(OPT_FLAG, T, m, bool, l, n, NULL, 0, OPT_NO_FILE, __VA_ARGS__)
#define TALLY(T, m, l, n, ...)                                                           \
    OPT_OF(OPT_COUNT, T, m, unsigned, l, n, NULL, OPT_COUNT_MAX, OPT_NO_FILE, __VA_ARGS__)
#define TEXT(T, m, l, n, a, ...)                                                         \
    OPT_OF(OPT_TEXT, T, m, const char *, l, n, a, 0, OPT_NO_FILE, __VA_ARGS__)
#define NUMBER(T, m, l, n, a, most, ...)                                                 \
    OPT_OF(OPT_NUMBER, T, m, struct opt_number, l, n, a, most, OPT_NO_FILE, __VA_ARGS__)
#define LIST(T, m, l, n, a, ...)                                                         \
    OPT_OF(OPT_LIST, T, m, struct opt_list, l, n, a, 0, OPT_NO_FILE, __VA_ARGS__)
#define GROUP(heading)                                                                   \
    {                                                                                    \
        .kind = OPT_GROUP, .name = "", .help = (heading)                                 \
    }
/* Options whose values name files. */
#define FILE_TEXT(T, m, l, n, a, f, ...)                                                 \
    OPT_OF(OPT_TEXT, T, m, const char *, l, n, a, 0, f, __VA_ARGS__)
#define FILE_LIST(T, m, l, n, a, f, ...)                                                 \
    OPT_OF(OPT_LIST, T, m, struct opt_list, l, n, a, 0, f, __VA_ARGS__)
/* The setting that stands for an operand. */
#define OPERAND(T, m, n, a, ...)                                                         \
    OPT_OF(OPT_TEXT, T, m, const char *, 0, n, a, 0, OPT_NO_FILE, __VA_ARGS__,           \
           .from = OPT_FROM_SETTINGS)

/* The source of each option of a table, by its position: enum opt_source. */
unsigned char *opt_sources_new(const struct opt *table);

/*
 * Fill the struct at base and collect operands at the front of argv (argv is changed).
 * Long options take "=VALUE" or the next word, short ones can be combined; "--" ends
 * options.  A flag takes "=yes" or "=no".  sources, unless NULL, records OPT_LINE.
 * Returns: the number of operands, or -1.
 * Errors:  ERR_USAGE.
 */
MUST_USE int opt_parse(const struct opt *table, void *base, unsigned char *sources,
                       int argc, char **argv, struct err *err);

/* The option of that name, also one that the command line cannot give, or NULL. */
const struct opt *opt_find(const struct opt *table, const char *name, size_t len);

/* The option that was probably meant: for nearest_hint(). */
void opt_offer(const struct opt *table, enum opt_source source, struct nearest *n);

bool opt_may_come_from(const struct opt *o, enum opt_source source);

/* Whether the command line has that option, and not only a setting. */
bool opt_is_typed(const struct opt *table, const unsigned char *sources,
                  const char *name);

/* Whether a source has given another option of its families. */
bool opt_has_kin(const struct opt *table, const struct opt *o,
                 const unsigned char *sources, enum opt_source source);

/*
 * Give an option the value in text, which is borrowed; a list gets one more item.  Flags
 * are yes or no, true or false, 1 or 0.
 * Errors: ERR_USAGE.
 */
MUST_USE int opt_set(const struct opt *o, void *base, const char *value, struct err *err);

/* Check a value as opt_set() does.  Errors: ERR_USAGE. */
MUST_USE int opt_check(const struct opt *o, const char *value, struct err *err);

/*
 * The number of words at the front of argv that are options of the table and their
 * values.
 * Returns: -1 for an option that the table does not have.
 * Errors:  ERR_USAGE.
 */
MUST_USE int opt_count_leading(const struct opt *table, int argc, char **argv,
                               struct err *err);

/* The value of an OPT_TEXT by its name, or NULL: not given, or unknown. */
const char *opt_text(const struct opt *table, const void *base, const char *name,
                     size_t len);

/* Free the memory of lists. */
void opt_release(const struct opt *table, void *base);

enum { HELP_WIDTH = 78 }; /* characters of a line */

/* Append the options part of a help text, group by group. */
void opt_help(const struct opt *table, struct buf *out);

/* Append one "--name" or "--name=" per line. */
void opt_complete(const struct opt *table, struct buf *out);

/*
 * Append the values of the option that a word ("--name", "-n") gives, one a line, then
 * "@files" or "@folders" where a value is the path of one, else "@text".  A word that is
 * not an option with a value adds nothing.
 */
void opt_complete_value(const struct opt *table, const char *word, struct buf *out);

#endif
