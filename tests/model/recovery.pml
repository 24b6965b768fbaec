/* updater/recovery.cpp: an intent without an outcome. */

inline require_nobody_has(which) {
    if
    :: place(p, which) == PATH || obeys(OTHER_FILE_IS_LOCKED_TOO) -> claim(which, TO_RECOVERY)
    :: else -> skip
    fi
}

inline lock_databases() {
    for_databases(require_nobody_has(OLD));
    for_databases(require_nobody_has(NEW))
}

#define counts_as_written(d) (content(d, NEW) == WRITTEN && \
    (place(d, NEW) == PATH || obeys(WRITTEN_NEW_COUNTS_IN_ITS_SLOT)))
#if DATABASES == 2
#define is_new_written (counts_as_written(0) || counts_as_written(1))
#define is_old_written (content(0, OLD) == WRITTEN || content(1, OLD) == WRITTEN)
#define is_new_invalid (content(0, NEW) == INVALID || content(1, NEW) == INVALID)
#else
#define is_new_written counts_as_written(0)
#define is_old_written (content(0, OLD) == WRITTEN)
#define is_new_invalid (content(0, NEW) == INVALID)
#endif

/* Everything needed is staged. */
inline go_forward() {
    if
    :: (is_old_written || is_new_invalid) && obeys(WRITTEN_OLD_STOPS) -> goto person
    :: else -> skip
    fi;
    place_forward(TO_RECOVERY);
    sync_folders(TO_RECOVERY);
    if
    :: obeys(ALONE_AT_THE_COMMIT_OF_RECOVERY) -> require_still_alone(TO_RECOVERY)
    :: else -> skip
    fi;
    decide(COMMITTED, TO_RECOVERY);
    for_databases(invalidate(OLD))
}

inline go_back() {
    place_back(TO_RECOVERY);
    sync_folders(TO_RECOVERY);
    for_databases(invalidate(NEW));
    decide(UNDONE, TO_RECOVERY)
}

inline end_interrupted_swap() {
    lock_databases();
    if
    :: is_new_written && obeys(WRITTEN_NEW_GOES_FORWARD) -> go_forward()
    :: else -> go_back()
    fi
}

/* retire.cpp: one that is still open is kept. */
inline dispose_of_replaced() {
    atomic {
        if
        :: opened[of(p, OLD)] -> skip
        :: else -> assert(content(p, OLD) != WRITTEN); CALL(content(p, OLD) = INVALID, TO_RECOVERY)
        fi
    }
}
