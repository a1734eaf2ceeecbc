/* SPDX-License-Identifier: Apache-2.0 */
/* reader_internal.h - what the parts of the reader share.
 *
 * member_cursor.c   walks from member to member
 * head.c     bundle_head(): up to the header of SHA256SUMS, nothing parsed
 * add_signature.c     bundle_add_signature(): one more signature, in place
 * reader.c   bundle_open(), bundle_preview(): the members and the end
 * completeness.c everything the documents need is there, in order, and nothing else
 * render_omitted.c  but what SHA256SUMS says is left out, and why
 * member_read.c   the bodies: bundle_check_member(), bundle_read_member()
 *
 * Layer: bundle, private.
 */
#ifndef BUNDLE_READER_READER_INTERNAL_H
#define BUNDLE_READER_READER_INTERNAL_H

#include "bundle/reader/reader.h"
#include "io/archive/tar.h"

/* A place in the file.  A plain value: a copy looks ahead. */
struct member_cursor {
    struct volumes file;
    uint64_t at; /* offset of the next header, or of the body of the last one */
    bool has_mtime;
    uint64_t mtime; /* of the first member: the others must have the same */
};

/*
 * Read the header at the cursor and step over it.
 * Returns: 1 with *out set; 0 at a block of zeros, not stepped over; -1.
 * Errors:  ERR_INTEGRITY "header", "truncated"; ERR_LOCAL.
 */
MUST_USE int member_cursor_next(struct member_cursor *c, struct tar_entry *out,
                                struct err *err);

/*
 * member_cursor_next() for the one member that may stand here.
 * Errors: those; ERR_INTEGRITY "duplicate", "extra", "order", "missing"; "size" when it
 * is larger than max.
 */
MUST_USE int member_cursor_expect(struct member_cursor *c, const char *name, uint64_t max,
                                  struct tar_entry *out, struct err *err);

/*
 * Say what is wrong with *found, whose header was just read, where `expected` should
 * stand (NULL: the end).  is_known: could it stand in this bundle at all?  Always -1.
 */
int member_cursor_wrong(const struct member_cursor *c, const struct tar_entry *found,
                        bool is_known, const char *expected, struct err *err);

/* Step over the body of e, which must be in the file. */
MUST_USE int member_cursor_skip(struct member_cursor *c, const struct tar_entry *e,
                                struct err *err);

/* Read the body of e into out, replacing what it held, check the padding, step over. */
MUST_USE int member_cursor_body(struct member_cursor *c, const struct tar_entry *e,
                                struct buf *out, struct err *err);

/*
 * Is the padding zero that follows a body of size bytes at that offset?
 * Errors: ERR_INTEGRITY "padding", "truncated"; ERR_LOCAL.
 */
MUST_USE int padding_check(const struct volumes *file, const char *name, uint64_t body,
                           uint64_t size, struct err *err);

/* Is that range of the file zero?  1, 0, or -1 (it ends before, or cannot be read). */
MUST_USE int range_is_zero(const struct volumes *file, uint64_t at, uint64_t len,
                           struct err *err);

/* Is this the name of a member of some bundle, wherever it stands? */
bool member_name_is_known(const char *name);

/* The error for a file that ends too early. */
int truncated_error(struct err *err, uint64_t file_size, const char *what);

struct bundle_untrusted {
    struct member_cursor cursor; /* at the body of SHA256SUMS */
    uint64_t pad_at;             /* offset of the header of signatures/.pad */
    uint64_t pad_size;           /* bytes of its body */
    bool pad_is_zero;            /* as it must be, unless a signing was interrupted */
    struct tar_entry sums;       /* its header */
    struct buf index;
    struct signature_file *signatures;
    size_t count;
};

/* What SHA256SUMS says is left out, to be looked up. */
struct omissions;
struct omissions *omissions_of(const struct bundle_content *c);
void omissions_release(struct omissions **o);

/* graph_watch(): only a child of an index may be left out, else it is found missing. */
void omissions_leave_out(void *ctx, const struct document *doc, bool *omit);

/*
 * Tell what is missing from what was not wanted, and see whether index.json agrees.
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_explain(struct bundle_content *c, struct err *err);

/*
 * The graph is finished: is exactly that left out which SHA256SUMS says, in that order?
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_check(struct bundle_content *c, struct err *err);

/* Parse index.json, which must be the one that was admitted. */
MUST_USE int bundle_read_index(const struct bundle_untrusted *u,
                               const struct admission *admission,
                               struct index_content *out, struct err *err);

/* Fill in the graph and check it against index and members, which are set. */
MUST_USE int bundle_complete(struct bundle_content *c, struct err *err);

#endif
