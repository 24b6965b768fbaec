/* The ledger: what it says when it is read, and what is surely on the disk. A write may fail without having
   happened, or though it has; one that failed may be in memory only, and gone after a power cut. */

#define WORKING 0
#define INTENT 1
#define COMMITTED 2
#define UNDONE 3

byte ledger;
byte ledger_on_disk;
bit closed;
bit wrote;

inline write_ledger(state) {
    atomic {
        if
        :: state == INTENT -> tell("step: ledger intent\n")
        :: state == COMMITTED -> tell("step: ledger committed\n")
        :: state == UNDONE -> tell("step: ledger undone\n")
        fi;
#ifdef STEPS
        ledger = state; ledger_on_disk = state; wrote = 1
#else
        if
        :: ledger = state; ledger_on_disk = state; wrote = 1
        :: ledger = state; ledger_on_disk = state
        :: ledger = state
        :: skip
        :: goto died
        :: ledger = state; goto died
        :: ledger = state; ledger_on_disk = state; goto died
        fi
#endif
    }
}

inline lose_what_the_ledger_did_not_sync() {
    if
    :: ledger = ledger_on_disk
    :: ledger_on_disk = ledger
    fi
}

/* An outcome that was read may be in memory only: written again before anything follows from it. */
inline write_again() {
    if
    :: obeys(READ_OUTCOME_IS_WRITTEN_AGAIN) -> CALL(ledger_on_disk = ledger, TO_RECOVERY)
    :: else -> skip
    fi
}

/* swap.cpp: decide(). Where the ledger can't be read it ends, with exit 50, and the gate stays. */
inline decide(outcome, not_happened) {
    write_ledger(outcome);
    if
    :: wrote -> wrote = 0
    :: !wrote && !obeys(FAILED_COMMIT_IS_READ_AGAIN) -> leave(not_happened)
    :: !wrote && obeys(FAILED_COMMIT_IS_READ_AGAIN) && ledger == outcome -> write_again()
    :: !wrote && obeys(FAILED_COMMIT_IS_READ_AGAIN) && ledger != outcome -> leave(not_happened)
    :: !wrote -> goto died
    fi;
    assert_nothing_lost()
}

/* The moment of the outcome: what was written to the file that goes is lost. */
inline assert_nothing_lost() {
    d_step {
        each = 0;
        do
        :: each < DATABASES ->
            assert(ledger_on_disk != COMMITTED || content(each, OLD) != WRITTEN);
            assert(ledger_on_disk != UNDONE || content(each, NEW) != WRITTEN);
            each++
        :: else -> break
        od;
        each = 0
    }
}
