/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt, and the manifest under which it lies in a registry: what is read is bounded.
 */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "ops/receipt/receipt.h"

#include <string.h>

static void
try_receipt(const char *text, size_t size)
{
    struct receipt_summary s = {.target = NULL};
    struct err err = ERR_INIT;

    if (receipt_read(&s, text, size, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY && err.reason && !s.target);
        return;
    }
    assert(s.target && bundle_stream_is_valid(s.stream) && s.serial <= INT64_MAX);
    receipt_summary_release(&s);
}

static int
take_image(void *ctx, const struct receipt_image *image, struct err *err)
{
    size_t *count = ctx;

    (void)err;
    assert(image->name && image->target);
    (*count)++;
    return 0;
}

static void
try_images(const char *text, size_t size)
{
    struct err err = ERR_INIT;
    size_t count = 0;

    if (receipt_images(text, size, take_image, &count, &err) < 0)
        assert(err.kind == ERR_INTEGRITY && err.reason);
}

static void
try_manifest(const char *text, size_t size)
{
    CLEANUP(receipt_parts_release) struct receipt_parts parts = {.count = 0};
    struct err err = ERR_INIT;

    if (receipt_parts_read(&parts, text, size, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY);
        return;
    }
    assert(parts.index.size > 0 && parts.index.size <= BUNDLE_INDEX_MAX);
    assert(parts.count <= BUNDLE_SIGNATURES_MAX);
    for (size_t i = 0; i < parts.count; i++)
        assert(parts.signatures[i].size <= BUNDLE_SIGNATURE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size > 0 ? (const char *)data : "";

    try_receipt(text, size);
    try_images(text, size);
    try_manifest(text, size);
    return 0;
}
