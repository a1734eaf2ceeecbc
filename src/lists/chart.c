/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/chart.h"

#include <string.h>

static int
take_chart_image(struct finder *f, const struct yml *item, struct err *err)
{
    const struct yml *image = item->kind == YML_MAP ? yml_get(item, "image") : item;

    return image && image->kind == YML_TEXT ? finder_sure(f, image, image->of.text, err)
                                            : 0;
}

static int
take_chart_images(struct finder *f, const struct yml *list, struct err *err)
{
    for (size_t i = 0; list->kind == YML_LIST && i < list->count; i++) {
        int rc;

        finder_enter_item(f, i);
        rc = take_chart_image(f, list->of.items[i], err);
        finder_leave(f);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* The value of an annotation: a list in YAML. */
static int
read_annotation(struct finder *f, const struct yml *at, struct err *err)
{
    CLEANUP(yml_release) struct yml_stream *s = NULL;
    struct finder_place outside;
    const struct yml *root;
    struct err why = ERR_INIT;
    int rc;

    if (at->kind != YML_TEXT)
        return take_chart_images(f, at, err);
    s = yml_open(at->of.text, at->count);
    finder_go_inside(f, at, &outside);
    rc = yml_next(s, &root, &why);
    if (rc == 1)
        rc = take_chart_images(f, root, err);
    finder_come_back(f, &outside);
    if (why.kind == ERR_NONE)
        return rc;
    finder_refuse(f, at, &why);
    return 0;
}

int
chart_read(struct finder *f, const struct yml *document, struct err *err)
{
    static const char *const names[] = {"artifacthub.io/images", "helm.sh/images",
                                        "images"};
    const struct yml *annotations = yml_get(document, "annotations");
    int found = 0;

    f->kind = "Chart";
    f->object = yml_get_text(document, "name");
    for (size_t i = 0;
         annotations && annotations->kind == YML_MAP && i < annotations->count; i++) {
        const struct yml_pair *pair = &annotations->of.pairs[i];

        for (size_t k = 0; k < COUNT_OF(names); k++) {
            if (!yml_is(pair->key, names[k]))
                continue;
            found = 1;
            finder_enter_key(f, pair->key);
            if (read_annotation(f, pair->value, err) < 0)
                return -1;
            finder_leave(f);
        }
    }
    f->kind = f->object = NULL;
    return found;
}

bool
chart_is_library(const struct yml *document)
{
    return yml_is(yml_get(document, "type"), "library");
}

void
chart_refuse(struct finder *f, const struct yml *document)
{
    struct err why = ERR_INIT;

    err_because(&why, ERR_USAGE, REASON_TEMPLATE,
                "the chart lists no images in its annotations, and is not rendered");
    finder_refuse(f, document, &why);
}
