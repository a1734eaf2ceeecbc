/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/selection.h"

#include "base/err_list.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/environment.h"
#include "cli/hints.h"
#include "io/file/file.h"
#include "lists/lists.h"
#include "ops/source/source_guess.h"

#include <string.h>

void
selection_release(struct selection *s)
{
    if (s->has_pattern)
        tag_filter_release(&s->pattern);
    sources_release(&s->sources);
    trust_store_release(&s->store);
    found_list_release(&s->found);
}

static int
read_platform_missing(const char *text, enum platform_missing *out, struct err *err)
{
    static const char *const words[] = {
        [PLATFORM_MISSING_ERROR] = "error",
        [PLATFORM_MISSING_ALL] = "all",
        [PLATFORM_MISSING_SKIP] = "skip",
    };

    for (size_t i = 0; text && i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = (enum platform_missing)i;
            return 0;
        }
    }
    return text ? err_set(err, ERR_USAGE,
                          "--platform-missing must be one of error, all, skip")
                : 0;
}

static int
check_selection(const struct selection_options *o, struct err *err)
{
    if (o->platform_missing && o->platforms.count == 0)
        return err_set(err, ERR_USAGE, "--platform-missing requires --platform");
    if (o->index && strcmp(o->index, "keep") != 0 && strcmp(o->index, "rebuild") != 0)
        return err_set(err, ERR_USAGE, "--index must be one of keep, rebuild");
    if (o->referrers && o->no_referrers)
        return err_set(err, ERR_USAGE,
                       "--referrers and --no-referrers are mutually exclusive");
    if (o->all_tags && o->tags)
        return err_set(err, ERR_USAGE, "--all-tags and --tags are mutually exclusive");
    return 0;
}

static bool
has_tag_filter(const struct selection_options *o)
{
    return o->tags || o->exclude || o->variant || o->tags_semver || o->latest.is_set;
}

bool
selection_expands_tags(const struct selection_options *o)
{
    return o->all_tags || has_tag_filter(o);
}

/* The option whose value is wrong is the first that alone is wrong. */
static int
wrap_tags(const struct tag_wishes *w, struct err *err)
{
    const struct {
        const char *option;
        struct tag_wishes alone;
    } each[] = {
        {"--tags", {.regex = w->regex}},
        {"--exclude", {.exclude = w->exclude}},
        {"--variant", {.variant = w->variant}},
        {"--tags-semver", {.range = w->range}},
    };

    for (size_t i = 0; i < COUNT_OF(each); i++) {
        CLEANUP(tag_filter_release) struct tag_filter f = {.latest = 0};

        if (tag_filter_make(&f, &each[i].alone, err_ignored()) < 0)
            return err_wrap(err, "%s", each[i].option);
    }
    return -1;
}

static int
read_tags(const struct selection_options *o, struct selection *out, struct err *err)
{
    const struct tag_wishes wishes = {.regex = o->tags,
                                      .exclude = o->exclude,
                                      .variant = o->variant,
                                      .range = o->tags_semver,
                                      .latest = o->latest.value};

    if (o->latest.is_set && o->latest.value == 0)
        return err_set(err, ERR_USAGE, "--latest requires at least 1");
    if (!has_tag_filter(o))
        return 0;
    if (tag_filter_make(&out->pattern, &wishes, err) < 0)
        return wrap_tags(&wishes, err);
    out->has_pattern = true;
    return 0;
}

int
selection_read(const struct selection_options *o, struct selection *out, struct err *err)
{
    if (check_selection(o, err) < 0 ||
        read_platform_missing(o->platform_missing, &out->if_missing, err) < 0)
        return -1;
    for (size_t i = 0; i < o->platforms.count; i++) {
        if (choice_add(&out->choice, o->platforms.items[i], err) < 0)
            return err_wrap(err, "--platform");
    }
    return read_tags(o, out, err);
}

int
selection_check_stdin(const struct selection_options *o,
                      const struct registry_options *registry,
                      const struct passphrase_options *passphrase, struct err *err)
{
    const char *users[4] = {
        registry->creds_stdin ? "--creds-stdin" : NULL,
        passphrase_stdin_user(passphrase),
    };
    size_t n = 2;

    for (size_t i = 0; i < o->from.count && n < COUNT_OF(users); i++) {
        if (strcmp(o->from.items[i], "-") == 0)
            users[n++] = "--from -";
    }
    return stdin_users_check(users, n, err);
}

/* --all-tags and --tags require a repository. */
static int
check_repositories(const struct reference_list *names, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        if (reference_is_repository(&names->items[i]))
            return 0;
    }
    return err_set(err, ERR_USAGE,
                   "tags are chosen, but no REFERENCE lacks a tag and a digest");
}

/* Every REFERENCE that is wrong goes to *bad. */
static int
gather_operands(char **operands, size_t count, struct reference_list *names,
                struct err_list *bad, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct err why = ERR_INIT;

        if (reference_list_add(names, operands[i], strlen(operands[i]), NULL, &why) == 0)
            continue;
        if (why.kind == ERR_LIMIT) {
            *err = why;
            return -1;
        }
        err_list_add(bad, &why);
    }
    return 0;
}

