/* SPDX-License-Identifier: Apache-2.0 */
/* sign.h - signatures for an existing bundle: created here, or brought from elsewhere.
 *
 * index.json is signed, which pins everything else.  Before that the structure of the
 * bundle is checked and its documents are hashed; layers are not read.
 *
 * Layer: ops.
 */
#ifndef OPS_SIGN_SIGN_H
#define OPS_SIGN_SIGN_H

#include "bundle/reader/reader.h"
#include "io/crypto/pki_certs.h"
#include "io/file/volume_set.h"
#include "trust/signature_check.h"

/* A bundle to be signed. */
struct signable {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct bundle_preview *preview;
    struct pki_payload payload; /* index.json, borrowed from head */
    struct digest index;        /* of index.json */
};

#define SIGNABLE_INIT                                                                    \
    {                                                                                    \
        .files = VOLUME_SET_INIT                                                         \
    }

/*
 * Open it, or its volumes, as volume_set.h; to_change: for signable_add(), with a lock.
 * Errors: ERR_INTEGRITY, ERR_PROTOCOL of reader.h; ERR_NOT_FOUND, ERR_LOCAL;
 *         ERR_CONFLICT - locked by another run.
 */
MUST_USE int signable_open(struct signable *out, const char *const *paths, size_t count,
                           bool to_change, struct err *err);
void signable_release(struct signable *s);

/* Sign these bytes of index.json; certs: in CMS, with the first certificate. */
MUST_USE int sign_bytes(const struct pki_key *key, const struct pki_certs *certs,
                        const void *bytes, size_t len, struct signature_file *out,
                        struct err *err);

struct sign_options {
    const char *const *paths;
    size_t path_count;
    const struct pki_key *key;
    const struct pki_certs *certs; /* NULL: with the bare key */
    const char
        *out; /* a new file for the signature; NULL: added to the bundle, in place */
};

struct sign_result {
    struct signable bundle;
    struct signature_file file; /* the new file */
    bool was_there;             /* that key had signed before: nothing was changed */
};

#define SIGN_RESULT_INIT                                                                 \
    {                                                                                    \
        .bundle = SIGNABLE_INIT                                                          \
    }

/*
 * Errors: those of signable_open() and bundle_add_signature(); ERR_CONFLICT - the new
 *         file exists.
 */
MUST_USE int sign_run(struct sign_result *out, const struct sign_options *options,
                      struct err *err);
void sign_result_release(struct sign_result *r);

/* ---- signatures made elsewhere ---- */

struct attach_options {
    const char *path;
    const char *const *signatures; /* files */
    size_t count;
    const struct trust_keys *keys; /* the possible signers */
};

struct attached {
    char name[64];        /* name of the member */
    struct digest key_id; /* key of the signer */
    bool was_there;
};

struct attach_result {
    struct signable bundle;
    struct attached *items; /* one for each file, in order */
    size_t count;
};

#define ATTACH_RESULT_INIT                                                               \
    {                                                                                    \
        .bundle = SIGNABLE_INIT                                                          \
    }

#endif
