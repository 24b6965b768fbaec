/* The rules that the model can break, one at a time, to show that it would find it: the environment's
   BREAKS=<number>, 0 for none. And whether two names can change places at once: EXCHANGE=0 or 1. */

#define STAGED_IS_SYNCED 1             /* before the intent */
#define GATES_ARE_SYNCED 2             /* before the first rename */
#define RENAMES_ARE_SYNCED 3           /* before the commit */
#define GATES_LEAVE_AFTER_THE_OUTCOME 4
#define LOCKED_FROM_COPY_TO_COMMIT 5   /* the live database */
#define LOCKED_BEFORE_ITS_RENAME 6     /* the trial copy */
#define ALONE_BEFORE_THE_SWAP 7        /* nobody else has a database, no entry point runs */
#define ALONE_AT_THE_COMMIT 8
#define FAILED_COMMIT_IS_READ_AGAIN 9
#define READ_OUTCOME_IS_WRITTEN_AGAIN 10
#define NO_RENAME_REPLACES 11
#define ASIDE_IS_LEFT_FOR_A_SLOT 12
#define WRITTEN_NEW_GOES_FORWARD 13
#define WRITTEN_NEW_COUNTS_IN_ITS_SLOT 14
#define WRITTEN_OLD_STOPS 15
#define OTHER_FILE_IS_LOCKED_TOO 16    /* in recovery: the one that isn't in place */
#define REPLACED_IS_INVALIDATED 17     /* before its lock goes */
#define ALONE_AT_THE_COMMIT_OF_RECOVERY 18

byte breaks;
bit can_exchange;
#define obeys(rule) (breaks != rule)

inline read_settings() {
#ifdef STEPS
#ifndef NO_EXCHANGE
    can_exchange = 1
#endif
#else
    c_code {
        now.breaks = getenv("BREAKS") ? atoi(getenv("BREAKS")) : 0;
        now.can_exchange = getenv("EXCHANGE") ? atoi(getenv("EXCHANGE")) : 1;
    }
#endif
}
