/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload_probe.h"

#include "base/mem.h"
#include "base/patience.h"
#include "registry/upload/upload_session.h"

#include <inttypes.h>
#include <string.h>

static const char first[] = "seal", second[] = "ift\n";

static int
begin_probe(struct upload *up, struct session *s, const struct repository *repo,
            const struct digest *digest, struct err *err)
{
    up->session = s;
    up->repo = repo;
    up->digest = digest;
    up->size = strlen(first) + strlen(second);
    if (digest)
        digest_text(digest, up->text);
    return client_host(s, repo, &up->host, err);
}

/* Whether the next piece was accepted; else *refusal is the status. */
static bool
send_piece(struct upload *up, const char *bytes, long *refusal)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = xstrdup(up->location);
    size_t len = strlen(bytes);
    CLEANUP(mem_free_string)
    char *range =
        xasprintf("Content-Range: %" PRIu64 "-%" PRIu64, up->at, up->at + len - 1);
    const char *headers[] = {"Content-Type: application/octet-stream", range, NULL};
    struct byte_block block = {.data = bytes, .len = len};
    struct byte_source source = byte_block_source(&block);
    struct call call = {.repo = up->repo,
                        .request = {.method = "PATCH",
                                    .url = url,
                                    .headers = headers,
                                    .source = &source,
                                    .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, err_ignored()) < 0 ||
        !answer_is_success(&a) || upload_take_location(up, &a, err_ignored()) < 0) {
        *refusal = a.http.status;
        return false;
    }
    up->at += len;
    return true;
}

/* Cancel it and see whether that worked. */
static bool
cancel_probe(struct upload *up)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = xstrdup(up->location);
    struct call call = {.repo = up->repo,
                        .request = {.method = "DELETE",
                                    .url = url,
                                    .total_ms = patience.answer_ms,
                                    .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, err_ignored()) < 0 ||
        !answer_is_success(&a))
        return false;
    upload_close(up, false);
    return true;
}

int
upload_probe(struct session *s, const struct repository *repo, struct upload_probe *out,
             struct err *err)
{
    CLEANUP(upload_release) struct upload up = {.session = s};

    *out = (struct upload_probe){.takes_pieces = false};
    if (begin_probe(&up, s, repo, NULL, err) < 0 || upload_open(&up, err) < 0)
        return -1;
    out->piece_min = up.piece_min;
    if (up.piece_min <= strlen(first)) {
        out->takes_pieces = send_piece(&up, first, &out->refusal) &&
                            send_piece(&up, second, &out->refusal);
        out->counts_them = out->takes_pieces && upload_resync(&up) && up.at == up.size;
    }
    out->was_cancelled = cancel_probe(&up);
    return 0;
}

int
upload_probe_mount(struct session *s, const struct repository *repo,
                   const struct digest *blob, struct err *err)
{
    CLEANUP(upload_release) struct upload up = {.session = s};

    return begin_probe(&up, s, repo, blob, err) < 0 ? -1
                                                    : upload_mount(&up, repo->path, err);
}
