/* What is in the databases, and who has them. */

#ifndef DATABASES
#define DATABASES 1
#endif

#define OLD 0
#define NEW 1

#define CLEAN 0
#define WRITTEN 1 /* a write was acknowledged that is in no other file */
#define INVALID 2 /* no database any more: invalidate() */

/* By database and file (OLD or NEW). */
byte contents[DATABASES * 2];
bit opened[DATABASES * 2];
bit locked[DATABASES * 2];    /* by the updater: SQLite's exclusive lock */
bit claimed[DATABASES * 2];   /* by the updater: nobody else has it open */
bit disturbed[DATABASES * 2]; /* somebody opened it since */
#define of(d, file) ((d) * 2 + (file))
#define content(d, file) contents[of(d, file)]

bit copied;           /* what is written from now on is in no copy */
bit running;          /* the application, started at its entry point */
bit stranger_made[DATABASES];

