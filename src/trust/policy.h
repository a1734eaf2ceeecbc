/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - policy.json: which signers may sign which streams, under which conditions.
 *
 * Layer: trust.
 * Source: docs/trust.md, "policy.json".
 */
#ifndef TRUST_POLICY_H
#define TRUST_POLICY_H

#include "base/digest.h"
#include "trust/policy_fields.h"

#include <stdbool.h>
#include <stdint.h>

/* The time at which a certificate chain must be valid. */
enum policy_time {
    POLICY_TIME_CREATED, /* the time stated in the bundle: the default */
    POLICY_TIME_NOW,
    POLICY_TIME_NONE, /* not checked */
};

/* The certificates of a signer.  One of subject, sans, spki is given. */
struct policy_x509 {
    struct policy_texts anchors; /* files in ca/ */
    char *subject;               /* "CN=...,O=...", or NULL */
    struct policy_texts sans;    /* "email:...", "dns:...", "uri:...": one must match */
    bool has_spki;
    struct digest spki; /* key id of the leaf */
    bool requires_crl;  /* "crl":"require": without a list no signature counts */
    enum policy_time time;
};

struct policy_signer {
    char name[POLICY_NAME_MAX + 1];
    struct policy_texts keys; /* files in keys/; none for a signer by certificate */
    bool is_x509;
    struct policy_x509 x509;
    bool has_not_after;
    uint64_t not_after; /* epoch seconds: bundles created later do not count */
};

/* A number of different signers out of a set. */
struct policy_quorum {
    size_t *signers; /* indexes into policy.signers */
    size_t count;
    uint64_t threshold;
};

struct policy_stream {
    char pattern[POLICY_NAME_MAX + 1]; /* a name, or a prefix and '*' */
    struct policy_quorum quorum;
    bool has_max_age;
    uint64_t max_age_days;
    bool may_go_back;            /* "rollback":"allow" */
    struct policy_texts targets; /* patterns of HOST/REPOSITORY; none: any target */
    uint64_t epoch;              /* state recorded under a lower epoch is void */
};

enum policy_clock {
    POLICY_CLOCK_AUTO, /* the later of the clock and the newest time seen: the default */
    POLICY_CLOCK_TRUSTED,   /* the same; bundles from the future are rejected */
    POLICY_CLOCK_UNTRUSTED, /* only the newest time seen */
};

struct policy {
    uint64_t version;
    struct policy_signer *signers;
    size_t signer_count;
    struct policy_stream *streams;
    size_t stream_count;
    bool accepts_other_streams; /* "default":"accept": any one signer is sufficient */
    enum policy_clock clock;
    bool may_roll_back, may_be_expired; /* "overrides" */
    bool may_skip;                      /* "allow_insecure" */
    bool has_root;
    struct policy_quorum root; /* signers of the next version of the store */
};

#define POLICY_INIT                                                                      \
    {                                                                                    \
        .signers = NULL                                                                  \
    }

/*
 * Parse it: no unknown keys, no duplicate keys, every signer that is named exists.
 * Errors: ERR_USAGE with place and cause.  *out is then untouched.
 */
MUST_USE int policy_parse(struct policy *out, const char *text, size_t len,
                          struct err *err);
void policy_release(struct policy *p);

/* The rule for a stream: its exact name first, then the longest prefix; or NULL. */
const struct policy_stream *policy_stream_for(const struct policy *p, const char *stream);

/* Whether text equals the pattern, or begins with the part before its final '*'. */
bool policy_matches(const char *pattern, const char *text);

/* Whether images may be pushed there.  target: HOST/REPOSITORY. */
bool policy_allows_target(const struct policy_stream *s, const char *target);

#endif
