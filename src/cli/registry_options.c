/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/registry_options.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "io/http/http.h"
#include "io/http/http_proxy.h"
#include "oci/reference.h"
#include "registry/config/certs_d.h"
#include "registry/config/mirrors_file.h"
#include "registry/credentials/credentials_default.h"

#include <string.h>
#include <unistd.h>

enum {
    CREDS_MAX = 64 * 1024, /* bytes of USER:PASSWORD */
    RETRIES = 5,           /* consecutive failures without progress */
    FIRST_RETRIES = 2,     /* for a server that has never answered */
};

static int
read_creds(struct credentials *credentials, const char *host, struct err *err)
{
    struct buf text = BUF_INIT(CREDS_MAX);
    int rc = file_slurp_fd(STDIN_FILENO, "standard input", &text, err);

    if (rc == 0)
        rc =
            credentials_add(credentials, host, text.data ? text.data : "", text.len, err);
    secret_wipe(text.data, text.cap);
    buf_release(&text);
    return rc < 0 ? err_wrap(err, "--creds-stdin") : 0;
}

/* Report it now rather than at the first request. */
static int
check_readable(const char *path, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    uint64_t size;

    fd = file_open_regular(path, &size, err);
    return fd < 0 ? -1 : 0;
}

/* Report errors of these files now rather than at the first request. */
static int
check_files(const struct registry_options *options, struct err *err)
{
    if (options->ca_file && check_readable(options->ca_file, err) < 0)
        return err_wrap(err, "--ca-file");
    if (options->tls_key && !options->tls_cert)
        return err_set(err, ERR_USAGE, "--tls-key requires --tls-cert");
    if (!options->tls_cert)
        return 0;
    if (check_readable(options->tls_cert, err) < 0)
        return err_wrap(err, "--tls-cert");
    if (certs_d_check_key(options->tls_key ? options->tls_key : options->tls_cert, err) <
        0)
        return err_wrap(err, options->tls_key ? "--tls-key" : "--tls-cert");
    return 0;
}

/* No stray traffic in an isolated network: a push uses no proxy unless told to. */
static int
read_proxy(const struct registry_options *options, struct client_config *config,
           struct err *err)
{
    config->proxy = options->proxy     ? options->proxy
                    : config->may_push ? NULL
                                       : HTTP_PROXY_ENVIRONMENT;
    if (options->proxy && http_proxy_check(options->proxy, err) < 0)
        return err_wrap(err, "--proxy");
    return config->proxy && strcmp(config->proxy, HTTP_PROXY_ENVIRONMENT) == 0
               ? http_proxy_check_environment(err)
               : 0;
}

/* Retries, timeouts and the rate limit. */
static int
read_pace(const struct registry_options *options, struct client_config *config,
          struct err *err)
{
    static const uint64_t slowest = 1024, fastest = UINT64_C(1) << 40;
    const char *rate = options->limit_rate;

    config->retries =
        options->retries.is_set ? (unsigned)options->retries.value : RETRIES;
    config->first_retries = options->retries.is_set ? config->retries : FIRST_RETRIES;
    if (rate && (text_bytes(rate, strlen(rate), fastest, &config->limit_rate) < 0 ||
                 config->limit_rate < slowest))
        return err_set(
            err, ERR_USAGE,
            "--limit-rate requires at least 1K bytes per second, such as 512K or 2M");
    return 0;
}

static int
check_hosts(const char *option, const struct opt_list *hosts, struct err *err)
{
    for (size_t i = 0; i < hosts->count; i++) {
        const char *host = hosts->items[i];
        char safe[TEXT_SAFE_MAX];

        if (reference_refuse_user(host, strlen(host), err) < 0)
            return err_wrap(err, "%s", option);
        text_safe(safe, host, strlen(host));
        if (!reference_is_host(host))
            return err_set(err, ERR_USAGE, "%s '%s': expected HOST or HOST:PORT", option,
                           safe);
    }
    return 0;
}

static int
check_connection(const struct registry_options *options, struct err *err)
{
    return check_files(options, err) < 0 ||
                   check_hosts("--plain-http", &options->plain_http, err) < 0 ||
                   check_hosts("--trust-realm", &options->trust_realm, err) < 0
               ? -1
               : 0;
}

/* With the credentials that are there. */
static int
open_client(struct registry_access *out, const struct registry_options *options,
            struct runtime *rt, bool may_push, struct err *err)
{
    out->config = (struct client_config){
        .ca_file = options->ca_file,
        .plain_hosts = options->plain_http.items,
        .plain_count = options->plain_http.count,
        .trusted_realms = options->trust_realm.items,
        .realm_count = options->trust_realm.count,
        .tls_cert = options->tls_cert,
        .tls_key = options->tls_key,
        .may_push = may_push,
        .sessions = rt->run.jobs,
        .credentials = out->credentials,
        .run = &rt->run,
    };
    if (!may_push) { /* a push goes only where the user directs it */
        out->config.routes = out->routes = mirrors_new();
        if (mirrors_load_default(out->routes, err) < 0)
            return -1;
    }
    if (read_proxy(options, &out->config, err) < 0 ||
        read_pace(options, &out->config, err) < 0)
        return -1;
    out->client = client_new(&out->config);
    return 0;
}

int
registry_access_open(struct registry_access *out, const struct registry_options *options,
                     struct runtime *rt, bool may_push, struct err *err)
{
    int rc;

    if (check_connection(options, err) < 0)
        return -1;
    out->credentials = credentials_new(&rt->run);
    if (options->creds_stdin &&
        read_creds(out->credentials, options->creds_stdin, err) < 0)
        return -1;
    rc = options->authfile ? credentials_load(out->credentials, options->authfile, err)
                           : credentials_load_default(out->credentials, err);
    return rc < 0 ? -1 : open_client(out, options, rt, may_push, err);
}

