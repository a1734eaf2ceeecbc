/* SPDX-License-Identifier: Apache-2.0 */
/* policy_fields.h - read and check single fields of policy.json.
 *
 * Layer: trust.
 */
#ifndef TRUST_POLICY_FIELDS_H
#define TRUST_POLICY_FIELDS_H

#include "io/json/json.h"

#include <stdbool.h>
#include <stdint.h>

#define POLICY_MAX         (256U * 1024) /* bytes of policy.json */
#define POLICY_NAME_MAX    64  /* characters of the name of a signer, a stream, a file */
#define POLICY_PATTERN_MAX 600 /* characters of a target */
#define POLICY_LIST_MAX    256 /* signers, streams, keys of one signer, ... */

/* A list of strings, owned. */
struct policy_texts {
    char **items;
    size_t count;
};

#define policy_error(err, ...) err_set(err, ERR_USAGE, __VA_ARGS__)

void policy_texts_release(struct policy_texts *t);

/* Letters, digits, '.', '_', '-'; never a path. */
bool policy_is_name(const char *text);
/* Printable, at most max long; a star only at the end. */
bool policy_is_pattern(const char *text, size_t max);
bool policy_is_text(const char *text);

MUST_USE int policy_check_keys(const struct js *obj, const char *const *known,
                               struct err *err);

/* The index of one of the words, which end with NULL; fallback when the key is absent. */
MUST_USE int policy_read_word(const struct js *obj, const char *key,
                              const char *const *words, int fallback, int *out,
                              struct err *err);

/* 1 present, 0 absent, -1. */
int policy_read_number(const struct js *obj, const char *key, uint64_t min, uint64_t max,
                       uint64_t *out, struct err *err);

/* An array of distinct strings; absent is empty. */
MUST_USE int policy_read_texts(const struct js *obj, const char *key,
                               bool (*is_good)(const char *text),
                               struct policy_texts *out, struct err *err);

#endif
