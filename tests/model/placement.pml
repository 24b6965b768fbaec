/* updater/placement.cpp: Placer::settle. A process of its own only so that it stands here once: the updater
   orders, and waits for the answer. Each rename may be made or fail or both; each may be the last. */

#define DONE 0
#define FAILED 1
#define DIED 2
chan order = [0] of { byte, byte, byte }; /* wanted file, first and last placement */
chan answer = [0] of { byte };

inline find_file(where) {
    d_step {
        here = 0;
        do
        :: here < 3 && place(p, here) != where -> here++
        :: else -> break
        od;
        skip
    }
}

/* No rename replaces: where somebody made a file in the gap, the call fails. */
inline rename_into_place() {
    atomic {
        if
        :: is_free(p, PATH) -> RENAME(move(p, wanted, PATH))
        :: else -> assert(obeys(NO_RENAME_REPLACES)); goto failed
        fi
    }
}

/* Where a file waits while names can't be exchanged: another name than the one that is needed. */
inline move_out_of_the_way() {
    if
    :: place(p, wanted) != ASIDE || !obeys(ASIDE_IS_LEFT_FOR_A_SLOT) -> RENAME(move(p, here, ASIDE))
    :: else ->
        if
        :: is_free(p, SLOT) -> RENAME(move(p, here, SLOT))
        :: else -> RENAME(move(p, here, GATE_SLOT))
        fi
    fi
}

inline put_in_place() {
    find_file(PATH);
    if
    :: p < DATABASES && here == STRANGER -> RENAME(move(p, STRANGER, ELSEWHERE)); here = 3
    :: else -> skip
    fi;
    if
    :: here < 3 && can_exchange -> RENAME(exchange(p, here, wanted))
    :: here < 3 && !can_exchange -> move_out_of_the_way(); rename_into_place()
    :: here == 3 -> rename_into_place()
    fi
}

inline empty_aside() {
    find_file(ASIDE);
    if
    :: here == 3 -> skip
    :: here < 3 && is_free(p, SLOT) -> RENAME(move(p, here, SLOT))
    :: here < 3 && !is_free(p, SLOT) && p == ENTRY && is_free(p, GATE_SLOT) -> RENAME(move(p, here, GATE_SLOT))
    :: here < 3 && !is_free(p, SLOT) && !(p == ENTRY && is_free(p, GATE_SLOT)) -> skip
    fi
}

inline settle() {
    if
    :: (p == ADDED && wanted == OLD) || (p == REMOVED && wanted == NEW) -> /* nothing belongs there */
        if
        :: place(p, 1 - wanted) == PATH -> RENAME(move(p, 1 - wanted, SLOT))
        :: else -> skip
        fi
    :: else ->
        if
        :: place(p, wanted) == PATH -> skip
        :: else -> put_in_place()
        fi;
        empty_aside()
    fi
}

proctype placer() {
    byte wanted, p, last, here;
end:
    do
    :: atomic { order?wanted, p, last -> skip };
        do
        :: settle();
            atomic {
                here = 0;
                if
                :: p == last -> break
                :: p < last -> p++
                :: p > last -> p--
                fi
            }
        od;
        atomic { wanted = 0; p = 0; last = 0; here = 0; answer!DONE };
        goto end;
failed: atomic { wanted = 0; p = 0; last = 0; here = 0; answer!FAILED };
        goto end;
died:   atomic { wanted = 0; p = 0; last = 0; here = 0; answer!DIED }
    od
}

/* The calls of it. */
inline place_each(goal, first, until, bad) {
    order!goal, first, until;
    if
    :: answer?DONE
    :: answer?FAILED -> leave(bad)
    :: answer?DIED -> goto died
    fi
}
inline settle_entry_point(goal, bad) { place_each(goal, ENTRY, ENTRY, bad) }
/* swap.cpp: databases first; on the way back last. */
inline place_forward(bad) {
    place_each(NEW, 0, DATABASES - 1, bad);
    sync_folders(bad);
    place_each(NEW, DATABASES, ENTRY - 1, bad)
}
inline place_back(bad) { place_each(OLD, ENTRY - 1, 0, bad) }
