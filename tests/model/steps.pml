/* A step of the updater. Each call of the swap may fail, with or without having been made (`bad` says where that
   leads); after each step there may be a kill or a power cut (`died`).

   With STEPS nothing of that happens, and each step is printed: a test compares them with the real engine's
   calls. */

#define TO_UNDO 0
#define TO_RECOVERY 1
#define leave(where) if :: where == TO_UNDO -> goto failed :: where == TO_RECOVERY -> goto died fi

#define for_databases(act) p = 0; do :: atomic { p < DATABASES -> act; p++ } :: p == DATABASES -> break od; p = 0
/* The same within a d_step. */
#define in_all_databases(act) p = 0; do :: p < DATABASES -> act; p++ :: else -> break od; p = 0

#ifndef STEPS
#define CALL(act, bad) atomic { if :: act :: act; leave(bad) :: leave(bad) :: goto died fi }
#define RENAME(act) atomic { if :: act :: act; goto failed :: goto failed :: goto died fi }
#define tell(words) skip
#else
#define CALL(act, bad) atomic { act }
#define RENAME(act) tell_placed(); fail_once(); atomic { act }
#define tell(words) printf(words)
#endif
