/* The disk: which file stands at which name, and what a power cut may leave of the renames that no sync of
   their folders has followed yet.

   A placement (updater/ledger.h) has three files at most: the old one, the new one, and a gate (at an entry
   point) or a stranger, which another program made while a database's name was free. Each file has a place.
   The renames of one placement touch the same names, so a power cut keeps the first N of them; those of
   different placements are lost or kept each for itself. */

#define GATE 2     /* of the entry point */
#define STRANGER 2 /* of a database */

#define PATH 0
#define SLOT 1
#define ASIDE 2
#define GATE_SLOT 3
#define ELSEWHERE 3 /* of any other placement: the file isn't there, or is kept under a name of its own */

#ifdef ROLLBACK /* the update's placements the other way round, in the order of their paths as ever */
#define REMOVED DATABASES
#define ADDED (DATABASES + 2)
#else
#define ADDED DATABASES
#define REMOVED (DATABASES + 2)
#endif
#define CHANGED (DATABASES + 1)
#define ENTRY (DATABASES + 3)
#define PLACEMENTS (DATABASES + 4)

byte places[PLACEMENTS * 3];
#define place(p, file) places[(p) * 3 + (file)]
#define is_free(p, where) (place(p, 0) != where && place(p, 1) != where && place(p, 2) != where)

/* Sets of arrangements, one bit each: those since the last sync. */
int lower[PLACEMENTS];
int upper[PLACEMENTS];
#define arrangement(p) (place(p, 0) + 4 * place(p, 1) + 16 * place(p, 2))
#define is_possible(p, code) ((code < 32 && (lower[p] >> (code)) & 1) || (code >= 32 && (upper[p] >> (code - 32)) & 1))

bit staged_synced;
bit staged_damaged; /* a power cut came before what was staged was on the disk */

hidden byte each;
hidden byte code;
byte choices;
byte choice;

inline became_possible(p) {
    code = arrangement(p);
    if
    :: code < 32 -> lower[p] = lower[p] | (1 << code)
    :: else -> upper[p] = upper[p] | (1 << (code - 32))
    fi
}

inline became_durable(p) {
    lower[p] = 0;
    upper[p] = 0;
    became_possible(p)
}

inline sync_all_folders() {
    d_step {
        each = 0;
        do
        :: each < PLACEMENTS -> became_durable(each); each++
        :: else -> break
        od
    }
}

inline move(p, file, where) {
    d_step {
        assert(p == ENTRY || !running); /* nothing is exchanged under a program that runs */
        assert(is_free(p, where));      /* no rename replaces a file */
        place(p, file) = where;
        became_possible(p)
    }
}

inline exchange(p, here, wanted) {
    d_step {
        assert(p == ENTRY || !running);
        place(p, here) = place(p, wanted);
        place(p, wanted) = PATH;
        became_possible(p)
    }
}

inline count_choices(p) {
    code = 0;
    choices = 0;
    do
    :: code < 64 -> choices = choices + is_possible(p, code); code++
    :: else -> break
    od;
    code = 0
}

inline take_choice(p) {
    code = 0;
    do
    :: is_possible(p, code) && choice == 0 -> break
    :: is_possible(p, code) && choice > 0 -> choice--; code++
    :: else -> code++
    od;
    place(p, 0) = code % 4;
    place(p, 1) = (code / 4) % 4;
    place(p, 2) = code / 16;
    became_durable(p);
    choices = 0
}

inline lose_what_was_not_synced() {
    p = 0;
    do
    :: p < PLACEMENTS ->
        d_step { count_choices(p) };
        do
        :: choice + 1 < choices -> choice++
        :: break
        od;
        skip;
        d_step { take_choice(p) };
        p++
    :: else -> break
    od;
    p = 0;
    if
    :: staged_synced -> skip
    :: else -> staged_damaged = 1
    fi
}

inline arrange(p, old, new, third) {
    place(p, OLD) = old;
    place(p, NEW) = new;
    place(p, 2) = third;
    became_durable(p)
}

inline lay_out() {
    d_step {
        each = 0;
        do
        :: each < DATABASES -> arrange(each, PATH, SLOT, ELSEWHERE); each++
        :: else -> break
        od;
        arrange(ADDED, ELSEWHERE, SLOT, ELSEWHERE);
        arrange(CHANGED, PATH, SLOT, ELSEWHERE);
        arrange(REMOVED, PATH, ELSEWHERE, ELSEWHERE);
        arrange(ENTRY, PATH, SLOT, GATE_SLOT)
    }
}

/* Every file of one version at its path, and none of the other's. */
inline assert_whole(version) {
    each = 0;
    do
    :: each < PLACEMENTS ->
        assert(place(each, version) == PATH || (version == OLD && each == ADDED) || (version == NEW && each == REMOVED));
        assert(each == ENTRY || place(each, 1 - version) != PATH);
        each++
    :: else -> break
    od;
    each = 0;
    do
    :: each < DATABASES -> assert(content(each, version) != INVALID); each++
    :: else -> break
    od;
    assert(version == OLD || !staged_damaged)
}

inline sync_folders(bad) {
    tell("step: sync folders\n");
    CALL(sync_all_folders(), bad)
}
