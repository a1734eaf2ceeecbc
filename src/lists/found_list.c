/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/found_list.h"

#include "base/mem.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

void
found_name(const struct reference *ref, char out[FOUND_NAME_MAX])
{
    static const char scheme[] = "oci://";
    size_t skip =
        reference_looks_like_host(ref->host, strlen(ref->host)) ? 0 : strlen(scheme);

    memcpy(out, scheme, skip);
    reference_name(ref, out + skip);
    if (ref->tag[0] != '\0' && ref->has_digest) {
        size_t len = strlen(out);

        out[len] = '@';
        digest_text(&ref->digest, out + len + 1);
    }
}

const char *
confidence_word(enum confidence c)
{
    static const char *const words[] = {
        [CONFIDENCE_MAYBE] = "maybe",
        [CONFIDENCE_LIKELY] = "likely",
        [CONFIDENCE_SURE] = "sure",
    };

    return words[c];
}

const char *
found_list_file(struct found_list *list, const char *name)
{
    list->files =
        mem_grow(list->files, list->file_count, &list->file_cap, sizeof(*list->files));
    list->files[list->file_count] = xstrdup(name);
    return list->files[list->file_count++];
}

static int
compare_found(const void *a, const void *b)
{
    const struct found_image *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int
compare_found_items(const void *a, const void *b)
{
    return compare_found(*(struct found_image *const *)a,
                         *(struct found_image *const *)b);
}

static void
add_place(struct found_list *list, struct found_image *image,
          const struct found_place *place)
{
    image->total++;
    if (image->confidence < place->confidence)
        image->confidence = place->confidence;
    if (image->place_count == FOUND_PLACES_OF_NAME ||
        (image->place_count > 0 && list->places >= FOUND_PLACES_MAX))
        return;
    list->places++;
    image->places = mem_grow(image->places, image->place_count, &image->place_cap,
                             sizeof(*image->places));
    image->places[image->place_count] = *place;
    image->places[image->place_count].kind = xstrdup(place->kind);
    image->places[image->place_count].object = xstrdup(place->object);
    image->places[image->place_count].path = xstrdup(place->path);
    image->place_count++;
}

int
found_list_add(struct found_list *list, const struct reference *ref,
               const struct found_place *place, struct err *err)
{
    char name[FOUND_NAME_MAX];
    struct found_image key = {.name = name}, *image, **slot;
    struct found_image *const *found;

    found_name(ref, name);
    found = tfind(&key, &list->by_name, compare_found);
    if (found) {
        add_place(list, *found, place);
        return 0;
    }
    if (list->count == FOUND_MAX)
        return err_set(err, ERR_LIMIT, "more than %d image names", FOUND_MAX);
    image = xcalloc(1, sizeof(*image));
    image->ref = *ref;
    image->name = xstrdup(name);
    image->confidence = place->confidence;
    slot = tsearch(image, &list->by_name, compare_found);
    if (!slot)
        mem_exhausted();
    list->items =
        mem_grow(list->items, list->count, &list->cap, sizeof(struct found_image *));
    list->items[list->count++] = image;
    add_place(list, image, place);
    return 0;
}

void
found_list_sort(struct found_list *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(struct found_image *),
              compare_found_items);
}

const struct found_image *
found_list_find(const struct found_list *list, const struct reference *ref)
{
    char name[FOUND_NAME_MAX];
    const struct found_image key = {.name = name};
    struct found_image *const *found;

    found_name(ref, name);
    found = tfind(&key, &list->by_name, compare_found);
    return found ? *found : NULL;
}

static void
free_found_image(struct found_image *image)
{
    for (size_t i = 0; i < image->place_count; i++) {
        free((char *)(uintptr_t)image->places[i].kind);
        free((char *)(uintptr_t)image->places[i].object);
        free((char *)(uintptr_t)image->places[i].path);
    }
    free(image->places);
    free(image->name);
    free(image);
}

void
found_list_release(struct found_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        (void)!tdelete(list->items[i], &list->by_name, compare_found);
        free_found_image(list->items[i]);
    }
    for (size_t i = 0; i < list->file_count; i++)
        free(list->files[i]);
    free(list->items);
    free(list->files);
}

/* kubeadm lists the pause image of its own default, not that of containerd. */
static void
note_pause_image(const struct found_image *image, const struct events *events)
{
    if (strcmp(image->ref.path, "kube-apiserver") == 0)
        events_note(events,
                    "%s: the pause image that containerd uses is in its configuration "
                    "(sandbox_image)",
                    image->name);
}

void
found_list_note(const struct found_list *list, enum confidence at_least,
                const struct events *events)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct found_image *image = list->items[i];

        if (image->confidence < at_least)
            events_note(events, "not taken, %s: %s", confidence_word(image->confidence),
                        image->name);
        else if (image->ref.is_default)
            events_note(events, "no tag is given: %s", image->name);
        note_pause_image(image, events);
    }
}
