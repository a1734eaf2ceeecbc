/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/referrers.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"
#include "registry/attached_tags.h"
#include "registry/connection/client_internal.h"
#include "registry/exchange_error.h"
#include "registry/mirror_fallback.h"
#include "registry/pages.h"
#include "registry/pull.h"
#include "registry/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- entries of an index ---- */

static int
take_index(struct referrers *out, const struct buf *body, struct err *err)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;

    if (document_parse(&doc, body->data ? body->data : "", body->len, MEDIA_OCI_INDEX,
                       ERR_PROTOCOL, err) < 0)
        return err_wrap(err, "the list of referrers");
    return referrers_add(out, &doc, err);
}

/* ---- the API ---- */

/* Whether the manifest can be read with the same authorization. */
static bool
can_read(const struct pages *p, const struct digest *digest)
{
    return pull_look_for(p->session, p->repo, digest, NULL, err_ignored()) == 1;
}

/* Registries without the API answer in many ways, some by redirecting to a web site. */
static bool
is_no_api(const struct pages *p, const struct answer *a, const struct digest *digest)
{
    if (a->elsewhere || (a->http.status >= 300 && a->http.status < 400))
        return true;
    switch (a->http.status) {
    case 200: /* of another type */
    case 400:
    case 404:
    case 405:
    case 406:
    case 410:
    case 415:
    case 422:
    case 501:
        return true;
    case 401:
    case 403:
        return can_read(p, digest);
    default:
        return false;
    }
}

/* Not every such answer is about the API: some lack just this repository or manifest. */
static bool
is_about_subject(const struct answer *a)
{
    return exchange_has_code(a, "NAME_UNKNOWN") ||
           exchange_has_code(a, "MANIFEST_UNKNOWN");
}

static bool
is_index(const struct answer *a)
{
    char type[MEDIA_TYPE_MAX + 1];

    return a->http.status == 200 &&
           media_type_of_header(http_header(&a->http, "content-type", 0), type) &&
           strcmp(type, MEDIA_OCI_INDEX) == 0;
}

static int
ask_pages(struct pages *p, const struct digest *digest, struct referrers *out,
          struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    int rc;

    while ((rc = pages_next(p, &a, err)) == 1) {
        struct call call = {.repo = p->repo, .request = {.method = "GET", .url = a.url}};

        if (!is_index(&a) && p->count == 1 && is_no_api(p, &a, digest)) {
            out->refusal = is_about_subject(&a) ? 0 : a.http.status;
            return 0;
        }
        if (!is_index(&a)) {
            exchange_error(&call, &a, err);
            if (p->count > 1) /* the API exists, but is broken */
                err->kind = ERR_PROTOCOL;
            return -1;
        }
        if (exchange_check_encoding(&a.http, err) < 0 ||
            take_index(out, &a.http.body, err) < 0)
            return -1;
    }
    return rc < 0 ? -1 : 1;
}

int
referrers_ask(struct session *s, const struct repository *repo,
              const struct digest *digest, struct referrers *out, struct err *err)
{
    CLEANUP(pages_release) struct pages p = {.session = NULL};
    CLEANUP(mem_free_string) char *rest = NULL;
    char text[DIGEST_TEXT_MAX];
    int rc = -1;

    digest_text(digest, text);
    rest = xasprintf("referrers/%s", text);
    if (pages_begin(&p, s, repo, rest, NULL, "Accept: " MEDIA_OCI_INDEX, err) == 0)
        rc = ask_pages(&p, digest, out, err);
    return rc < 0 ? err_wrap(err, "referrers of %s", text) : rc;
}

/* ---- the fallback tag ---- */

enum list_state { LIST_ABSENT, LIST_THERE, LIST_IS_SUBJECT };

/* Some registries treat sha256-HEX as the digest sha256:HEX. */
static bool
is_subject(const struct pulled *got, const struct digest *subject)
{
    struct digest own;

    return hash_bytes(subject->alg, got->bytes.data, got->bytes.len, &own,
                      err_ignored()) == 0 &&
           digest_equal(&own, subject);
}

/* The index under the fallback tag.  ERR_CONFLICT: another document. */
static int
get_list(struct session *s, const struct repository *repo, const struct digest *subject,
         struct pulled *out, enum list_state *state, struct err *err)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;
    char tag[REFERRERS_TAG_MAX];
    struct err why = ERR_INIT;

    referrers_tag(subject, tag);
    *state = LIST_ABSENT;
    if (pull_by_tag(s, repo, tag, &got, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return err_wrap(err, "%s", tag);
    }
    if (is_subject(&got, subject)) {
        *state = LIST_IS_SUBJECT;
        return 0;
    }
    if (document_parse(&doc, got.bytes.data, got.bytes.len, got.media_type, ERR_PROTOCOL,
                       err) < 0)
        return err_wrap(err, "%s", tag);
    if (strcmp(doc.media_type, MEDIA_OCI_INDEX) != 0)
        return err_set(err, ERR_CONFLICT,
                       "tag %s: expected a list of referrers, found something else", tag);
    *state = LIST_THERE;
    *out = got;
    got = (struct pulled)PULLED_INIT;
    return 0;
}

