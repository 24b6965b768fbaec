/* One update from its locks to its end, and every recovery after it: updater/transaction_end.cpp, swap.cpp and
   retire.cpp, with recovery.pml. Checked over every order of its steps, other programs' steps, kills, power
   cuts, failing calls and failing writes of the ledger. Not modelled: sidecar files, folders, the bytes of a
   ledger, what is before the first lock and after `closed`. */

#include "rules.pml"
#include "steps.pml"

byte p;

#include "databases.pml"
#include "ledger.pml"
#include "disk.pml"
#include "programs.pml"
#include "told.pml"
#include "placement.pml"
#include "recovery.pml"

inline release_all() {
    each = 0;
    do
    :: each < DATABASES * 2 -> locked[each] = 0; claimed[each] = 0; disturbed[each] = 0; each++
    :: else -> break
    od;
    each = 0
}

inline claim(which, busy) {
    atomic {
        if
        :: opened[of(p, which)] -> leave(busy)
        :: else -> locked[of(p, which)] = 1; claimed[of(p, which)] = 1
        fi
    }
}

/* A lease tells of everyone who tried; where there is none, only who has it open now is found. */
inline require_still_alone(busy) {
    atomic {
        p = 0;
        do
        :: p == DATABASES * 2 -> break
        :: p < DATABASES * 2 && !(disturbed[p] && opened[p]) -> p++
        :: p < DATABASES * 2 && disturbed[p] -> leave(busy)
        od;
        p = 0
    }
}

inline require_alone() {
    if
    :: running -> goto failed
    :: else -> skip
    fi;
    for_databases(claim(OLD, TO_UNDO));
    if
    :: obeys(LOCKED_BEFORE_ITS_RENAME) -> for_databases(claim(NEW, TO_UNDO))
    :: else -> skip
    fi
}

inline confirm() {
    if
    :: place(p, NEW) == PATH -> skip
    :: else -> goto failed
    fi
}

inline invalidate(which) {
    if
    :: locked[of(p, which)] && obeys(REPLACED_IS_INVALIDATED) -> assert(content(p, which) != WRITTEN); CALL(content(p, which) = INVALID, TO_RECOVERY)
    :: else -> skip
    fi
}

inline lower_gates(version) {
    assert(ledger_on_disk == (version == NEW -> COMMITTED : UNDONE)); /* no gate lifted before an outcome */
    settle_entry_point(version, TO_RECOVERY);
    sync_folders(TO_RECOVERY)
}

/* ---- transaction_end.cpp, swap.cpp ---- */

proctype updater() {
    /* lock, back up, copy: an idle connection is found here already */
    for_databases(claim(OLD, TO_RECOVERY));
    d_step { copied = 1; in_all_databases(claimed[of(p, OLD)] = 0) };
    d_step { in_all_databases(locked[of(p, OLD)] = obeys(LOCKED_FROM_COPY_TO_COMMIT)) };
    d_step { in_all_databases(locked[of(p, NEW)] = obeys(LOCKED_BEFORE_ITS_RENAME)) };
    tell("step: sync staged\n");
    CALL(staged_synced = obeys(STAGED_IS_SYNCED), TO_RECOVERY);
    write_ledger(INTENT);
    if
    :: wrote -> wrote = 0
    :: else -> goto died /* end_failed() recovers */
    fi;
    settle_entry_point(GATE, TO_UNDO);
    if
    :: obeys(GATES_ARE_SYNCED) -> sync_folders(TO_UNDO)
    :: else -> skip
    fi;
    if
    :: obeys(ALONE_BEFORE_THE_SWAP) -> require_alone()
    :: else -> skip
    fi;
    place_forward(TO_UNDO);
    if
    :: obeys(LOCKED_BEFORE_ITS_RENAME) -> skip
    :: else -> for_databases(claim(NEW, TO_UNDO))
    fi;
    if
    :: obeys(RENAMES_ARE_SYNCED) -> sync_folders(TO_UNDO)
    :: else -> skip
    fi;
    for_databases(confirm());
    if
    :: obeys(GATES_LEAVE_AFTER_THE_OUTCOME) -> skip
    :: else -> lower_gates(NEW)
    fi;
    if
    :: obeys(ALONE_AT_THE_COMMIT) -> require_still_alone(TO_UNDO)
    :: else -> skip
    fi;
    decide(COMMITTED, TO_UNDO);
    lower_gates(NEW);
    for_databases(invalidate(OLD));
    d_step { release_all() };
    goto retire;

failed:
    skip;
    d_step { wrote = 0; p = 0 };
    place_back(TO_RECOVERY);
    sync_folders(TO_RECOVERY);
    for_databases(invalidate(NEW));
    decide(UNDONE, TO_RECOVERY);
    lower_gates(OLD);
    d_step { release_all() };
    goto discard;

died:
    atomic {
        skip;
        d_step { wrote = 0; p = 0; release_all() };
        if
        :: skip
        :: d_step { running = 0; in_all_databases(opened[of(p, OLD)] = 0; opened[of(p, NEW)] = 0) };
            lose_what_was_not_synced();
            lose_what_the_ledger_did_not_sync()
        fi
    }

recover:
    skip;
    d_step { p = 0; release_all() };
    if
    :: ledger == WORKING -> goto discard
    :: ledger == INTENT -> end_interrupted_swap()
    :: ledger == COMMITTED || ledger == UNDONE -> write_again()
    fi;
    d_step { release_all() };
    if
    :: ledger == COMMITTED -> lower_gates(NEW); goto retire
    :: ledger == UNDONE -> lower_gates(OLD); goto discard
    fi;

retire:
    tell("step: retire\n");
    for_databases(dispose_of_replaced());
    tell("step: ledger closed\n");
    CALL(closed = 1, TO_RECOVERY);
    d_step { assert_whole(NEW) };
    goto end;

discard:
    tell("step: discard\n");
    tell("step: ledger closed\n");
    CALL(closed = 1, TO_RECOVERY);
    d_step { assert_whole(OLD) };

end:
    for_databases(assert(place(p, STRANGER) != PATH));
    goto stopped;

person:
    assert(is_new_written && (is_old_written || is_new_invalid));

stopped:
    skip
}

init {
    atomic {
        read_settings();
        lay_out();
        run updater();
        run placer();
#ifndef STEPS
        run programs(0);
#if DATABASES == 2
        run programs(1);
#endif
        run people()
#endif
    }
}
