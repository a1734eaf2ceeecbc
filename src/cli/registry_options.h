/* SPDX-License-Identifier: Apache-2.0 */
/* registry_options.h - options shared by several commands.
 *
 * Layer: cli.
 */
#ifndef CLI_REGISTRY_OPTIONS_H
#define CLI_REGISTRY_OPTIONS_H

#include "base/run.h"
#include "cli/files.h"
#include "cli/opt.h"
#include "cli/progress.h"
#include "oci/mapping.h"
#include "oci/reference_list.h"
#include "render/result.h"
#include "registry/connection/client.h"
#include "trust/verdict.h"

#define TOOL_NAME_VERSION PACKAGE_NAME "/" PACKAGE_VERSION

enum { JOBS_DEFAULT = 16 };

/* Options of every command, as the first member of its options. */
struct common_options {
    struct opt_number jobs, progress_interval;
    bool quiet, wide, json, help;
    unsigned verbose; /* how often -v was given */
    const char *progress, *report;
};

#define COMMON_OPTIONS(T)                                                                \
    GROUP("General"),                                                                    \
        NUMBER(T, common.jobs, 'j', "jobs", "N", 64,                                     \
               "run up to N jobs in parallel (default 16)"),                             \
        FLAG(T, common.quiet, 'q', "quiet", "print only warnings and errors"),           \
        TALLY(T, common.verbose, 'v', "verbose",                                         \
              "print debug messages and requests; twice: also headers"),                 \
        TEXT(T, common.progress, 0, "progress", "MODE",                                  \
             "show progress as: auto, tty, plain, json or none",                         \
             .choices = "auto tty plain json none"),                                     \
        NUMBER(                                                                          \
            T, common.progress_interval, 0, "progress-interval", "SECONDS",              \
            PROGRESS_SECONDS_MAX,                                                        \
            "time between two lines of progress in a log (default 5; 0: every change)"), \
        FLAG(T, common.wide, 0, "wide",                                                  \
             "on a terminal, print tables with whole names and digests"),                \
        FLAG(T, common.json, 0, "json", "print the result as one JSON object",           \
             .family = "json"),                                                          \
        FILE_TEXT(T, common.report, 0, "report", "FILE", OPT_WRITES,                     \
                  "write that JSON object to FILE", .family = "report"),                 \
        FLAG(T, common.help, 'h', "help", "show this help", .from = OPT_FROM_LINE)

/* Options of commands that talk to registries. */
struct registry_options {
    const char *authfile, *creds_stdin, *ca_file, *tls_cert, *tls_key, *proxy;
    struct opt_list plain_http, trust_realm;
    struct opt_number retries;
    const char *limit_rate;
};

/* How registries are reached. */
#define CONNECTION_OPTIONS(T)                                                            \
    FILE_TEXT(T, registry.ca_file, 0, "ca-file", "FILE", OPT_READS,                      \
              "trust the CA certificates in FILE instead of those of the system"),       \
        FILE_TEXT(T, registry.tls_cert, 0, "tls-cert", "FILE", OPT_READS,                \
                  "client certificate for registries that require one",                  \
                  .family = "tls"),                                                      \
        FILE_TEXT(T, registry.tls_key, 0, "tls-key", "FILE", OPT_READS,                  \
                  "its private key, if in another file", .family = "tls",                \
                  .needs = "tls-cert"),                                                  \
        TEXT(T, registry.proxy, 0, "proxy", "URL",                                       \
             "use this proxy, or with 'env' that of the environment", .choices = "env"), \
        LIST(T, registry.plain_http, 0, "plain-http", "HOST",                            \
             "use HTTP without TLS for HOST[:PORT] (repeatable)",                        \
             .from = OPT_FROM_SYSTEM),                                                   \
        LIST(T, registry.trust_realm, 0, "trust-realm", "HOST",                          \
             "send credentials to the token server HOST[:PORT] of a registry on "        \
             "another host (repeatable)",                                                \
             .from = OPT_FROM_SYSTEM),                                                   \
        NUMBER(T, registry.retries, 0, "retries", "N", 1000,                             \
               "retry transient failures up to N times in a row (default 5)")

#define REGISTRY_OPTIONS(T)                                                              \
    GROUP("Registries"),                                                                 \
        FILE_TEXT(                                                                       \
            T, registry.authfile, 0, "authfile", "FILE", OPT_READS,                      \
            "read credentials from FILE instead of the files of docker and podman"),     \
        TEXT(T, registry.creds_stdin, 0, "creds-stdin", "HOST",                          \
             "read USER:PASSWORD for HOST from standard input"),                         \
        CONNECTION_OPTIONS(T),                                                           \
        TEXT(T, registry.limit_rate, 0, "limit-rate", "N[KMG]",                          \
             "transfer at most N bytes per second in total")