int
registry_access_open_as(struct registry_access *out,
                        const struct registry_options *options, struct runtime *rt,
                        const char *host, const struct secret *pair, struct err *err)
{
    if (check_connection(options, err) < 0)
        return -1;
    out->credentials = credentials_new(&rt->run);
    if (credentials_add(out->credentials, host, secret_get(pair), pair->len, err) < 0)
        return -1;
    return open_client(out, options, rt, false, err);
}

/* Either by the name as it is, or along a way of it that goes by digest or by tag. */
static bool
is_reached(const struct registry_access *a, const struct reference *name)
{
    bool found = credentials_are_added(a->credentials, name->host);

    for (int by_digest = 0; !found && by_digest < 2; by_digest++) {
        CLEANUP(route_release) struct route route = ROUTE_INIT;

        if (mirrors_find(a->routes, name->host, name->path, by_digest == 1, &route,
                         err_ignored()) < 0)
            continue; /* it is blocked, which is reported later */
        for (size_t i = 0; i < route.count; i++)
            found |= credentials_are_added(a->credentials, route.stops[i].host);
    }
    return found;
}

int
registry_access_check_names(const struct registry_access *a,
                            const struct registry_options *options,
                            const struct reference_list *names, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    for (size_t i = 0; options->creds_stdin && i < names->count; i++) {
        if (is_reached(a, &names->items[i]))
            return 0;
    }
    if (!options->creds_stdin)
        return 0;
    text_safe(safe, options->creds_stdin, strlen(options->creds_stdin));
    return err_set(
        err, ERR_USAGE,
        "--creds-stdin '%s' is not the registry of any name, nor a mirror of it", safe);
}

int
registry_access_check_target(const struct registry_access *a,
                             const struct registry_options *options,
                             const struct target *target, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    if (!options->creds_stdin || credentials_are_added(a->credentials, target->host))
        return 0;
    text_safe(safe, options->creds_stdin, strlen(options->creds_stdin));
    return err_set(err, ERR_USAGE, "--creds-stdin '%s' is not the target's registry '%s'",
                   safe, target->host);
}

static struct client *
second_client(struct registry_access *a, bool may_push)
{
    a->push_config = a->config;
    a->push_config.may_push = may_push;
    a->push_config.routes = NULL;
    a->pusher = client_new(&a->push_config);
    return a->pusher;
}

struct client *
registry_access_pusher(struct registry_access *a)
{
    return second_client(a, true);
}

struct client *
registry_access_direct(struct registry_access *a)
{
    return second_client(a, false);
}

void
registry_access_release(struct registry_access *a)
{
    client_free(a->pusher);
    client_free(a->client);
    mirrors_release(&a->routes);
    credentials_release(&a->credentials);
    *a = (struct registry_access)REGISTRY_ACCESS_INIT;
}

void
registry_options_files(struct files *f)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;

    credentials_default_files(&names);
    for (size_t i = 0; i < names.count; i++)
        files_add(f, FILE_READ, "the credentials in", names.items[i]);
}

void
trust_options_files(const struct trust_options *options, struct files *f)
{
    if (options->keys.count == 0)
        files_add_store(f, options->dir);
}

static int
load_keys(const struct opt_list *paths, struct trust_store *out, struct err *err)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (trust_keys_add(&out->keys, paths->items[i], err) < 0)
            return -1;
    }
    return 0;
}

static int
load_trust(const struct trust_options *options, const char *key, struct trust_store *out,
           struct err *err)
{
    bool has_keys = options->keys.count > 0;
    struct err why = ERR_INIT;

    if (options->skip && has_keys)
        return err_set(err, ERR_USAGE,
                       "%s and --insecure-skip-verify are mutually exclusive", key);
    if (options->dir && has_keys)
        return err_set(err, ERR_USAGE, "%s and --trust are mutually exclusive", key);
    if (has_keys)
        return load_keys(&options->keys, out, err);
    if (trust_store_open(out, options->dir, &why) == 0)
        return 0;
    /* Without signature checks no key is needed; but an existing policy applies. */
    if (options->skip && why.reason == REASON_NO_TRUST)
        return 0;
    *err = why;
    return -1;
}

int
trust_options_load(const struct trust_options *options, const char *key,
                   struct trust_store *out, const struct events *events, struct err *err)
{
    if (load_trust(options, key, out, err) < 0)
        return -1;
    trust_store_warn(out, clock_now(), events);
    return 0;
}

struct trust_wishes
trust_options_wishes(const struct trust_options *options)
{
    return (struct trust_wishes){.rollback = options->allow_rollback,
                                 .expired = options->allow_expired,
                                 .incomplete = options->allow_incomplete};
}

int
registry_operand_read(char out[REFERENCE_HOST_MAX + 1], const char *text, struct err *err)
{
    size_t len = strlen(text);
    char safe[TEXT_SAFE_MAX];

    if (reference_refuse_user(text, len, err) < 0)
        return -1;
    if (reference_host(out, text, len, err_ignored()) == 0)
        return 0;
    text_safe(safe, text, len);
    return err_set(err, ERR_USAGE, "'%s' is not a registry: expected HOST or HOST:PORT",
                   safe);
}

int
stdin_users_check(const char *const *users, size_t count, struct err *err)
{
    const char *first = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!users[i])
            continue;
        if (first)
            return err_set(err, ERR_USAGE, "%s and %s both read standard input", first,
                           users[i]);
        first = users[i];
    }
    return 0;
}