int
referrers_under_tag(struct session *s, const struct repository *repo,
                    const struct digest *digest, struct referrers *out, struct err *err)
{
    CLEANUP(pulled_release) struct pulled list = PULLED_INIT;
    enum list_state state;

    if (get_list(s, repo, digest, &list, &state, err) < 0)
        return -1;
    return state == LIST_THERE ? take_index(out, &list.bytes, err) : 0;
}

/* ---- one or the other ---- */

struct question {
    const struct digest *digest;
    struct referrers *out;
};

/* After so many questions without an API, and none with it, a registry has none. */
enum { NO_API_ENOUGH = 3 };

/* Caller holds the lock. */
static struct referrers_api *
find_api(struct host *host, const char *path)
{
    size_t len = strcspn(path, "/");
    struct referrers_api *api = host->apis;

    if (path[len] == '\0')
        len = 0;
    while (api && (strncmp(api->project, path, len) != 0 || api->project[len] != '\0'))
        api = api->next;
    if (api)
        return api;
    api = xcalloc(1, sizeof(*api));
    api->project = xstrndup(path, len);
    api->next = host->apis;
    host->apis = api;
    return api;
}

static bool
is_known_without_api(struct session *s, const struct repository *at)
{
    struct client *c = s->client;
    const struct referrers_api *api;
    bool is_known;

    pthread_mutex_lock(&c->lock);
    api = find_api(client_find_host(c, at), at->path);
    is_known = !api->is_there && api->missing >= NO_API_ENOUGH;
    pthread_mutex_unlock(&c->lock);
    return is_known;
}

/* A refusal may come from a proxy or from missing rights, unlike an unknown path. */
static bool
is_refusal_of_api(long status)
{
    return status >= 400 && status != 404 && status != 405 && status != 410 &&
           status != 501;
}

/* Record the answer, and warn of a refusal once for a host. */
static void
note_api(struct session *s, const struct repository *at, bool is_there, long status)
{
    struct client *c = s->client;
    struct referrers_api *api;
    struct host *host;
    bool is_told;

    pthread_mutex_lock(&c->lock);
    host = client_find_host(c, at);
    api = find_api(host, at->path);
    api->is_there |= is_there;
    api->missing += !is_there && status != 0;
    is_told = is_there || host->is_no_api_told || !is_refusal_of_api(status);
    host->is_no_api_told |= !is_told;
    pthread_mutex_unlock(&c->lock);
    if (!is_told)
        events_warning(
            &c->config.run->events,
            "registry %s: no referrers API (status %ld): only referrers listed "
            "under fallback tags, and cosign's tags, are found",
            at->host, status);
}

/* At one place along the route: without the API, the next one is tried. */
static int
ask_at(struct session *s, const struct repository *at, void *ctx, struct err *err)
{
    const struct question *q = ctx;
    int rc =
        is_known_without_api(s, at) ? 0 : referrers_ask(s, at, q->digest, q->out, err);

    if (rc >= 0)
        note_api(s, at, rc == 1, q->out->refusal);
    return rc == 0 ? err_set(err, ERR_NOT_FOUND, "no referrers API") : rc < 0 ? -1 : 0;
}

/* Whether the registry cannot be reached, but has mirrors: then they are searched. */
static bool
is_out_of_reach(struct session *s, const struct repository *repo, const struct err *err)
{
    struct client *c = s->client;
    struct host *host;
    bool is_told;

    if (err->kind != ERR_NETWORK || !mirror_exists(s, repo))
        return false;
    pthread_mutex_lock(&c->lock);
    host = client_find_host(c, repo);
    is_told = host->is_no_api_told;
    host->is_no_api_told = true;
    pthread_mutex_unlock(&c->lock);
    if (!is_told)
        events_warning(&c->config.run->events,
                       "%s: what is attached to its images is searched for at mirrors "
                       "only: %s",
                       repo->host, err->msg);
    return true;
}

