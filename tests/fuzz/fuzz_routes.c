/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a registries.conf says, a name leads to repositories, or to an error. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "registry/config/mirrors.h"
#include "registry/config/mirrors_file.h"

#include <string.h>

static void
try_name(const struct mirrors *r, const char *host, const char *path, bool by_digest)
{
    CLEANUP(route_release) struct route route = ROUTE_INIT;
    struct err err = ERR_INIT;

    if (mirrors_find(r, host, path, by_digest, &route, &err) < 0) {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0' && route.count == 0);
        return;
    }
    assert(route.count > 0);
    for (size_t i = 0; i < route.count; i++) {
        assert(reference_is_host(route.stops[i].host));
        assert(reference_is_path(route.stops[i].path));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const hosts[] = {"docker.io", "a.b", "x.a.b", "a.b:5000", "a"};
    static const char *const paths[] = {"library/nginx", "x", "x/y"};
    CLEANUP(mirrors_release) struct mirrors *r = mirrors_new();
    const char *text = size > 0 ? (const char *)data : "";
    struct err err = ERR_INIT;

    if (mirrors_add(r, "f", text, size, &err) < 0)
        assert((err.kind == ERR_USAGE || err.kind == ERR_LIMIT) && err.msg[0] != '\0');
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        for (size_t k = 0; k < COUNT_OF(paths); k++)
            try_name(r, hosts[i], paths[k], (i + k) % 2 == 0);
    }
    return 0;
}
