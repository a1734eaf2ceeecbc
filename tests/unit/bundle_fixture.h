/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_fixture.h - a small bundle, as a list of members that tests may spoil.
 *
 * It is put together here without layout.c and writer.c, so that they can be compared.
 */
#ifndef TESTS_UNIT_BUNDLE_FIXTURE_H
#define TESTS_UNIT_BUNDLE_FIXTURE_H

#include "bundle/reader/reader.h"

enum { FIXTURE_MEMBERS_MAX = 100 };

/* Parts of the images; tests change them before fixture_make(). */
struct fixture_parts {
    struct bundle_meta meta;
    struct image_entry entries[4]; /* names and types point to static text */
    size_t entry_count;
    const char *bodies[16]; /* of the blobs, in the order of members */
    struct bundle_member blobs[16];
    size_t blob_count;
    struct bundle_omitted omitted[4];
    size_t omitted_count;
    struct missing_list missing;
    const char *sums; /* SHA256SUMS, or NULL for the right one */
    size_t pad;       /* bytes of signatures/.pad */
};

/*
 * Two images: "host.test/app:1", an index of one manifest with a config and two layers,
 * the second empty; and "host.test/app:2", that same manifest.
 */
void fixture_parts(struct fixture_parts *parts);

/* The entries and what is missing, borrowed. */
struct image_set fixture_set(struct fixture_parts *parts);

/* Digest and size of a text, as a member. */
struct bundle_member fixture_blob(const char *body);

struct fixture_member {
    char name[101];
    char *body; /* owned */
    size_t len;
    uint64_t mtime;
    unsigned char type; /* 0: the canonical header; else this type flag, checksum fixed */
};

struct fixture {
    struct fixture_member members[FIXTURE_MEMBERS_MAX];
    size_t count;
};

#define FIXTURE_PAD 1024 /* bytes of signatures/.pad: small, so that tests are quick */

/* signatures: so many files of 600 bytes, with made-up key ids. */
void fixture_make(struct fixture *out, const struct fixture_parts *parts,
                  size_t signatures);
/* The two images of fixture_parts(). */
void fixture_standard(struct fixture *out, size_t signatures);
void fixture_release(struct fixture *f);

/* Position of a member by the beginning of its name; fails the test when there is none.
 */
size_t fixture_find(const struct fixture *f, const char *prefix);
void fixture_remove(struct fixture *f, size_t at);
/* A copy of member number `from` is put before number `to`. */
void fixture_copy(struct fixture *f, size_t from, size_t to);
void fixture_move(struct fixture *f, size_t from, size_t to);
void fixture_insert(struct fixture *f, size_t at, const char *name, const char *body);

/* The tar, with the zero blocks at its end. */
void fixture_render(const struct fixture *f, struct buf *out);

/* A file in memory with those bytes; the caller closes it. */
int fixture_file(const void *bytes, size_t len);

/* The admission that a trusted signature or --insecure-skip-verify gives. */
struct admission fixture_admit(const void *index, size_t len);

/* Read all of it, as verify does.  admission NULL: of whatever index.json is there. */
int fixture_read(int fd, uint64_t size, const struct admission *admission,
                 struct err *err);

/*
 * It must be refused for that reason, and as damaged; reason NULL: it must be accepted.
 * case_name is for the message.
 */
void fixture_expect_bytes(const void *bytes, size_t len, const char *reason,
                          const char *case_name);
void fixture_expect(const struct fixture *f, const char *reason, const char *case_name);

#endif
