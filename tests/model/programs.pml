/* Other programs: they open a database by its name, idle, write and close, at any moment, as many of them as
   there may be; and people start the application at its entry point. Of the connections to one file only
   counts whether there is any. */

#ifndef STRANGERS
#define STRANGERS DATABASES /* how many databases' names another program may take while they are free */
#endif

inline open_database(d, file) {
    atomic {
        place(d, file) == PATH && !opened[of(d, file)] ->
            opened[of(d, file)] = 1;
            /* It waits for the lease, 45 s at most, or until the updater dies; it has the file then. */
            if
            :: claimed[of(d, file)] -> disturbed[of(d, file)] = 1
            :: else -> skip
            fi
    }
}

inline write_database(d, file) {
    atomic {
        opened[of(d, file)] && !locked[of(d, file)] && content(d, file) == CLEAN && copied ->
            content(d, file) = WRITTEN;
            assert(file == NEW || ledger_on_disk != COMMITTED);
            assert(file == OLD || ledger_on_disk != UNDONE)
    }
}

inline start_application(version) {
    d_step {
        place(ENTRY, version) == PATH && !running ->
            running = 1;
            assert_whole(version)
    }
}

proctype programs(byte d) {
end:
    do
    :: open_database(d, OLD)
    :: open_database(d, NEW)
    :: write_database(d, OLD)
    :: write_database(d, NEW)
    :: atomic { opened[of(d, OLD)] -> opened[of(d, OLD)] = 0 }
    :: atomic { opened[of(d, NEW)] -> opened[of(d, NEW)] = 0 }
    :: d_step { is_free(d, PATH) && !stranger_made[d] && d < STRANGERS -> /* its maker synced it, and so the folder */
                stranger_made[d] = 1; place(d, STRANGER) = PATH; became_durable(d) }
    od
}

proctype people() {
end:
    do
    :: start_application(OLD)
    :: start_application(NEW)
    :: d_step { running -> running = 0 }
    od
}
