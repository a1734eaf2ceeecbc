/* SPDX-License-Identifier: Apache-2.0 */
/* err.h - why an operation failed, and which exit code that means.
 *
 * Every function that can fail takes a struct err * last, returns -1 (or NULL) on failure
 * and 0 (or a value) on success.  *err is written only on failure, outputs only on
 * success. Each layer adds its context once with err_wrap().
 *
 * Layer: base.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/cleanup.h"

/* The exit codes of sealift(1), "EXIT STATUS": scripts rely on them, never renumber. */
enum err_kind {
    ERR_NONE = 0,
    ERR_INTERNAL = 1, /* a bug, or a library failed in a way it never should */
    ERR_USAGE = 2,    /* options, references, lists, names that collide */
    ERR_AUTH = 3,     /* credentials or passphrase refused, missing or unsafe to send */
    ERR_NETWORK = 4,  /* could not connect, or gave up after retries */
    ERR_PROTOCOL =
        5, /* a server violated the specification, or a feature is not supported */
    ERR_INTEGRITY = 6, /* bytes do not match their digest or the format */
    ERR_TRUST = 7,     /* signature, key, policy */
    ERR_LOCAL = 8,     /* disk, permission, space */
    ERR_NOT_FOUND = 9, /* the named image, blob or file does not exist */
    ERR_PARTIAL = 10,  /* with --keep-going: some items failed */
    ERR_LIMIT = 11,    /* a documented bound was exceeded */
    ERR_CONFLICT = 12, /* a tag has another digest; the output exists */
    ERR_DIFFER = 13,   /* a comparison found differences */
    ERR_SIGNAL = 128,  /* stopped by signal n; the exit code is 128 + n */
};

/*
 * The reason as one word for scripts, listed in sealift-errors(5).  One table of names
 * and words. Two names may share a word where scripts need no distinction but hints do.
 */
#define ERR_REASONS(X)                                                                   \
    X(ALSO_LAYOUT, "also-layout")                                                        \
    X(ARCHIVE_OPERAND, "transport")                                                      \
    X(BAD_SIGNATURE, "bad-signature")                                                    \
    X(BROKEN_BLOB, "broken-blob")                                                        \
    X(CERTIFICATE, "tls")                                                                \
    X(CHANGED, "changed")                                                                \
    X(CLOCK, "clock")                                                                    \
    X(COLLISION, "collision")                                                            \
    X(COMPOSE, "compose")                                                                \
    X(CUT_AREA, "in-place")                                                              \
    X(DIGEST, "digest")                                                                  \
    X(DROPPED_REFERRERS, "dropped-referrers")                                            \
    X(DUPLICATE, "duplicate")                                                            \
    X(EMPTY_PASSPHRASE, "empty-passphrase")                                              \
    X(EQUIVOCATION, "equivocation")                                                      \
    X(EXISTS, "exists")                                                                  \
    X(EXPIRED, "expired")                                                                \
    X(EXTRA, "extra")                                                                    \
    X(FEWER_PLATFORMS, "fewer-platforms")                                                \
    X(FILE_TOO_LARGE, "file-too-large")                                                  \
    X(FOREIGN_LAYER, "foreign-layer")                                                    \
    X(FORMAT, "format")                                                                  \
    X(HEADER, "header")                                                                  \
    X(IMAGE_ARCHIVE, "format")                                                           \
    X(INCOMPLETE, "incomplete")                                                          \
    X(INCOMPLETE_BUNDLE, "incomplete-bundle")                                            \
    X(INCOMPLETE_INDEX, "incomplete-index")                                              \
    X(INTERRUPTED_SIGN, "interrupted-sign")                                              \
    X(IN_FORCE, "in-force")                                                              \
    X(IN_PLACE, "in-place")                                                              \
    X(IN_USE, "in-use")                                                                  \
    X(JSON, "json")                                                                      \
    X(LACKS_PLATFORM, "platform-missing")                                                \
    X(LAYER, "layer")                                                                    \
    X(LIST_FILE, "format")                                                               \
    X(LIST_LINE, "list-line")                                                            \
    X(LIST_OPERAND, "list-line")                                                         \
    X(LOGIN, "login")                                                                    \
    X(MISSING, "missing")                                                                \
    X(NOT_TLS, "not-tls")                                                                \
    X(NO_CA, "no-ca")                                                                    \
    X(NO_CATALOG, "no-catalog")                                                          \
    X(NO_CERTIFICATE, "no-certificate")                                                  \
    X(NO_HELPER, "no-helper")                                                            \
    X(NO_KEY, "no-key")                                                                  \
    X(NO_LOGIN, "no-login")                                                              \
    X(NO_NAME, "no-name")                                                                \
    X(NO_NEW_PASSPHRASE, "no-passphrase")                                                \
    X(NO_PASSPHRASE, "no-passphrase")                                                    \
    X(NO_ROOM, "no-room")                                                                \
    X(NO_SIGNER, "stream")                                                               \
    X(NO_SIGNING_KEY, "no-key")                                                          \
    X(NO_PLATFORM, "platform-missing")                                                   \
    X(NO_TRUST, "no-trust")                                                              \
    X(NOT_STATIC, "not-static")                                                          \
    X(ONE_PLATFORM, "one-platform")                                                      \
    X(ORDER, "order")                                                                    \
    X(OTHER_BYTES, "bad-signature")                                                      \
    X(OTHER_FILE, "format")                                                              \
    X(OVERRIDE_DENIED, "override-denied")                                                \
    X(PADDING, "padding")                                                                \
    X(PLAIN_HTTP, "plain-http")                                                          \
    X(PRIVATE_ADDRESS, "private-address")                                                \
    X(PROXY_PASSWORD, "visible-password")                                                \
    X(PUBLIC_KEY_FILE, "format")                                                         \
    X(REBUILT, "rebuilt")                                                                \
    X(RECEIPT, "receipt")                                                                \
    X(RECEIPT_FILE, "format")                                                            \
    X(REFERRERS, "referrers")                                                            \
    X(REFUSED, "refused")                                                                \
    X(REPACKED, "format")                                                                \
    X(REVOKED, "revoked")                                                                \
    X(ROLLBACK, "rollback")                                                              \
    X(SERIAL, "serial")                                                                  \
    X(SIGNATURE_FILE, "format")                                                          \
    X(SIGNED_LATE, "expired")                                                            \
    X(SIZE, "size")                                                                      \
    X(SKIPPED, "platform-missing")                                                       \
    X(SOURCE, "source")                                                                  \
    X(SPARSE_INDEX, "sparse-index")                                                      \
    X(STATE, "state")                                                                    \
    X(STREAM, "stream")                                                                  \
    X(SUMS, "sums")                                                                      \
    X(TARGET, "target")                                                                  \
    X(TEMPLATE, "template")                                                              \
    X(THRESHOLD, "threshold")                                                            \
    X(TLS, "tls")                                                                        \
    X(TOKEN_SERVER, "token-server")                                                      \
    X(TRANSPORT, "transport")                                                            \
    X(TRAILING, "trailing")                                                              \
    X(TRUNCATED, "truncated")                                                            \
    X(UNBUILT, "unbuilt")                                                                \
    X(UNKNOWN_KEY, "unknown-signer")                                                     \
    X(UNKNOWN_SIGNER, "unknown-signer")                                                  \
    X(UNMAPPABLE, "unmappable")                                                          \
    X(UNSIGNED, "unsigned")                                                              \
    X(UNTAGGED, "untagged")                                                              \
    X(UNUSED_MAP, "unused-map")                                                          \
    X(UPDATE_FILE, "format")                                                             \
    X(USER_IN_NAME, "visible-password")                                                  \
    X(VARIABLE, "variable")                                                              \
    X(YAML, "yaml")

