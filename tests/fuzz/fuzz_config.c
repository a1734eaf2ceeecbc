/* SPDX-License-Identifier: Apache-2.0 */
/* The config of an image, in a bundle: its platform, and which layer is to unpack to
 * what.  Whatever it says, each layer has one diff_id, or the config is damage. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/choice.h"
#include "oci/graph_walk.h"
#include "ops/verify/check_layers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TYPE "application/vnd.oci.image."

enum { LAYERS = 2 };

/* ---- what a bundle around it would be ---- */

static char *
manifest_of(const struct digest *config, size_t size)
{
    char digest[DIGEST_TEXT_MAX];

    digest_text(config, digest);
    return xasprintf(
        "{\"schemaVersion\":2,\"mediaType\":\"" TYPE "manifest.v1+json\","
        "\"config\":{\"mediaType\":\"" TYPE "config.v1+json\",\"digest\":\"%s\","
        "\"size\":%zu},\"layers\":["
        "{\"mediaType\":\"" TYPE "layer.v1.tar\",\"size\":1,\"digest\":\"sha256:"
        "1111111111111111111111111111111111111111111111111111111111111111\"},"
        "{\"mediaType\":\"" TYPE "layer.v1.tar+gzip\",\"size\":2,\"digest\":\"sha256:"
        "2222222222222222222222222222222222222222222222222222222222222222\"}]}",
        digest, size);
}

static struct graph *
graph_of(const char *manifest)
{
    struct graph *g = graph_new(ERR_INTEGRITY);
    struct digest digest;
    struct err err = ERR_INIT;
    uint32_t id;

    assert(hash_bytes(DIGEST_SHA256, manifest, strlen(manifest), &digest, &err) == 0);
    assert(graph_add_root(g, &digest, strlen(manifest), NULL, &id, &err) == 0);
    assert(graph_next(g) == id);
    assert(graph_feed(g, id, manifest, strlen(manifest), &err) == 0);
    assert(graph_next(g) == GRAPH_NONE && graph_finish(g, &err) == 0);
    return g;
}

/* One file for all runs: making one takes longer than a run. */
static int
file_of(const uint8_t *data, size_t size)
{
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(ftruncate(fd, (off_t)size) == 0);
    assert(pwrite(fd, data, size, 0) == (ssize_t)size);
    return fd;
}

static void
try_layers(const uint8_t *data, size_t size)
{
    CLEANUP(damage_list_release) struct damage_list damage = {.items = NULL};
    CLEANUP(mem_free_string) char *manifest = NULL;
    CLEANUP(graph_release) struct graph *graph = NULL;
    struct bundle_member members[2 + LAYERS] = {{.offset = 0}};
    uint32_t same[2 + LAYERS] = {0, 1, 2, 3};
    struct layer_wish *wishes = NULL;
    struct err err = ERR_INIT;
    struct digest digest;
    size_t count;

    assert(hash_bytes(DIGEST_SHA256, data, size, &digest, &err) == 0);
    manifest = manifest_of(&digest, size);
    graph = graph_of(manifest);
    assert(graph_count(graph) == COUNT_OF(members));
    for (uint32_t i = 0; i < COUNT_OF(members); i++) {
        const struct graph_object *o = graph_object(graph, i);

        members[i] = (struct bundle_member){.digest = o->digest, .size = o->size};
    }
    const struct bundle_content content = {
        .members = members,
        .member_count = COUNT_OF(members),
        .set.graph = graph,
        .object_of_member = same,
        .member_of_object = same,
        .file = volumes_of_file(file_of(data, size), size),
    };
    assert(check_gather_layers(&content, &wishes, &count, &damage, &err) == 0);
    assert(damage.total == 1 || (damage.total == 0 && count == LAYERS));
    for (size_t i = 0; i < count; i++)
        assert(graph_object(graph, (uint32_t)wishes[i].member)->role == ROLE_OTHER);
    free(wishes);
}

/* ---- the platform ---- */

static void
try_platform(const uint8_t *data, size_t size)
{
    CLEANUP(js_release) struct js *root = NULL;
    struct platform p = {.text = ""};
    struct choice choice = {.count = 0};
    char again[PLATFORM_TEXT_MAX];
    struct err err = ERR_INIT;

    root = js_parse(data, size, ERR_INTEGRITY, &err);
    if (!root || platform_read(&p, root) != 1)
        return;
    assert_plain(p.text);
    if (p.spec[0] == '\0')
        return;
    assert(platform_parse(again, p.spec, strlen(p.spec), &err) == 0);
    assert(strcmp(p.spec, again) == 0);
    assert(choice_add(&choice, p.spec, &err) == 0 && choice_has(&choice, p.spec));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *bytes = size > 0 ? data : (const uint8_t *)"";

    try_platform(bytes, size);
    try_layers(bytes, size);
    return 0;
}
