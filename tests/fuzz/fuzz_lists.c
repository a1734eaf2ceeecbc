/* SPDX-License-Identifier: Apache-2.0 */
/* A file that names images, of whatever kind: every name that is found parses back to
 * itself and has a place, and what cannot be used has words and a place, too. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "lists/lists.h"

#include <string.h>

static const char *
environment(const char *name)
{
    return strcmp(name, "TAG") == 0 ? "1.2" : NULL;
}

static void
assert_found(const struct found_image *image, size_t size)
{
    struct reference back;
    char again[FOUND_NAME_MAX];
    struct err err = ERR_INIT;

    assert(reference_parse(&back, image->name, strlen(image->name), &err) == 0);
    found_name(&back, again);
    assert(strcmp(image->name, again) == 0);
    assert(image->total >= image->place_count && image->place_count > 0);
    for (size_t i = 0; i < image->place_count; i++) {
        const struct found_place *p = &image->places[i];

        assert(strcmp(p->file, "file") == 0 && p->line > 0 && p->line <= 2 * size + 2);
        assert(p->confidence <= image->confidence);
        assert(strlen(p->path) < FOUND_PATH_MAX);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const profiles[] = {"debug"};
    CLEANUP(found_list_release) struct found_list found = FOUND_LIST_INIT;
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    struct run run = RUN_INIT;
    const struct list_reader reader = {
        .found = &found,
        .run = &run,
        .bad = &bad,
        .profiles = profiles,
        .profile_count = 1,
        .environment = environment,
    };
    struct err err = ERR_INIT;

    if (lists_read_text(&reader, "file", size > 0 ? (const char *)data : "", size, &err) <
        0) {
        assert(err.kind == ERR_LIMIT);
        assert_told(err.msg);
    }
    found_list_sort(&found);
    for (size_t i = 0; i < found.count; i++) {
        assert_found(found.items[i], size);
        assert(found_list_find(&found, &found.items[i]->ref) == found.items[i]);
    }
    for (size_t i = 0; i < bad.count; i++) {
        assert_told(bad.items[i].msg);
        assert(bad.items[i].kind == ERR_USAGE &&
               strncmp(bad.items[i].msg, "file:", 5) == 0);
    }
    return 0;
}