#define ERR_REASON_CONSTANT(name, word) REASON_##name,
enum err_reason { REASON_NONE, ERR_REASONS(ERR_REASON_CONSTANT) REASON_COUNT };
#undef ERR_REASON_CONSTANT

/* Caller-owned and without heap: reporting a failure cannot fail. */
struct err {
    enum err_kind kind;
    int signal; /* with ERR_SIGNAL: its number */
    enum err_reason reason;
    char msg[640];     /* one line, no capital, no full stop; see text_line() */
    char hint[400];    /* what to do next, or empty; names no option and no command */
    char subject[264]; /* what the hint quotes, such as a host; or empty */
};

#define ERR_INIT                                                                         \
    {                                                                                    \
        .kind = ERR_NONE                                                                 \
    }

/* Record a failure; replaces what *err held.  Always -1: "return err_set(...)". */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);

/*
 * A sink for errors that nothing depends on: one per thread, overwritten by the next
 * error. Functions that inspect their own *err can be called without a local struct err.
 */
struct err *err_ignored(void);

/* err_set() with a reason. */
int err_because(struct err *err, enum err_kind kind, enum err_reason reason,
                const char *fmt, ...) PRINTF(4, 5);

/* err_set(ERR_LOCAL) with ": " and the text of errno appended. */
int err_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* Put "context: " before the message; kind, reason and hint stay.  Always -1. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/*
 * Add what to do about it; the innermost hint wins.  Commands and options to type are not
 * named here: they depend on the command, and cli/hints.h finds them by the reason.
 * Always -1.
 */
int err_hint(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* Set what the hint for the reason quotes, as the user would type it.  Always -1. */
int err_subject(struct err *err, const char *subject);

/* The kind as the word --json prints: "usage", "not-found", ... */
const char *err_kind_name(enum err_kind kind);

/* The word that --json prints; NULL for REASON_NONE. */
const char *err_reason_word(enum err_reason reason);

/* The exit status for *err. */
int err_exit_code(const struct err *err);

#endif
