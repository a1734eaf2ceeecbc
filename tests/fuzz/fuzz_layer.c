/* SPDX-License-Identifier: Apache-2.0 */
/* A layer is looked into or called a bad one; when it is no packed one, its diff_id is
 * the digest of the bytes themselves. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "io/crypto/hash.h"
#include "io/archive/tar_layer.h"

#include <string.h>

struct input {
    const uint8_t *data;
    size_t size, step;
};

static ssize_t
give(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct input *in = ctx;
    size_t left = in->size - (size_t)offset, n = left < in->step ? left : in->step;

    (void)err;
    n = n < len ? n : len;
    memcpy(out, in->data + offset, n);
    return (ssize_t)n;
}

static bool
is_packed(const uint8_t *data, size_t size)
{
    return (size >= 2 && memcmp(data, "\x1f\x8b", 2) == 0) ||
           (size >= 4 && memcmp(data + 1, "\xb5\x2f\xfd", 3) == 0) ||
           (size >= 4 && memcmp(data + 1, "\x2a\x4d\x18", 3) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.data = data, .size = size, .step = 1 + size % 700};
    const struct byte_source source = {.read_at = give, .ctx = &in, .size = size};
    struct digest got, plain;
    struct err err = ERR_INIT;

    if (tar_layer_look(&source, &got, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY &&
               strcmp(err_reason_word(err.reason), "layer") == 0);
        return 0;
    }
    if (is_packed(data, size))
        return 0;
    assert(hash_bytes(DIGEST_SHA256, data, size, &plain, &err) == 0);
    assert(digest_equal(&got, &plain));
    return 0;
}
