/* SPDX-License-Identifier: Apache-2.0 */
/* A reference that is accepted has a name that parses back to it, and lands somewhere,
 * also where the rest of the command line (--map, the target, --platform) says. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "oci/choice.h"
#include "oci/mapping.h"
#include "oci/reference_lines.h"

#include <stdlib.h>
#include <string.h>

static struct reference
parse_back(const struct reference *r)
{
    char name[REFERENCE_TEXT_MAX], again[REFERENCE_TEXT_MAX];
    struct reference back;
    struct err err = ERR_INIT;

    reference_name(r, name);
    assert(reference_parse_name(&back, name, ERR_INTEGRITY, &err) == 0);
    assert(reference_same_name(r, &back));
    reference_name(&back, again);
    assert(strcmp(name, again) == 0);
    return back;
}

static void
try_landing(const struct reference *r)
{
    struct mapping map = {.target = {.host = "reg.corp:5000", .prefix = "mirror"}};
    struct reference to;
    struct err err = ERR_INIT;

    if (mapping_apply(&map, r, &to, &err) < 0)
        return;
    assert(strncmp(to.path, "mirror/", 7) == 0);
    parse_back(&to);
}

/* A rule and a target that are accepted make names that are accepted. */
static void
try_mapping(const char *text)
{
    static const char name[] = "docker.io/library/nginx:1.27";
    struct mapping_rule rule;
    struct mapping map = {.rules = &rule, .strip_host = true};
    struct reference from, to;
    struct err err = ERR_INIT;

    assert(reference_parse(&from, name, strlen(name), &err) == 0);
    if (mapping_rule_parse(&rule, text, &err) == 0) {
        assert(rule.from[0] != '\0' && !strchr(rule.from, '='));
        map.rule_count = 1;
    } else {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0');
    }
    if (target_parse(&map.target, text, &err) < 0) {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0');
        memcpy(map.target.host, "reg.corp", sizeof("reg.corp"));
    }
    if (mapping_apply(&map, &from, &to, &err) == 0)
        parse_back(&to);
    else
        assert(err.kind == ERR_USAGE);
}

static void
try_platforms(const char *text)
{
    struct choice c = {.count = 0}, again = {.count = 0};
    struct err err = ERR_INIT;

    if (choice_add(&c, text, &err) < 0) {
        assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
        return;
    }
    assert(c.count <= CHOICE_PLATFORMS_MAX);
    for (size_t i = 0; i < c.count; i++) {
        assert(choice_add(&again, c.platforms[i], &err) == 0);
        assert(again.count == i + 1);
        assert(strcmp(c.platforms[i], again.platforms[i]) == 0);
    }
}

/* Names that come from a bundle need not be what a user may type. */
static void
try_name(const uint8_t *data, size_t size)
{
    char text[REFERENCE_TEXT_MAX], name[REFERENCE_TEXT_MAX];
    struct reference r;
    struct err err = ERR_INIT;

    if (size >= sizeof(text))
        return;
    memcpy(text, data, size);
    text[size] = '\0';
    if (reference_parse_name(&r, text, ERR_INTEGRITY, &err) < 0)
        return;
    reference_name(&r, name);
    assert(strcmp(name, text) == 0);
    try_landing(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    const char *text = size > 0 ? (const char *)data : "";
    CLEANUP(mem_free_string) char *word = xstrndup(text, size);
    struct reference r;
    struct err err = ERR_INIT;

    if (reference_parse(&r, text, size, &err) == 0) {
        parse_back(&r);
        try_landing(&r);
    } else {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0');
    }
    try_name((const uint8_t *)text, size);
    try_mapping(word);
    try_platforms(word);
    if (reference_lines_add(&list, text, size, "list", &bad, &err) < 0)
        assert(err.kind == ERR_LIMIT);
    for (size_t i = 0; i < bad.count; i++)
        assert(bad.items[i].kind == ERR_USAGE &&
               strncmp(bad.items[i].msg, "list", 4) == 0);
    for (size_t i = 0; i < list.count; i++)
        parse_back(&list.items[i]);
    return 0;
}
