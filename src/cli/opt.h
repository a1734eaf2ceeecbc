/* SPDX-License-Identifier: Apache-2.0 */
/* opt.h - option parsing, help and completion from one table per command.
 *
 * Layer: cli.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include "base/buf.h"

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

struct opt {
    enum opt_kind kind;
    char letter;                   /* 0: no short form */
    const char *name, *arg, *help; /* OPT_GROUP: only help, the heading */
    size_t at;    /* offset of the member in the command's options struct */
    uint64_t max; /* OPT_NUMBER: largest value */
    enum opt_file file;
};

/* The offset of a member, which must have that type: else it does not compile. */
#define OPT_AT(T, m, type) _Generic(((T *)0)->m, type : offsetof(T, m))

#define OPT_OF(kind, T, m, type, l, n, a, h, max, file)                                  \
    {                                                                                    \
        kind, l, n, a, h, OPT_AT(T, m, type), max, file                                  \
    }
#define FLAG(T, m, l, n, h) OPT_OF(OPT_FLAG, T, m, bool, l, n, NULL, h, 0, OPT_NO_FILE)
#define TALLY(T, m, l, n, h)                                                             \
    OPT_OF(OPT_COUNT, T, m, unsigned, l, n, NULL, h, 0, OPT_NO_FILE)
#define TEXT(T, m, l, n, a, h)                                                           \
    OPT_OF(OPT_TEXT, T, m, const char *, l, n, a, h, 0, OPT_NO_FILE)
#define NUMBER(T, m, l, n, a, most, h)                                                   \
    OPT_OF(OPT_NUMBER, T, m, struct opt_number, l, n, a, h, most, OPT_NO_FILE)
#define LIST(T, m, l, n, a, h)                                                           \
    OPT_OF(OPT_LIST, T, m, struct opt_list, l, n, a, h, 0, OPT_NO_FILE)
#define GROUP(heading)                                                                   \
    {                                                                                    \
        .kind = OPT_GROUP, .name = "", .help = (heading)                                 \
    }
/* Options whose values name files. */
#define FILE_TEXT(T, m, l, n, a, f, h)                                                   \
    OPT_OF(OPT_TEXT, T, m, const char *, l, n, a, h, 0, f)
#define FILE_LIST(T, m, l, n, a, f, h)                                                   \
    OPT_OF(OPT_LIST, T, m, struct opt_list, l, n, a, h, 0, f)

/*
 * Fill the struct at base and collect operands at the front of argv (argv is changed).
 * Long options take "=VALUE" or the next word, short ones can be combined; "--" ends
 * options.
 * Returns: the number of operands, or -1.
 * Errors:  ERR_USAGE.
 */
MUST_USE int opt_parse(const struct opt *table, void *base, int argc, char **argv,
                       struct err *err);

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

/* Append the options part of a help text, group by group. */
void opt_help(const struct opt *table, struct buf *out);

/* Append one "--name" or "--name=" per line. */
void opt_complete(const struct opt *table, struct buf *out);

#endif