/* What files other than lists name, in order; less certain names are noted. */
static int
add_found_names(const struct found_list *found, struct reference_list *names,
                struct err_list *bad, const struct events *events, struct err *err)
{
    found_list_note(found, CONFIDENCE_LIKELY, events);
    for (size_t i = 0; i < found->count; i++) {
        const struct found_image *image = found->items[i];
        const struct reference_place place = {.file = image->places[0].file,
                                              .line = image->places[0].line};
        struct err why = ERR_INIT;

        if (image->confidence < CONFIDENCE_LIKELY ||
            reference_list_add_parsed(names, &image->ref, &place, &why) == 0)
            continue;
        if (why.kind == ERR_LIMIT) {
            *err = why;
            return -1;
        }
        reference_place_wrap(&why, &place);
        err_list_add(bad, &why);
    }
    return 0;
}

/* The same for each LIST, and for whatever else names images. */
static int
gather_lists(const struct selection_options *o, struct selection *selection,
             struct reference_list *names, struct err_list *bad, struct run *run,
             struct err *err)
{
    const struct list_reader reader = {
        .found = &selection->found,
        .lines = names,
        .environment = environment_text,
        .run = run,
        .bad = bad,
    };

    for (size_t i = 0; i < o->from.count; i++) {
        if (lists_read(&reader, o->from.items[i], err) < 0)
            return -1;
    }
    return add_found_names(&selection->found, names, bad, &run->events, err);
}

static int
open_archives(const struct selection_options *o, struct selection *selection,
              struct reference_list *names, struct run *run, struct err *err)
{
    const struct source_options options = {
        .name = o->name,
        .other_name = selection->exact_name,
        .work_dir = o->work_dir,
        .verify = {.store = &selection->store,
                   .skip_signature = o->trust.skip,
                   .wishes = trust_options_wishes(&o->trust),
                   .holds_stream = selection->imports},
        .run = run,
    };

    if (sources_need_trust(&selection->sources) &&
        trust_options_load(&o->trust, "--source-key", &selection->store, &run->events,
                           err) < 0)
        return -1;
    return sources_open(&selection->sources, &options, names, err);
}

int
selection_gather(const struct selection_options *o, struct selection *selection,
                 char **operands, size_t count, struct reference_list *names,
                 struct run *run, struct err *err)
{
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

    names->takes_repositories = selection_expands_tags(o);
    names->take = sources_take;
    names->take_ctx = &selection->sources;
    if (gather_operands(operands, count, names, &bad, err) < 0 ||
        gather_lists(o, selection, names, &bad, run, err) < 0)
        return -1;
    if (err_list_end(&bad, &run->events, "references are not valid", err) < 0 ||
        open_archives(o, selection, names, run, err) < 0)
        return -1;
    if (selection->has_typed_index && o->platforms.count == 0 &&
        selection->sources.bundle_count == 0)
        return err_set(err, ERR_USAGE, "--index requires --platform");
    if (names->count == 0)
        return err_set(err, ERR_USAGE, "no image is named: name one, or use --from LIST");
    return names->takes_repositories ? check_repositories(names, err) : 0;
}

struct image_source
selection_source(struct selection *selection, const struct image_source *registries)
{
    if (selection->sources.count == 0)
        return *registries;
    selection->sources.combined.remote = registries;
    return combined_source(&selection->sources.combined);
}

void
selection_files(const struct selection_options *o, char **operands, size_t count,
                struct files *f)
{
    bool is_judged = o->trust.dir != NULL;

    for (size_t i = 0; i < count; i++) {
        CLEANUP(image_location_release) struct image_location l = IMAGE_LOCATION_INIT;

        if (image_location_parse(&l, operands[i], strlen(operands[i]), err_ignored()) < 0)
            continue;
        is_judged |= l.transport == TRANSPORT_BUNDLE;
        if (l.transport != TRANSPORT_REGISTRY)
            files_add(f, l.transport == TRANSPORT_BUNDLE ? FILE_READ_BUNDLE : FILE_READ,
                      "the source", l.path);
    }
    if (is_judged)
        trust_options_files(&o->trust, f);
}

/* A file was given as a name. */
static void
hint_at_file(const struct command *command, const void *options, const char *path,
             enum image_transport transport, struct err *err)
{
    CLEANUP(mem_free_string)
    char *located = xasprintf("%s:%s", image_transport_name(transport), path);

    if (transport == TRANSPORT_REGISTRY)
        hint_add(err->hint, command, options, REASON_LIST_OPERAND, path);
    else
        hint_add(err->hint, command, options, REASON_ARCHIVE_OPERAND, located);
}

void
selection_hint(const struct command *command, const void *options, char **operands,
               size_t count, struct err *err)
{
    if (err->kind != ERR_USAGE && err->kind != ERR_AUTH && err->kind != ERR_NETWORK &&
        err->kind != ERR_NOT_FOUND)
        return;
    for (size_t i = 0; i < count; i++) {
        enum image_transport transport = source_guess(operands[i]);

        if (transport != TRANSPORT_REGISTRY || file_is_regular(operands[i])) {
            hint_at_file(command, options, operands[i], transport, err);
            return;
        }
    }
}

struct plan_options
selection_plan(const struct selection_options *o, const struct selection *selection,
               const struct reference_list *names)
{
    return (struct plan_options){
        .names = names,
        .choice = &selection->choice,
        .if_missing = selection->if_missing,
        .tags = selection->has_pattern ? &selection->pattern : NULL,
        .referrers = !o->no_referrers,
        .missing = &selection->sources.missing,
        .rebuild = o->index && strcmp(o->index, "rebuild") == 0,
    };
}
