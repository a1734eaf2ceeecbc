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

/* Registries that store late, or that lost a blob they had a moment ago. */
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

/* A tag that exists and may not be moved. */
static bool
is_immutable(const struct answer *a)
{
    return exchange_has_code(a, "TAG_INVALID") || exchange_says(a, "immutable");
}

/* As push_manifest(). */
static int
check_answer(const struct call *call, const struct answer *a, const struct digest *digest,
             struct err *err)
{
    const char *told = http_header(&a->http, "docker-content-digest", 0);
    long status = a->http.status;

    if (status == 201 || status == 200 || status == 202)
        return told ? exchange_check_digest(told, digest, err) : 0;
    exchange_error(call, a, err);
    if (status == 415)
        err_hint(err,
                 "some registries take this type only when configured so; nothing is "
                 "converted, because digests would change");
    if (is_immutable(a)) {
        err->kind = ERR_CONFLICT;
        err_wrap(err, "the tag cannot be moved");
    }
    return (status == 400 || status == 404) && lacks_something(a) ? 1 : -1;
}

/* An earlier try that nobody heard of may have set the tag. */
static bool
holds(struct session *s, const struct repository *repo, const char *tag,
      const struct digest *digest)
{
    struct digest held;

    return pull_look_at_tag(s, repo, tag, &held, err_ignored()) == 1 &&
           digest_equal(&held, digest);
}

/* What is put where. */
struct put {
    const struct repository *repo;
    const char *reference, *media_type;
    const char *etag; /* "": no condition */
    const struct digest *digest;
    struct byte_block body;
    bool *is_listed; /* or NULL */
};

/* As push_manifest(); 2 when the condition does not hold. */
static int
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
        return -1;
    url = client_url(host, p->repo->path, rest);
    call.request.url = url;
    if (exchange(s, &call, &a, err) < 0)
        return -1;
    if (p->etag[0] != '\0' && a.http.status == 412)
        return 2;
    if (p->is_listed)
        *p->is_listed = http_header(&a.http, "oci-subject", 0) != NULL;
    return check_answer(&call, &a, p->digest, err);
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
    int rc = put_manifest(s, &p, err);

    if (rc < 0 && err->kind == ERR_CONFLICT && holds(s, repo, reference, digest))
        return 0;
    if (rc != 0)
        err_wrap(err, "manifest %s", reference);
    return rc;
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
    int rc;

    if (hash_bytes(DIGEST_SHA256, bytes, len, &digest, err) < 0)
        return -1;
    rc = put_manifest(s, &p, err);
    if (rc == 0 || rc == 2)
        return rc / 2;
    return err_wrap(err, "manifest %s", tag);
}
