/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "cli/environment.h"
#include "io/json/json_write.h"
#include "lists/lists.h"
#include "render/render_found.h"

#include <string.h>

struct images_command {
    struct common_options common;
    struct opt_list from, ignore, profiles, env_files;
    const char *confidence, *why;
    bool helm_tests, no_latest;
};

#define T struct images_command
static const struct opt table[] = {
    GROUP("Images"),
    FILE_LIST(T, from, 'f', "from", "FILE", OPT_READS,
              "read FILE, all files of a folder, or '-': standard input (repeatable)"),
    TEXT(T, confidence, 0, "confidence", "LEVEL",
         "print names that are sure, also those that are likely (default), or also those "
         "that are maybe names",
         .choices = "sure likely maybe"),
    TEXT(T, why, 0, "why", "NAME", "print all places that name this image"),
    LIST(T, ignore, 0, "ignore", "REGEX",
         "leave out names in which an extended regular expression is found (repeatable)"),
    FLAG(T, no_latest, 0, "no-latest", "reject names without tag and digest"),
    LIST(T, profiles, 0, "profile", "NAME",
         "also services of compose files with this profile; '*': with any (repeatable)"),
    FILE_LIST(T, env_files, 0, "env-file", "FILE", OPT_READS,
              "variables of compose files (default: .env beside each; repeatable)"),
    FLAG(T, helm_tests, 0, "helm-tests", "also objects that only 'helm test' creates"),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- options ---- */

static int
read_confidence(const char *text, enum confidence *out, struct err *err)
{
    *out = CONFIDENCE_LIKELY;
    for (int c = CONFIDENCE_MAYBE; text && c <= CONFIDENCE_SURE; c++) {
        if (strcmp(text, confidence_word((enum confidence)c)) == 0) {
            *out = (enum confidence)c;
            return 0;
        }
    }
    return text ? err_set(err, ERR_USAGE,
                          "--confidence must be one of sure, likely, maybe")
                : 0;
}

static int
read_ignored(const struct images_command *o, struct name_filter *out, struct err *err)
{
    for (size_t i = 0; i < o->ignore.count; i++) {
        if (name_filter_add(out, o->ignore.items[i], err) < 0)
            return err_wrap(err, "--ignore");
    }
    return 0;
}

/* ---- names ---- */

static int
read_operands(const struct list_reader *r, char **operands, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct reference ref;
        struct err why = ERR_INIT;
        const struct found_place place = {
            .confidence = CONFIDENCE_SURE, .kind = "", .object = "", .path = ""};

        if (reference_parse(&ref, operands[i], strlen(operands[i]), &why) < 0)
            err_list_add(r->bad, &why);
        else if (found_list_add(r->found, &ref, &place, err) < 0)
            return -1;
    }
    return 0;
}

static int
read_names(const struct images_command *o, const struct list_reader *r, char **operands,
           size_t count, struct err *err)
{
    if (o->from.count == 0 && count == 0)
        return err_set(err, ERR_USAGE, "nothing to read: use --from FILE");
    if (read_operands(r, operands, count, err) < 0)
        return -1;
    for (size_t i = 0; i < o->from.count; i++) {
        if (lists_read(r, o->from.items[i], err) < 0)
            return -1;
    }
    found_list_sort(r->found);
    return 0;
}

/* With --no-latest: names that have got a tag. */
static void
refuse_latest(const struct list_reader *r, enum confidence at_least)
{
    for (size_t i = 0; i < r->found->count; i++) {
        const struct found_image *image = r->found->items[i];
        struct err why = ERR_INIT;

        if (image->confidence < at_least || !image->ref.is_default)
            continue;
        err_set(&why, ERR_USAGE, "%s: no tag is given", image->name);
        err_list_add(r->bad, &why);
    }
}

static int
explain_name(const char *text, const struct found_list *found, struct result *result,
             struct err *err)
{
    const struct found_image *image;
    struct reference ref;

    if (reference_parse(&ref, text, strlen(text), err) < 0)
        return err_wrap(err, "--why");
    image = found_list_find(found, &ref);
    if (!image)
        return err_set(err, ERR_NOT_FOUND, "no file names this image");
    render_found_places(result, image);
    return 0;
}

/* ---- the command ---- */

static int
run_images(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct images_command *o = options;
    CLEANUP(found_list_release) struct found_list found = FOUND_LIST_INIT;
    CLEANUP(name_filter_release) struct name_filter ignore = {.items = NULL};
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    const struct list_reader reader = {
        .found = &found,
        .ignore = &ignore,
        .helm_tests = o->helm_tests,
        .profiles = o->profiles.items,
        .profile_count = o->profiles.count,
        .env_files = o->env_files.items,
        .env_file_count = o->env_files.count,
        .environment = environment_text,
        .run = &rt->run,
        .bad = &bad,
    };
    enum confidence at_least;

    if (read_confidence(o->confidence, &at_least, err) < 0 ||
        read_ignored(o, &ignore, err) < 0 ||
        read_names(o, &reader, operands, count, err) < 0)
        return -1;
    if (o->why)
        return explain_name(o->why, &found, r, err);
    found_list_note(&found, at_least, &rt->run.events);
    if (o->no_latest)
        refuse_latest(&reader, at_least);
    render_found(r, &found, at_least);
    if (o->common.json || o->common.report)
        render_found_json(r, &found, at_least);
    return err_list_end(&bad, &rt->run.events, "names cannot be used", err);
}

const struct command cmd_images = {
    .name = "images",
    .group = COMMAND_CARRY,
    .operands = "[REFERENCE]...",
    .summary = "list the images that manifests and other files name",
    .about = "Print the names of all images in Kubernetes manifests, compose files "
             "and lists, one a\nline.  Nothing is rendered and no network is used.  The "
             "content decides "
             "what each file is; this is\nreported on standard error.",
    .examples =
        {
            {"Write a list of the images in all manifests of a folder",
             "sealift images -f deploy/ > images.txt"},
            {"Find out where a name comes from",
             "sealift images -f deploy/ --why quay.io/x/y:1.2"},
        },
    .table = table,
    .options_size = sizeof(struct images_command),
    .operands_max = SIZE_MAX,
    .run = run_images,
};
