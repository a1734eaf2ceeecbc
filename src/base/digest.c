/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/digest.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const struct algorithm {
    const char *prefix;
    enum digest_alg alg;
    size_t size;
} algorithms[] = {
    {"sha256:", DIGEST_SHA256, 32},
    {"sha512:", DIGEST_SHA512, 64},
};

static const struct algorithm *
find_by_prefix(const char *text, size_t len)
{
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        size_t n = strlen(algorithms[i].prefix);

        if (len >= n && memcmp(text, algorithms[i].prefix, n) == 0)
            return &algorithms[i];
    }
    return NULL;
}

int
digest_parse(struct digest *out, const char *text, size_t len, enum err_kind kind,
             struct err *err)
{
    const struct algorithm *a = find_by_prefix(text, len);
    struct digest d = {0};
    size_t skip;

    if (!a)
        return err_because(err, kind, REASON_DIGEST, "not a sha256 or sha512 digest");
    skip = strlen(a->prefix);
    if (len - skip != 2 * a->size)
        return err_because(err, kind, REASON_DIGEST,
                           "digest has %zu hex digits instead of %zu", len - skip,
                           2 * a->size);
    if (text_unhex(d.raw, text + skip, a->size) < 0)
        return err_because(err, kind, REASON_DIGEST, "digest is not lowercase hex");
    d.alg = a->alg;
    *out = d;
    return 0;
}

size_t
digest_size(const struct digest *d)
{
    switch (d->alg) {
    case DIGEST_SHA512:
        return 64;
    case DIGEST_SHA384:
        return 48;
    case DIGEST_SHA256:
        break;
    }
    return 32;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
    return a->alg == b->alg && memcmp(a->raw, b->raw, digest_size(a)) == 0;
}

int
digest_compare(const struct digest *a, const struct digest *b)
{
    if (a->alg != b->alg)
        return a->alg < b->alg ? -1 : 1;
    return memcmp(a->raw, b->raw, digest_size(a));
}

void
digest_hex(const struct digest *d, char out[2 * DIGEST_RAW_MAX + 1])
{
    text_hex(out, d->raw, digest_size(d));
}

void
digest_text(const struct digest *d, char out[DIGEST_TEXT_MAX])
{
    size_t n =
        (size_t)sprintf(out, "%s", d->alg == DIGEST_SHA512 ? "sha512:" : "sha256:");

    text_hex(out + n, d->raw, digest_size(d));
}
