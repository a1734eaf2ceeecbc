/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/scan/scan.h"

#include "base/mem.h"
#include "bundle/format/sums.h"
#include "bundle/reader/reader_internal.h"
#include "bundle/scan/scan_headers.h"
#include "bundle/scan/scan_list.h"
#include "io/crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
hand_over(struct scan *s, struct bundle_content *out)
{
    *out = (struct bundle_content){.members = s->found,
                                   .member_count = s->count,
                                   .total = s->at.file.size,
                                   .file = s->at.file};
    s->found = NULL;
}

static void
scan_release(struct scan *s)
{
    free(s->found);
}

void
bundle_scan_release(struct bundle_content *c)
{
    free(c->members);
    *c = (struct bundle_content){.members = NULL};
}

/*
 * Read SHA256SUMS and compare it with its digest in index.json; padding is not checked.
 * false: reported.
 */
static bool
read_pinned_sums(const struct scan *s, const struct tar_entry *e,
                 const struct digest *pin, struct buf *out)
{
    const struct volumes *file = &s->at.file;
    uint64_t body = s->at.at;
    struct err why = ERR_INIT;
    struct digest d;
    ssize_t n;

    if (e->size > out->max || buf_resize(out, (size_t)e->size) < 0)
        return false;
    n = volumes_read(file, out->data, out->len, body, &why);
    if (n >= 0 && (size_t)n < out->len)
        truncated_error(&why, body + (uint64_t)n, e->name);
    else if (n >= 0 && hash_bytes(pin->alg, out->data, out->len, &d, &why) == 0 &&
             !digest_equal(&d, pin))
        err_because(&why, ERR_INTEGRITY, REASON_SUMS,
                    "SHA256SUMS, %" PRIu64 " bytes from byte %" PRIu64
                    ", does not match its digest in index.json",
                    e->size, body);
    if (why.kind != ERR_NONE) {
        volumes_blame(file, body, e->size, &why);
        scan_note(s, body, e->size, pin, &why);
        return false;
    }
    if (padding_check(file, e->name, body, e->size, &why) < 0)
        scan_note(s, body + e->size, tar_padded(e->size) - e->size, NULL, &why);
    return true;
}

int
bundle_scan(struct bundle_content *out, const struct bundle_untrusted *u,
            const struct admission *admission, const struct scan_options *options,
            struct err *err)
{
    CLEANUP(scan_release)
    struct scan s = {.options = options, .at = u->cursor};
    CLEANUP(index_content_release) struct index_content index = INDEX_CONTENT_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(BUNDLE_SUMS_MAX);
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    bool is_listed;
    int rc;

    if (bundle_read_index(u, admission, &index, err) < 0)
        return -1;
    is_listed = read_pinned_sums(&s, &u->sums, &index.pins.sums, &text);
    if (is_listed && sums_read(&sums, text.data, text.len, err) < 0)
        return -1;
    s.at.at += tar_padded(u->sums.size);
    rc = is_listed ? scan_list(&s, &index, sums.files + 1, sums.file_count - 1, err)
                   : scan_names(&s, index.pins.bytes, err);
    if (rc < 0)
        return -1;
    hand_over(&s, out);
    return is_listed;
}

static bool
stands_in_a_bundle(void *ctx, const struct tar_entry *e)
{
    (void)ctx;
    return member_name_is_known(e->name);
}

int
bundle_scan_names(struct bundle_content *out, struct volumes file,
                  const struct scan_options *options, struct scan_bound *bound,
                  struct err *err)
{
    CLEANUP(scan_release)
    struct scan s = {.options = options, .bound = bound, .at = {.file = file}};
    uint64_t first;
    /* A header must come before the largest index.json could end, or this is not a
     * bundle. */
    int rc = scan_find(&s, 0, BUNDLE_INDEX_MAX + BUNDLE_OCI_LAYOUT_MAX,
                       stands_in_a_bundle, NULL, &first, err);

    if (rc < 0 || (rc == 1 && scan_names(&s, 0, err) < 0))
        return -1;
    hand_over(&s, out);
    return 0;
}
