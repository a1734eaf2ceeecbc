/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/push.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/media_type.h"
#include "registry/exchange.h"
#include "registry/exchange_error.h"
#include "registry/pull.h"

#include <stdlib.h>
#include <string.h>

/* ---- manifests ---- */

/* For registries that store with a delay, or have just lost a blob. */
static bool
lacks_something(const struct answer *a)
{
    static const char *const codes[] = {"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN",
                                        "MANIFEST_UNKNOWN"};

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (exchange_has_code(a, codes[i]))
            return true;
    }
    return false;
}

/* Whether the tag exists and is immutable. */
static bool
is_immutable(const struct answer *a)
{
    return exchange_has_code(a, "TAG_INVALID") || exchange_says(a, "immutable");
}

/* The result of a PUT; with *err set unless it is done or moved. */
enum put_end {
    PUT_FAILED,
    PUT_DONE,
    PUT_LACKS,    /* the registry lacks something that the manifest refers to */
    PUT_MOVED,    /* the condition does not hold */
    PUT_CONFLICT, /* the object under the reference decides */
};

static enum put_end
check_answer(const struct call *call, const struct answer *a, const struct digest *digest,
             struct err *err)
{
    const char *told = exchange_told_digest(a);
    long status = a->http.status;

    if (status == 201 || status == 200 || status == 202)
        return exchange_check_digest(told, digest, err) < 0 ? PUT_FAILED : PUT_DONE;
    exchange_error(call, a, err);
    if (status == 415)
        err_hint(err, "some registries accept this type only when configured to; sealift "
                      "does not convert images, because digests would change");
    if (is_immutable(a)) {
        err->kind = ERR_CONFLICT;
        err_wrap(err, "the tag is immutable");
        return PUT_CONFLICT;
    }
    if (status == 409)
        return PUT_CONFLICT;
    return (status == 400 || status == 404) && lacks_something(a) ? PUT_LACKS
                                                                  : PUT_FAILED;
}

/* What to put, and where. */
struct put {
    const struct repository *repo;
    const char *reference, *media_type;
    const char *etag; /* "": unconditional */
    const struct digest *digest;
    struct byte_block body;
    bool *is_listed; /* or NULL */
};

static enum put_end
put_manifest(struct session *s, const struct put *p, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *rest = xasprintf("manifests/%s", p->reference);
    CLEANUP(mem_free_string) char *type = xasprintf("Content-Type: %s", p->media_type);
    CLEANUP(mem_free_string) char *condition = xasprintf("If-Match: %s", p->etag);
    CLEANUP(mem_free_string) char *url = NULL;
    const char *const headers[] = {type, p->etag[0] != '\0' ? condition : NULL, NULL};
    struct byte_block body = p->body;
    struct byte_source source = byte_block_source(&body);
    struct call call = {.repo = p->repo,
                        .request = {.method = "PUT",
                                    .headers = headers,
                                    .source = &source,
                                    .body_max = HTTP_ERROR_BODY_MAX}};
    struct host *host;

    if (client_host(s, p->repo, &host, err) < 0)
        return PUT_FAILED;
    url = client_url(host, p->repo->path, rest);
    call.request.url = url;
    if (exchange(s, &call, &a, err) < 0)
        return PUT_FAILED;
    if (p->etag[0] != '\0' && (a.http.status == 412 || a.http.status == 409))
        return PUT_MOVED;
    if (p->is_listed)
        *p->is_listed = http_header(&a.http, "oci-subject", 0) != NULL;
    return check_answer(&call, &a, p->digest, err);
}

/* ---- conflicts ---- */

enum held { HELD_UNKNOWN, HELD_NOTHING, HELD_THE_SAME, HELD_ANOTHER };

static enum held
look_at_reference(struct session *s, const struct put *p)
{
    struct digest held;
    int rc;

    if (strchr(p->reference, ':')) {
        rc = pull_look_for(s, p->repo, p->digest, p->media_type, err_ignored());
        return rc == 1 ? HELD_THE_SAME : rc == 0 ? HELD_NOTHING : HELD_UNKNOWN;
    }
    rc = pull_look_at_tag(s, p->repo, p->reference, &held, err_ignored());
    if (rc != 1)
        return rc == 0 ? HELD_NOTHING : HELD_UNKNOWN;
    return digest_equal(&held, p->digest) ? HELD_THE_SAME : HELD_ANOTHER;
}

/*
 * Another client was faster, or will be, or an earlier try took effect without an answer.
 * 1: present; 0: retry; -1.
 */
static int
settle_conflict(struct session *s, const struct put *p, struct retry *retry,
                struct err *err)
{
    enum held held = look_at_reference(s, p);

    if (held == HELD_THE_SAME)
        return 1;
    if (held == HELD_ANOTHER && err->kind != ERR_CONFLICT) {
        err->kind = ERR_CONFLICT;
        return err_wrap(err, "the tag has another digest");
    }
    if (held != HELD_NOTHING || err->kind == ERR_CONFLICT)
        return -1;
    err->kind = ERR_NETWORK; /* it may pass */
    if (retry_wait(s, retry, err) == 0)
        return 0;
    if (err->kind == ERR_NETWORK)
        err->kind = ERR_PROTOCOL;
    return -1;
}

int
push_manifest(struct session *s, const struct repository *repo, const char *reference,
              const struct digest *digest, const char *media_type, const void *bytes,
              size_t len, bool *is_listed, struct err *err)
{
    const struct put p = {.repo = repo,
                          .reference = reference,
                          .media_type = media_type,
                          .etag = "",
                          .digest = digest,
                          .body = {bytes, len},
                          .is_listed = is_listed};
    struct retry retry = RETRY_INIT(reference);
    enum put_end end;
    int rc = 0;

    while (rc == 0 && (end = put_manifest(s, &p, err)) != PUT_DONE) {
        if (end != PUT_CONFLICT) {
            err_wrap(err, "manifest %s", reference);
            return end == PUT_LACKS ? 1 : -1;
        }
        rc = settle_conflict(s, &p, &retry, err);
    }
    return rc < 0 ? err_wrap(err, "manifest %s", reference) : 0;
}

int
push_index_if(struct session *s, const struct repository *repo, const char *tag,
              const char *etag, const void *bytes, size_t len, struct err *err)
{
    struct digest digest;
    const struct put p = {.repo = repo,
                          .reference = tag,
                          .media_type = MEDIA_OCI_INDEX,
                          .etag = etag,
                          .digest = &digest,
                          .body = {bytes, len}};
    enum put_end end;

    if (hash_bytes(DIGEST_SHA256, bytes, len, &digest, err) < 0)
        return -1;
    end = put_manifest(s, &p, err);
    if (end == PUT_CONFLICT &&
        err->kind != ERR_CONFLICT) { /* 409: updated concurrently */
        *err = (struct err)ERR_INIT;
        end = PUT_MOVED;
    }
    if (end == PUT_DONE || end == PUT_MOVED)
        return end == PUT_MOVED;
    return err_wrap(err, "manifest %s", tag);
}
