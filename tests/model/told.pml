/* What STEPS prints of a rename: the names, and how many database files the updater holds. */

#ifdef STEPS
bit has_failed;
byte claims;
inline fail_once() {
#ifdef FAIL_AT_CHANGED /* the undo's steps */
    if
    :: p == CHANGED && !has_failed -> has_failed = 1; goto failed
    :: else -> skip
    fi
#else
    skip
#endif
}

inline tell_placed() {
    if
    :: p < DATABASES -> printf("step: database %d ", p)
    :: p == ADDED -> printf("step: added file ")
    :: p == CHANGED -> printf("step: changed file ")
    :: p == REMOVED -> printf("step: removed file ")
    :: p == ENTRY -> printf("step: entry point ")
    fi;
    if
    :: wanted == OLD -> printf("old")
    :: wanted == NEW -> printf("new")
    :: wanted == GATE -> printf("gate")
    fi;
    d_step {
        each = 0;
        code = 0;
        claims = 0;
        do
        :: each < DATABASES * 2 -> code = code + locked[each]; claims = claims + claimed[each]; each++
        :: else -> break
        od;
        printf(", %d locked, %d claimed\n", code, claims)
    }
}
#endif