/* As referrers_ask(), at home, as mirrors may lack some; else along the route. */
static int
ask_along_mirrors(struct session *s, const struct repository *repo,
                  const struct digest *digest, struct referrers *out, struct err *err)
{
    struct question question = {.digest = digest, .out = out};
    struct route_question q = {.ask = ask_at, .ctx = &question, .at_home = true};
    struct err why = ERR_INIT;
    int rc = mirror_fallback(s, repo, &q, &why);

    if (rc < 0 && is_out_of_reach(s, repo, &why)) {
        q.at_home = false;
        why = (struct err)ERR_INIT;
        rc = mirror_fallback(s, repo, &q, &why);
        if (rc < 0 && why.kind == ERR_NETWORK)
            return 0;
    }
    if (rc == 0)
        return 1;
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* The list under the fallback tag, which exists. */
static int
take_fallback_list(struct session *s, const struct repository *repo,
                   const struct digest *digest, struct referrers *out, struct err *err)
{
    struct err why = ERR_INIT;

    if (referrers_under_tag(s, repo, digest, out, &why) == 0)
        return 0;
    if (why.kind == ERR_CONFLICT) {
        events_warning(&s->client->config.run->events, "%s/%s: %s", repo->host,
                       repo->path, why.msg);
        return 0;
    }
    *err = why;
    return -1;
}

static int
add_cosign_tag(struct referrers *out, const struct digest *digest, const char *suffix,
               struct err *err)
{
    char unknown[] = "";
    struct referrer one = {.media_type = unknown};
    char base[REFERRERS_TAG_MAX];

    referrers_tag(digest, base);
    snprintf(one.tag, sizeof(one.tag), "%s%s", base, suffix);
    return referrers_add_one(out, &one, err);
}

int
referrers_list(struct session *s, const struct repository *repo,
               const struct digest *digest, struct referrers *out, struct err *err)
{
    struct attached_found found;
    int rc = ask_along_mirrors(s, repo, digest, out, err);

    if (rc < 0 || attached_tags_find(s, repo, digest, rc == 0, &found, err) < 0 ||
        (found.has_list && take_fallback_list(s, repo, digest, out, err) < 0))
        return -1;
    for (size_t i = 0; i < COSIGN_SUFFIXES; i++) {
        if (found.has_cosign[i] &&
            add_cosign_tag(out, digest, cosign_suffixes[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- adding entries ---- */

/* The registry did answer, and another try would bring the same. */
static bool
is_refusal(const struct err *err)
{
    return err->kind == ERR_AUTH || err->kind == ERR_PROTOCOL ||
           err->kind == ERR_NOT_FOUND || err->kind == ERR_CONFLICT ||
           err->kind == ERR_INTEGRITY;
}

/* The images are worth more than a list that this registry cannot have. */
static int
warn_of_no_list(const struct session *s, const struct repository *repo, const char *tag,
                const char *why, enum merge_outcome *outcome)
{
    events_warning(&s->client->config.run->events,
                   "%s/%s: the registry returns the image itself under the tag %s, and "
                   "cannot store a list of referrers there%s%s",
                   repo->host, repo->path, tag, why ? ": " : "", why ? why : "");
    *outcome = MERGE_REFUSED;
    return 0;
}

int
referrers_merge(struct session *s, const struct repository *repo,
                const struct digest *digest, const struct attachment *items, size_t count,
                bool dry_run, enum merge_outcome *outcome, struct err *err)
{
    enum { TRIES = 6, MOMENT_MS = 200 };
    char tag[REFERRERS_TAG_MAX];

    referrers_tag(digest, tag);
    *outcome = MERGE_PRESENT;
    for (int tries = 0; tries < TRIES; tries++) {
        CLEANUP(pulled_release) struct pulled old = PULLED_INIT;
        CLEANUP(buf_release) struct buf made = BUF_INIT(DOCUMENT_BYTES_MAX);
        enum list_state state;
        size_t added;

        if (tries > 1 && cancel_sleep(&s->client->config.run->cancel, MOMENT_MS, err) < 0)
            return -1;
        if (get_list(s, repo, digest, &old, &state, err) < 0)
            return -1;
        if (state == LIST_IS_SUBJECT && *outcome == MERGE_DONE)
            return warn_of_no_list(s, repo, tag, NULL, outcome);
        if (index_attach(old.bytes.data, old.bytes.len, items, count, &made, &added,
                         err) < 0)
            return -1;
        if (added == 0)
            return 0; /* also after our own change, which verifies it */
        *outcome = MERGE_DONE;
        if (dry_run)
            return 0;
        if (push_index_if(s, repo, tag, old.etag, made.data, made.len, err) < 0) {
            if (state != LIST_IS_SUBJECT || !is_refusal(err))
                return -1;
            return warn_of_no_list(s, repo, tag, err->msg, outcome);
        }
    }
    return err_set(err, ERR_CONFLICT, "tag %s: too many concurrent updates", tag);
}
