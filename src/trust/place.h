/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - where the trust store is, and where what was imported is remembered.
 *
 * Layer:  trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_PLACE_H
#define TRUST_PLACE_H

#include <stdbool.h>

#define STORE_SYSTEM "/etc/sealift/trust"
#define STATE_SYSTEM "/var/lib/sealift/state"

/* For help. */
#define STORE_DEFAULTS                                                                   \
    STORE_SYSTEM ", or where there is none $XDG_CONFIG_HOME/sealift/trust"

struct trust_place {
    char *dir, *state; /* owned */
};

#define TRUST_PLACE_INIT                                                                 \
    {                                                                                    \
        .dir = NULL                                                                      \
    }

/* What determines the default store. */
struct trust_surroundings {
    bool is_root;
    bool has_system_store; /* STORE_SYSTEM exists, or its existence is unknown */
    const char *config_home, *state_home, *home; /* variables; NULL: not set */
};

/*
 * The default store: that of the system for root, where it exists, and where there is no
 * home; else that of the user.  Relative paths in variables count as not set.
 */
void trust_place_choose(struct trust_place *out, const struct trust_surroundings *s);

/* The store in dir, which has its state in DIR/state; NULL: the default one. */
void trust_place_find(struct trust_place *out, const char *dir);
void trust_place_release(struct trust_place *p);

#endif
