/* SPDX-License-Identifier: Apache-2.0 */
/* archive_file.h - a tar that is written at offsets known in advance, and gets its name
 * when it is complete.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_ARCHIVE_FILE_H
#define ARCHIVE_ARCHIVE_FILE_H

#include "images/image_target.h"
#include "io/file/output.h"

struct archive_file {
    char *path; /* owned */
    struct output output;
    uint64_t end; /* offset behind the last member */
};

void archive_file_init(struct archive_file *f, const char *path);
void archive_file_release(struct archive_file *f);

/*
 * Check the target without touching anything.
 * Errors: ERR_USAGE - images->skips: an archive is written as a whole; output_check().
 */
MUST_USE int archive_file_check(const struct archive_file *f,
                                const struct target_images *images, struct err *err);

/* Put a member of size bytes after the others: *at is where.  Errors: ERR_LIMIT. */
MUST_USE int archive_file_place(struct archive_file *f, uint64_t size, uint64_t *at,
                                struct err *err);

/* After the last archive_file_place(): create the file, with space for all members. */
MUST_USE int archive_file_create(struct archive_file *f, bool may_replace,
                                 struct err *err);

/* Write a member that is in memory. */
MUST_USE int archive_file_write(const struct archive_file *f, const char *name,
                                const void *bytes, size_t len, uint64_t at,
                                struct err *err);

/* Write a member from a source, and compare its digest.  Thread-safe. */
MUST_USE int archive_file_put(const struct archive_file *f, const char *name,
                              const struct image_object *what,
                              const struct byte_source *bytes, uint64_t at,
                              struct err *err);

/* What is not written is zero: padding, and the two blocks at the end. */
MUST_USE int archive_file_publish(struct archive_file *f, struct err *err);

#endif
