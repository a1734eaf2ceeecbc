/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of a registry's answers that are read by hand. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "registry/connection/warnings.h"
#include "registry/upload/upload.h"
#include "registry/upload/upload_session.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string)
    char *value = xstrndup(size > 0 ? (const char *)data : "", size);
    uint64_t count = 0, window = 0;
    char text[WARNINGS_TEXT_MAX];

    if (warnings_warning(value, text) == 0) {
        assert(strlen(text) < sizeof(text));
        assert_told(text);
    }
    if (warnings_limit(value, &count, &window) == 0)
        assert(count <= UINT32_MAX && window <= UINT32_MAX);
    else
        assert(count == 0 && window == 0);
    if (upload_bytes_of_range(value) > 0)
        assert(strstr(value, "0-"));
    assert(http_retry_after(value) >= -1);
    return 0;
}