/* Options of commands that check signatures. */
struct trust_options {
    struct opt_list keys, signatures;
    const char *dir;
    bool skip;
    bool allow_rollback, allow_incomplete;
    const char *allow_expired;
};

#define TRUST_OPTIONS(T)                                                                 \
    GROUP("Trust"),                                                                      \
        FILE_LIST(                                                                       \
            T, trust.keys, 0, "key", "PUB", OPT_READS,                                   \
            "accept bundles signed with this public key (repeatable; one must match)",   \
            .from = OPT_FROM_SYSTEM, .family = "trust"),                                 \
        FILE_TEXT(T, trust.dir, 0, "trust", "DIR", OPT_BY_COMMAND,                       \
                  "use this trust store (default " STORE_DEFAULTS ")",                   \
                  .from = OPT_FROM_SYSTEM, .family = "trust"),                           \
        FLAG(T, trust.allow_rollback, 0, "allow-rollback",                               \
             "accept an older bundle than the last, where the policy allows it",         \
             .from = OPT_FROM_LINE),                                                     \
        TEXT(T, trust.allow_expired, 0, "allow-expired", "REASON",                       \
             "accept an expired bundle, where the policy allows it; REASON is recorded", \
             .from = OPT_FROM_LINE),                                                     \
        FLAG(T, trust.allow_incomplete, 0, "allow-incomplete",                           \
             "accept a bundle with objects missing that its export could not fetch",     \
             .from = OPT_FROM_LINE),                                                     \
        FILE_LIST(T, trust.signatures, 0, "signature", "FILE", OPT_READS,                \
                  "also use the signature in FILE (repeatable)"),                        \
        FLAG(T, trust.skip, 0, "insecure-skip-verify",                                   \
             "do not check signatures, only digests; recorded in the result",            \
             .from = OPT_FROM_LINE, .family = "trust")

/* Derived from the common options by main(). */
struct runtime {
    const struct common_options *common;
    const unsigned char *sources; /* of the options: see opt_is_typed() */
    struct progress *progress;
    struct run run;
};

/* The credentials and the client of a run. */
struct registry_access {
    struct credentials *credentials;
    struct mirrors *routes; /* for an export */
    struct client_config config;
    struct client *client;
    struct client_config push_config;
    struct client *pusher;
};

#define REGISTRY_ACCESS_INIT                                                             \
    {                                                                                    \
        .credentials = NULL                                                              \
    }

/* Errors: ERR_USAGE, and those of credentials.h. */
MUST_USE int registry_access_open(struct registry_access *out,
                                  const struct registry_options *options,
                                  struct runtime *rt, bool may_push, struct err *err);
/* As registry_access_open(), with only these credentials, "USER:PASSWORD" for a host. */
MUST_USE int registry_access_open_as(struct registry_access *out,
                                     const struct registry_options *options,
                                     struct runtime *rt, const char *host,
                                     const struct secret *pair, struct err *err);
/* A second client with the same credentials, which pushes and uses no mirrors. */
struct client *registry_access_pusher(struct registry_access *a);
/* One that uses no mirrors either, and does not push. */
struct client *registry_access_direct(struct registry_access *a);
void registry_access_release(struct registry_access *a);

/*
 * Check that the credentials of --creds-stdin are for a registry, or a mirror, of one of
 * the names, or for the target: others would never be used. Errors: ERR_USAGE.
 */
MUST_USE int registry_access_check_names(const struct registry_access *a,
                                         const struct registry_options *options,
                                         const struct reference_list *names,
                                         struct err *err);
MUST_USE int registry_access_check_target(const struct registry_access *a,
                                          const struct registry_options *options,
                                          const struct target *target, struct err *err);

/* Record further files of these options: those of the trust store, and the sources of
 * credentials and mirrors. */
void trust_options_files(const struct trust_options *options, struct files *f);
void registry_options_files(struct files *f);

/*
 * Load the keys given, or the trust store; warns of weaknesses.  key: the option for
 * keys. Errors: ERR_USAGE - keys given together with --trust or --insecure-skip-verify;
 * those of keys.h and store.h.
 */
MUST_USE int trust_options_load(const struct trust_options *options, const char *key,
                                struct trust_store *out, const struct events *events,
                                struct err *err);
struct trust_wishes trust_options_wishes(const struct trust_options *options);

/*
 * The operand REGISTRY of a command: HOST or HOST:PORT, in the form of references.
 * Errors: ERR_USAGE.
 */
MUST_USE int registry_operand_read(char out[REFERENCE_HOST_MAX + 1], const char *text,
                                   struct err *err);

/* Check that at most one of these reads standard input.  Errors: ERR_USAGE. */
MUST_USE int stdin_users_check(const char *const *users, size_t count, struct err *err);

#endif
