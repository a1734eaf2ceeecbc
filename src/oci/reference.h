/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - image names: what users type, and its one canonical form.
 *
 * Layer: oci.
 * Source: distribution/reference grammar; OCI distribution-spec v1.1 "Pulling manifests".
 */
#ifndef OCI_REFERENCE_H
#define OCI_REFERENCE_H

#include "base/digest.h"

#include <stdbool.h>

#define REFERENCE_HOST_MAX 261 /* bytes: a DNS name of 255 and ":65535" */
#define REFERENCE_PATH_MAX 255
#define REFERENCE_TAG_MAX  128
#define REFERENCE_TEXT_MAX                                                               \
    (REFERENCE_HOST_MAX + 1 + REFERENCE_PATH_MAX + 1 + REFERENCE_TAG_MAX + 1 +           \
     DIGEST_TEXT_MAX)

/* A parsed, canonical reference.  A plain value. */
struct reference {
    char host[REFERENCE_HOST_MAX + 1]; /* "docker.io", "reg.corp:5000", "[::1]:5000" */
    char path[REFERENCE_PATH_MAX + 1]; /* "library/nginx" */
    char
        tag[REFERENCE_TAG_MAX + 1]; /* "" when there is a digest, or a whole repository */
    bool is_default;                /* "latest" was added */
    bool has_digest;
    struct digest digest; /* the required digest; the tag is then only a label */
};

/*
 * Parse what a user typed; the len bytes at text need no NUL.
 *
 * Shape:  [HOST[:PORT]/]PATH[:TAG][@DIGEST].  The first component is a host when it has a
 *         '.', a ':' or an upper-case letter, or is "localhost"; else it is Docker Hub's.
 *         "index.docker.io" and "registry-1.docker.io" become "docker.io", which gets
 *         "library/" before a single component.  Neither tag nor digest: tag "latest".
 *         Hosts become lower case.  "docker://" before it is dropped, as skopeo writes
 *         it; after "oci://", as Helm writes it, the first component is always a host.
 *         Errors: ERR_USAGE, which names the invalid part.
 */
MUST_USE int reference_parse(struct reference *out, const char *text, size_t len,
                             struct err *err);

/* Bytes of "docker://" or "oci://" at the beginning; 0 without one. */
size_t reference_scheme(const char *text, size_t len);

/* The name in a bundle: "host/path:tag", or "host/path@digest" without a tag; "host/path"
 * for a repository. */
void reference_name(const struct reference *r, char out[REFERENCE_TEXT_MAX]);

/*
 * Parse a canonical name, exactly as written by reference_name().
 * Errors: kind.
 */
MUST_USE int reference_parse_name(struct reference *out, const char *name,
                                  enum err_kind kind, struct err *err);

/* As reference_parse_name(), or a repository: "host/path". */
MUST_USE int reference_parse_name_or_repository(struct reference *out, const char *name,
                                                enum err_kind kind, struct err *err);

/* Neither a tag nor a digest: a whole repository, see reference_list.h. */
bool reference_is_repository(const struct reference *r);

/* Whether the canonical names are equal (the digest counts only without a tag). */
bool reference_same_name(const struct reference *a, const struct reference *b);

/* The host that serves the API: "registry-1.docker.io" for "docker.io", else the host
 * itself. */
const char *reference_api_host(const char *host);

/* Shape checks shared with mapping.c: a whole repository path; a host with its port. */
bool reference_is_path(const char *text);
bool reference_is_tag(const char *text);
bool reference_is_host(const char *text);

/* Whether the first component of a name would be taken for a host, well-formed or not. */
bool reference_looks_like_host(const char *text, size_t len);

/*
 * Reject an '@' where none is allowed, as in USER:PASSWORD@HOST: nothing before it is
 * quoted, wherever a parser would split the text.
 * Errors: ERR_USAGE.
 */
MUST_USE int reference_refuse_user(const char *text, size_t len, struct err *err);

/*
 * The canonical form of a host: lower case, other names of Docker Hub become "docker.io".
 * Errors: ERR_USAGE - not a host.
 */
MUST_USE int reference_host(char out[REFERENCE_HOST_MAX + 1], const char *text,
                            size_t len, struct err *err);

#endif
