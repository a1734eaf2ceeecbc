/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.h - the name of an image of a bundle in the private registry.
 *
 * docker.io/library/nginx:1.27 imported to reg.corp/mirror becomes
 * reg.corp/mirror/docker.io/library/nginx:1.27: the source host stays, so two sources
 * never collide.  The ':' of a port becomes '_'.
 *
 * Layer: oci.
 */
#ifndef OCI_MAPPING_H
#define OCI_MAPPING_H

#include "oci/reference.h"

/* REGISTRY[/PREFIX] as given to import. */
struct target {
    char host[REFERENCE_HOST_MAX + 1];
    char prefix[REFERENCE_PATH_MAX + 1]; /* "" for none */
};

/*
 * Shape:  a host (with or without port; no dot needed here) and a repository path, which
 *         may end in one '/'; "docker://" or "oci://" before it is dropped.
 * Errors: ERR_USAGE, also for an "https://" before it, a tag or a digest after it.
 */
MUST_USE int target_parse(struct target *out, const char *text, struct err *err);

/* The kinds of FROM; a later one takes precedence. */
enum mapping_kind {
    MAPPING_PREFIX,  /* names that are FROM or begin with "FROM/" */
    MAPPING_PATTERN, /* names that match it, where one '*' stands for any text */
    MAPPING_EXACT,   /* one name, with its tag or digest */
};

/* FROM=TO: source names get TO instead of FROM, below the target. */
struct mapping_rule {
    enum mapping_kind kind;
    char from[REFERENCE_TEXT_MAX];   /* "host[/path]", or a whole name */
    char to[REFERENCE_PATH_MAX + 1]; /* "": directly below the target; of a pattern: has
                                      * a '*' for what the other one matched */
    char tag[REFERENCE_TAG_MAX + 1]; /* with an exact name; "": its own */
};

/*
 * FROM ends at the first '='.  FROM with a tag or a digest is exact, and TO may then have
 * a tag, which else stays.
 * Errors: ERR_USAGE.
 */
MUST_USE int mapping_rule_parse(struct mapping_rule *out, const char *text,
                                struct err *err);

/* Whether a rule is for that source name. */
bool mapping_rule_matches(const struct mapping_rule *rule, const struct reference *name);

/* The beginning of tags that stand for a digest; see tag_digests. */
#define MAPPING_DIGEST_TAG "digest-sha256-"

struct mapping {
    struct target target;
    bool strip_host;  /* drop the host where no rule matches */
    bool tag_digests; /* what has only a digest gets the tag "digest-sha256-<hex>" */
    const struct mapping_rule *rules; /* of the same kind, the longest wins; borrowed */
    size_t rule_count;
    /* Or everything goes into the repository of one name, which also gives its tag, if it
     * has one, to the image exact_for; borrowed.  NULL: by the rules. */
    const struct reference *exact, *exact_for;
};

/* The tag of what has only a digest; false: the digest is too long for one. */
bool mapping_digest_tag(const struct digest *digest, char tag[REFERENCE_TAG_MAX + 1]);

/*
 * Map the name of an image to its name at the target.  Tag and digest stay, unless a rule
 * for that name has a tag.
 * Errors: ERR_USAGE - two rules match equally well, the path is too long, or the host
 * makes no legal component (IPv6): the hint names --strip-host and --map.
 */
MUST_USE int mapping_apply(const struct mapping *map, const struct reference *from,
                           struct reference *to, struct err *err);

#endif
